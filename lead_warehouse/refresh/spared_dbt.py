"""Work that dbt is spared in a refresh, since nobody sees what comes of it.

Both are measured on 700 nodes, where dbt's own Python takes several times what the engine does; see
docs/adr/0076. The versions of what is changed here are locked, and a dbt that has other parts than
these runs as it is.
"""

from typing import Any


def spare_dbt() -> None:
    """Leave out, in this process, what dbt does for nobody; done twice, it is done once."""
    _leave_out_debug_events()
    _share_contexts()


def _leave_out_debug_events() -> None:
    """Debug events are not worded: no log here keeps them, and dbt words each for every log."""
    try:
        from dbt_common.events.base_types import EventLevel
        from dbt_common.events.event_manager import EventManager

        fire_event = EventManager.fire_event
    except (ImportError, AttributeError):
        return
    if hasattr(fire_event, "spared"):
        return

    def fire(manager: Any, event: Any, level: Any = None, *rest: Any, **named: Any) -> None:
        if (level or event.level_tag()) != EventLevel.DEBUG:
            fire_event(manager, event, level, *rest, **named)

    fire.spared = True  # type: ignore[attr-defined]
    EventManager.fire_event = fire  # type: ignore[assignment, method-assign]


def _share_contexts() -> None:
    """An argument of a test is rendered in the context that is there, as models are.

    Jinja would copy it, which makes an object of each of dbt's macros, twice an argument.
    """
    try:
        from dbt_common.clients.jinja import NativeSandboxTemplate

        new_context = NativeSandboxTemplate.new_context
    except (ImportError, AttributeError):
        return
    if hasattr(new_context, "spared"):
        return

    def shared_context(template: Any, vars: Any = None, *_: Any, **named: Any) -> Any:
        return new_context(template, vars, shared=True, locals=named.get("locals"))

    shared_context.spared = True  # type: ignore[attr-defined]
    NativeSandboxTemplate.new_context = shared_context  # type: ignore[assignment, method-assign]
