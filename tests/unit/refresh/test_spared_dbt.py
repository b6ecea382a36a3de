"""dbt is spared what nobody sees of it, and nothing else."""

from collections import ChainMap
from collections.abc import Iterator
from typing import Any

import pytest
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.contracts.project import Project, ProjectFlags
from dbt_common import dataclass_schema
from dbt_common.clients.jinja import NativeSandboxTemplate, get_template, render_template
from dbt_common.events.base_types import BaseEvent, DebugLevel, EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.events.types import Formatting, Note, SystemExecutingCmd

from lead_warehouse.refresh.spared_dbt import make_schemas, spare_dbt


@pytest.fixture
def spared(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is changed is put back afterwards: the locked dbt has all of it."""
    monkeypatch.setattr(EventManager, "fire_event", EventManager.fire_event)
    monkeypatch.setattr(DebugLevel, "__init__", BaseEvent.__init__)
    monkeypatch.setattr(DebugLevel, "pb_msg", None, raising=False)
    monkeypatch.setattr(NativeSandboxTemplate, "new_context", NativeSandboxTemplate.new_context)
    spare_dbt()
    spare_dbt()


class Counted(ChainMap[str, Any]):
    """A context that knows how often one of its values was asked for."""

    asked = 0

    def __getitem__(self, key: str) -> Any:
        self.asked += 1
        return super().__getitem__(key)


def told(manager: EventManager) -> list[str]:
    seen: list[str] = []

    def see(event: Any) -> None:
        seen.append(event.info.msg)

    manager.add_callback(see)
    manager.fire_event(Formatting(msg="of level debug"), EventLevel.DEBUG)
    manager.fire_event(Note(msg="of level info"))
    manager.fire_event(Note(msg="a note for debugging"), EventLevel.DEBUG)
    manager.fire_event(Note(msg="a warning"), level=EventLevel.WARN)
    manager.fire_event(Note(msg="an error"), level=EventLevel.ERROR)
    manager.fire_or_defer_event(Note(msg="an error later"), level=EventLevel.ERROR)
    return seen


@pytest.mark.usefixtures("spared")
def test_only_debug_events_are_left_out() -> None:
    assert told(EventManager()) == ["of level info", "a warning", "an error", "an error later"]


@pytest.mark.usefixtures("spared")
def test_a_debug_event_says_what_it_was_told_when_somebody_asks() -> None:
    event: Any = SystemExecutingCmd(cmd=["git", "status"])
    assert "pb_msg" not in vars(event)
    assert event.message() == 'Executing "git status"'
    assert event.to_dict() == {"cmd": ["git", "status"]}
    assert "pb_msg" in vars(event)


@pytest.mark.usefixtures("spared")
def test_a_debug_event_that_is_fired_as_a_warning_is_worded() -> None:
    manager, seen = EventManager(), list[str]()
    manager.add_callback(lambda event: seen.append(str(event.data.cmd)))
    manager.fire_event(SystemExecutingCmd(cmd=["ls"]))
    manager.fire_event(SystemExecutingCmd(cmd=["git"]), level=EventLevel.WARN)
    assert seen == ["['git']"]


def test_without_it_a_debug_event_is_filled_at_once() -> None:
    assert "pb_msg" in vars(SystemExecutingCmd(cmd=["ls"]))


def test_without_it_debug_events_are_worded() -> None:
    assert "a note for debugging" in told(EventManager())


@pytest.fixture
def context() -> Iterator[Counted]:
    yield Counted({"columns": ["a", "b"], "ref": lambda name: f"marts.{name}"}, {
        f"macro_{number}": number for number in range(1000)
    })  # fmt: skip


def rendered(context: Any, text: str) -> Any:
    return render_template(get_template(text, context, native=True), context)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{ ref('dim_leads') }}", "marts.dim_leads"),
        ("{{ columns }}", ["a", "b"]),
        ("{{ macro_7 + 1 }}", 8),
        ("{% set one = 1 %}{{ one }}", 1),
        ("plain", "plain"),
        ("{{ nowhere is defined }}", False),
    ],
)
@pytest.mark.usefixtures("spared")
def test_arguments_are_rendered_as_ever_without_a_copy_of_the_context(
    context: Counted, text: str, value: Any
) -> None:
    before = dict(context)
    context.asked = 0
    assert rendered(context, text) == value
    assert context.asked < 10
    assert dict(context) == before


def test_without_it_the_context_is_copied(context: Counted) -> None:
    assert rendered(context, "{{ columns }}") == ["a", "b"]
    assert context.asked > 1000


def test_what_a_project_is_held_against_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: Any = dataclass_schema.dbtClassMixin.json_schema
    kept.__func__.cache_clear()
    make_schemas()

    def never(read: type) -> Any:
        raise AssertionError(f"a schema of {read.__name__} is made again")

    monkeypatch.setattr(dataclass_schema, "build_json_schema", never)
    ProjectFlags.validate({"send_anonymous_usage_stats": False})
    Project.validate({"name": "a", "profile": "a", "config-version": 2})
    DuckDBCredentials.validate({"path": ":memory:", "database": "memory", "schema": "main"})
    with pytest.raises(dataclass_schema.ValidationError):
        Project.validate({"name": 1})
