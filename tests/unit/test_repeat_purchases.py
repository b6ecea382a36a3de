"""Customers are read in weeks, and models are fitted only where enough bought again."""

import sys
from pathlib import Path

import duckdb
import pytest

from lead_warehouse.errors import UserError
from lead_warehouse.repeat_purchases import LEAST_REPEATERS, fit_frequency, read_purchases


def purchases(folder: Path, repeaters: int) -> Path:
    """A warehouse with so many customers who bought twice, one who bought once, one of today."""
    database = folder / "warehouse.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.fct_repeat_purchases as "
            "select 'twice ' || n as customer_id, 1 as repeat_count, 14 as recency_days, "
            "35 as age_days, cast(10.5 as decimal(38, 2)) as mean_repeat_amount "
            f"from range({repeaters}) as numbers (n) "
            "union all select 'once', 0, 0, 7, null union all select 'today', 0, 0, 0, null"
        )
    return database


def test_too_few_who_bought_again_make_no_model(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=f"{LEAST_REPEATERS - 1} customers .* bought again"):
        read_purchases(purchases(tmp_path, LEAST_REPEATERS - 1))


def test_customers_are_read_in_weeks(tmp_path: Path) -> None:
    frame = read_purchases(purchases(tmp_path, LEAST_REPEATERS))
    assert len(frame) == LEAST_REPEATERS + 1
    first, last = frame.iloc[0], frame.iloc[-1]
    assert (first["customer_id"], first["frequency"], first["recency"], first["T"]) == (
        *("once", 0, 0.0),
        1.0,
    )
    assert (last["frequency"], last["recency"], last["T"]) == (1, 2.0, 5.0)
    assert last["monetary_value"] == 10.5


def test_without_the_library_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymc_marketing.clv", None)
    with pytest.raises(UserError, match="make repeat-purchases"):
        fit_frequency(None)
