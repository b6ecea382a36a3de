"""Work that dbt is spared in a refresh: what nobody sees, and what is done once for all steps.

All of it is measured on 700 nodes, where dbt's own Python takes several times what the engine does;
see docs/adr/0076. The versions of what is changed here are locked, and a dbt that has other parts
than these runs as it is.
"""

from collections.abc import Callable
from typing import Any

Method = Callable[..., Any]


def spare_dbt() -> None:
    """Leave out, in this process, what dbt does for nobody; done twice, it is done once."""
    try:
        from dbt_common.clients.jinja import NativeSandboxTemplate
        from dbt_common.events.base_types import DebugLevel
        from dbt_common.events.event_manager import EventManager
    except ImportError:
        return
    _replace(EventManager, "fire_event", _without_debug_events)
    _replace(DebugLevel, "__init__", _filled_when_asked)
    _replace(NativeSandboxTemplate, "new_context", _shared)


def make_schemas() -> None:
    """Have dbt make the schemas that it holds a project's files against; it keeps them.

    Each process that reads a project spends half a second on it, unless it was forked from one that
    has them.
    """
    try:
        from dbt.adapters.duckdb.credentials import DuckDBCredentials
        from dbt.contracts.project import Configuration, PackageConfig, Project, ProjectFlags
    except ImportError:
        return
    for read in (ProjectFlags, Project, Configuration, PackageConfig, DuckDBCredentials):
        read.json_schema()


def _replace(owner: type, name: str, sparing: Callable[[Method], Method]) -> None:
    original = getattr(owner, name, None)
    if original is not None and not hasattr(original, "is_spared"):
        spared = sparing(original)
        spared.is_spared = True  # type: ignore[attr-defined]
        setattr(owner, name, spared)


def _without_debug_events(fire_event: Method) -> Method:
    """Debug events are not worded: no log here keeps them, and dbt words each for every log."""
    from dbt_common.events.base_types import EventLevel

    def fire(manager: Any, event: Any, level: Any = None, *rest: Any, **named: Any) -> None:
        if (level or event.level_tag()) != EventLevel.DEBUG:
            fire_event(manager, event, level, *rest, **named)

    return fire


def _filled_when_asked(fill: Method) -> Method:
    """The message of a debug event is made when somebody asks for it, as of one that is a warning.

    Filling it takes a third of a millisecond, some twenty times a node.
    """
    from dbt_common.events.base_types import DebugLevel

    class Message:
        def __get__(self, event: Any, owner: type) -> Any:
            arguments, named = vars(event)["arguments"]
            fill(event, *arguments, **named)
            # It stands in the event from now on, before this.
            return vars(event)["pb_msg"]

    def keep(event: Any, *arguments: Any, **named: Any) -> None:
        vars(event)["arguments"] = arguments, named

    DebugLevel.pb_msg = Message()
    return keep


def _shared(new_context: Method) -> Method:
    """An argument of a test is rendered in the context that is there, as models are.

    Jinja would copy it, which makes an object of each of dbt's macros, twice an argument.
    """

    def context(template: Any, vars: Any = None, *_: Any, **named: Any) -> Any:
        return new_context(template, vars, shared=True, locals=named.get("locals"))

    return context
