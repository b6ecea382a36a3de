"""Conversion curves in SQL against lifelines, and against the formulas written out."""

import math
import warnings
from collections import Counter
from types import SimpleNamespace

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment
from lifelines import AalenJohansenFitter

from lead_warehouse import PROJECT_DIR

OPEN, CONVERTED, ENDED = 0, 1, 2
OUTCOMES = ("open", "converted", "ended")
WINDOW = 30
Z = 1.959963984540054
DBT = SimpleNamespace(type_string=lambda: "varchar", length="length({})".format)

Leads = list[tuple[int, int]]
Row = tuple[float, float, float, float | None, float | None]

leads = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from([OPEN, CONVERTED, ENDED])),
    min_size=1,
    max_size=60,
)


def model(path: str) -> str:
    macro = (PROJECT_DIR / "macros/keys/surrogate_key.sql").read_text()
    text = macro + (PROJECT_DIR / "models" / path).read_text()
    return Environment(autoescape=False).from_string(text).render(dbt=DBT, ref=lambda name: name)


COUNTED = model("intermediate/funnel/int_step_exits_counted.sql")
CURVES = model("marts/funnel/rpt_conversion_curves.sql")


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    found = duckdb.connect()
    found.execute(
        "create table int_step_exits_timed (lead_id varchar, basis varchar, from_stage varchar, "
        "to_stage varchar, window_days integer, outcome varchar, left_on_day bigint);"
        "create table int_leads_segmented (lead_id varchar, dimension varchar, segment varchar);"
        "create table report_dimensions as select 'all' as dimension, true as has_curves"
    )
    found.execute(f"create view int_step_exits_counted as {COUNTED}")
    return found


def curve(connection: duckdb.DuckDBPyConnection, leads: Leads) -> dict[int, Row]:
    """Day to incidence, share that ended, standard error and band, by the models."""
    connection.execute("delete from int_step_exits_timed; delete from int_leads_segmented")
    connection.executemany(
        "insert into int_step_exits_timed values (?, 'crm', 'mql', 'sql', ?, ?, ?)",
        [[str(n), WINDOW, OUTCOMES[outcome], day] for n, (day, outcome) in enumerate(leads)],
    )
    connection.executemany(
        "insert into int_leads_segmented values (?, 'all', 'all')",
        [[str(n)] for n in range(len(leads))],
    )
    rows = connection.execute(
        "select curve_day, incidence, ended_incidence, standard_error, incidence_lower, "
        f"incidence_upper from ({CURVES}) order by curve_day"
    ).fetchall()
    return {day: (*rest,) for day, *rest in rows}


def written_out(leads: Leads, last: int) -> tuple[float, float, float]:
    """Incidence, share that ended and variance at the end of a day, ties and all."""
    share, incidence, ended = 1.0, 0.0, 0.0
    seen: list[tuple[float, float, int, int, int]] = []
    for day in sorted({day for day, _ in leads if day <= last}):
        at_risk = sum(other >= day for other, _ in leads)
        count = Counter(outcome for other, outcome in leads if other == day)
        incidence += share * count[CONVERTED] / at_risk
        ended += share * count[ENDED] / at_risk
        left = count[CONVERTED] + count[ENDED]
        seen.append((share, incidence, at_risk, count[CONVERTED], left))
        share *= 1 - left / at_risk
    variance = sum(
        (0 if n == left else (incidence - then) ** 2 * left / (n * (n - left)))
        + before**2 * converted * (n - converted) / n**3
        - 2 * (incidence - then) * before * converted / n**2
        for before, then, n, converted, left in seen
    )
    return incidence, ended, variance


@given(leads=leads)
def test_curves_are_what_the_formulas_say(
    connection: duckdb.DuckDBPyConnection, leads: Leads
) -> None:
    found = curve(connection, leads)
    assert set(found) >= {day for day, outcome in leads if outcome != OPEN}
    before = -1.0
    for day, (incidence, ended, error, lower, upper) in found.items():
        expected, expected_ended, variance = written_out(leads, day)
        assert (incidence, ended) == pytest.approx((expected, expected_ended), abs=1e-11)
        assert error == pytest.approx(math.sqrt(max(variance, 0)), abs=1e-7)
        assert before <= incidence <= 1 - ended + 1e-11
        if lower is not None and upper is not None:
            assert 0 <= lower <= incidence <= upper <= 1
        before = incidence


@settings(max_examples=40)
@given(
    leads=st.lists(
        st.tuples(st.integers(0, 200), st.sampled_from([1, 2])),
        min_size=3,
        max_size=40,
        unique_by=lambda one: one[0],
    ),
    censored=st.lists(st.integers(0, 200), max_size=20),
)
def test_curves_are_those_of_lifelines(
    connection: duckdb.DuckDBPyConnection, leads: Leads, censored: list[int]
) -> None:
    """lifelines breaks ties of events at random and reads day 0 as the start: neither happens."""
    leads = [*leads, *((day, OPEN) for day in censored)]
    if not any(outcome == CONVERTED for _, outcome in leads):
        return
    frame = pd.DataFrame(leads, columns=["day", "outcome"])
    fitter = AalenJohansenFitter()
    with warnings.catch_warnings():
        # Bounds at an incidence of 0 or 1 are logarithms of nothing.
        warnings.simplefilter("ignore", RuntimeWarning)
        fitter.fit(frame["day"] + 1, frame["outcome"], event_of_interest=CONVERTED)
    found = curve(connection, leads)
    bounds = fitter.confidence_interval_
    for day, outcome in leads:
        if outcome == OPEN:
            continue
        incidence, _, error, lower, upper = found[day]
        assert incidence == pytest.approx(
            float(fitter.cumulative_density_.loc[day + 1].iloc[0]), abs=1e-11
        )
        variance = float(fitter.variance_.loc[day + 1])
        if math.isfinite(variance) and 1e-9 < incidence < 1 - 1e-9:
            assert error == pytest.approx(math.sqrt(max(variance, 0)), abs=1e-7)
            assert (lower, upper) == pytest.approx(sorted(bounds.loc[day + 1]), abs=1e-6)
