"""How a model becomes a table or a view: a small project with the macros of this one."""

from typing import Any

from lead_warehouse.refresh.build import NodeResult
from lead_warehouse.state.differences import KEY_COMMENT
from tests.small_project import Small


def bad(results: dict[str, NodeResult]) -> list[str]:
    return sorted(name for name, result in results.items() if result.is_bad)


def test_what_a_model_replaces_is_there_until_the_new_one_is(small: Small) -> None:
    small.write("counted", "select 1 as n")
    small.write("looked_at", "select 1 as n", "view")
    small.write("table_then_view", "select 1 as n")
    small.write("view_then_table", "select 1 as n", "view")
    small.write(
        "grown",
        "select 1 as n {% if execute and load_relation(this) %}"
        "union all select n + 1 from {{ this }}{% endif %}",
    )
    assert bad(small.run()) == []
    small.write("counted", "select error('no') as n")
    small.write("looked_at", "select n from nowhere", "view")
    small.write("table_then_view", "select 2 as n", "view")
    small.write("view_then_table", "select 2 as n")
    assert bad(small.run()) == ["counted", "looked_at"]
    assert small.ask("select * from marts.counted") == [(1,)]
    assert small.ask("select * from marts.looked_at") == [(1,)]
    small.write("counted", "select 2 as n")
    small.write("looked_at", "select 2 as n", "view")
    assert bad(small.run()) == []
    assert small.ask("select n, (select n from marts.looked_at) from marts.counted") == [(2, 2)]
    assert small.ask("select n from marts.grown order by n") == [(1,), (2,), (3,)]
    # Nothing lies beside them.
    assert small.ask("select table_name, table_type from information_schema.tables order by 1") == [
        ("counted", "BASE TABLE"),
        ("grown", "BASE TABLE"),
        ("looked_at", "VIEW"),
        ("table_then_view", "VIEW"),
        ("view_then_table", "BASE TABLE"),
    ]


def contract(
    *constraints: dict[str, Any], of_column: tuple[str, ...] = ("not_null",)
) -> dict[str, Any]:
    """A mart of one column, with constraints of the whole mart and of its column."""
    return {
        "config": {"contract": {"enforced": True}},
        "constraints": list(constraints),
        "columns": [
            {
                "name": "n",
                "data_type": "integer",
                "constraints": [{"type": kind} for kind in of_column],
            }
        ],
    }


def test_a_contract_is_enforced_but_for_its_key(small: Small) -> None:
    key = ("not_null", "primary_key")
    twice = "select 1 as n union all select 1 as n"
    small.write("key_of_column", twice, **contract(of_column=key))
    small.write("key_of_mart", twice, **contract({"type": "primary_key", "columns": ["n"]}))
    small.write("nothing", "select cast(null as integer) as n", **contract(of_column=key))
    check = {"type": "check", "expression": "n > 1"}
    small.write("too_small", "select 1 as n", **contract(check))
    small.write("large_enough", "select 2 as n", **contract(check))
    small.write("no_number", "select 'one' as n", **contract())
    small.write("no_number_shown", "select 'one' as n", "view", **contract(of_column=()))
    small.write("shown", "select 1 as n", "view", **contract(of_column=()))
    told = small.run()
    assert bad(told) == ["no_number", "no_number_shown", "nothing", "too_small"]
    assert "NOT NULL constraint failed" in str(told["nothing"].message)
    assert "CHECK constraint failed" in str(told["too_small"].message)
    for name in ("no_number", "no_number_shown"):
        assert "an enforced contract that failed" in str(told[name].message)
    assert small.ask("select table_name from duckdb_tables() order by 1") == [
        ("key_of_column",),
        ("key_of_mart",),
        ("large_enough",),
    ]
    noted = f"select table_name from duckdb_columns() where comment = '{KEY_COMMENT}'"
    assert small.ask(noted) == [("key_of_column",)]
    keys = "select * from duckdb_constraints() where constraint_type in ('PRIMARY KEY', 'UNIQUE')"
    assert small.ask(keys) == []
