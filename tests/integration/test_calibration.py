"""Backtests, grids and recommendations on built warehouses; planted leaks stop a refresh."""

import csv
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from lead_warehouse.errors import RunRejected
from tests.conftest import ask, refresh_state

START = datetime(2024, 1, 1)
LEADS, WON = 120, 30
MAPPING = """
version: 1
inputs:
  - name: leads
    files: leads.csv
    tables:
      - table: leads
        columns:
          lead_id: lead_id
          created_at: created_at
          country_code: country_code
          industry: industry
          lead_type: stage
  - name: enriched
    files: enriched.csv
    known_at: known_at
    tables:
      - table: leads
        columns:
          lead_id: lead_id
          company_type: company_type
  - name: deals
    files: deals.csv
    tables:
      - table: opportunities
        columns:
          opportunity_id: deal
          lead_id: lead_id
          status: status
          created_at: created_at
          closed_at: closed_at
"""


def write(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def company(folder: Path, *, leaks: bool) -> Path:
    """Every fourth lead is won after a month; with leaks its record shows what it became."""
    folder.mkdir(parents=True)
    created = [START + timedelta(days=3 * n) for n in range(LEADS)]
    won = {n for n in range(LEADS) if n % (LEADS // WON) == 0}
    write(
        folder / "leads.csv",
        [
            {
                "lead_id": f"L{n:03}",
                "created_at": at,
                "country_code": ["FR", "DE", "BE"][n % 3],
                "industry": ("machinery" if n in won else "") if leaks else "machinery",
                "stage": ("customer" if n in won else "prospect") if leaks else "prospect",
            }
            for n, at in enumerate(created)
        ],
    )
    write(
        folder / "enriched.csv",
        [
            {
                "lead_id": f"L{n:03}",
                "company_type": "customer",
                "known_at": created[n] + timedelta(days=30),
            }
            for n in sorted(won)
        ],
    )
    write(
        folder / "deals.csv",
        [
            {
                "deal": f"D{n:03}",
                "lead_id": f"L{n:03}",
                "status": "won",
                "created_at": created[n] + timedelta(days=10),
                "closed_at": created[n] + timedelta(days=30),
            }
            for n in sorted(won)
        ]
        # Something that happened long after, so that all windows are over.
        + [
            {
                "deal": "late",
                "lead_id": "L001",
                "status": "lost",
                "created_at": START + timedelta(days=3 * LEADS + 300),
                "closed_at": START + timedelta(days=3 * LEADS + 301),
            }
        ],
    )
    (folder / "mapping.yml").write_text(MAPPING)
    return folder / "mapping.yml"


def test_values_filled_with_the_outcome_and_stages_fed_back_stop_the_refresh(
    tmp_path: Path,
) -> None:
    with pytest.raises(RunRejected) as rejected:
        refresh_state(tmp_path / "state", company(tmp_path / "exports", leaks=True))
    assert "assert_no_attribute_is_filled_with_the_outcome" in str(rejected.value)
    [kept] = (tmp_path / "state" / "runs").glob("*/failures/assert_no_attribute_is_filled*.csv")
    with kept.open(newline="") as file:
        rows = {(row["attribute"], row["outcome"]): row for row in csv.DictReader(file)}
    # The value filled at the win, and the stage that came in as the kind of lead.
    assert {("industry", "won"), ("lead_type", "won")} <= set(rows)
    assert float(rows["industry", "won"]["auc"]) == 1
    # What is told with the time at which it was known leaks nothing.
    assert not [attribute for attribute, _ in rows if attribute in ("company_type", "country_code")]
    assert not (tmp_path / "state" / "current").exists()


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("honest")
    refresh_state(folder / "state", company(folder / "exports", leaks=False), audited=False)
    return folder / "state"


def test_what_is_known_only_since_the_win_scores_nobody_before_it(honest: Path) -> None:
    assert ask(
        honest,
        "select count(*), count(company_type) from intermediate.int_attributes_backtested "
        "where horizon = 'at_creation'",
    ) == [(LEADS, 0)]
    # A month after, at the very instant of the win, it is known, and the lead is a case no more.
    assert ask(
        honest,
        "select count(*) from intermediate.int_attributes_backtested "
        "inner join intermediate.int_outcomes_backtested using (lead_id, horizon) "
        "where company_type is not null and outcome = 'won' "
        "and standing = 'judged'",
    ) == [(0,)]
    ((is_leak, auc),) = ask(
        honest,
        "select is_leak, auc from marts.rpt_attribute_leaks "
        "where attribute = 'company_type' and outcome = 'won'",
    )
    # Nothing is known of it; the halves of the leads differ a little all the same.
    assert (is_leak, round(auc, 1)) == (False, 0.5)


def test_a_score_that_tells_nothing_ranks_like_chance(honest: Path) -> None:
    [(judged, reached, auc, low, high, lift)] = ask(
        honest,
        "select ranked_count, reached_count, auc, auc_from, auc_to, lift_at_top "
        "from marts.rpt_score_backtest where horizon = 'at_creation' and outcome = 'won' "
        "and scope = 'out_of_time' and method = 'interaction_count'",
    )
    assert 0 < reached < judged < LEADS
    assert (auc, low, high, lift) == pytest.approx((0.5, 0.5, 0.5, 1))


def test_scores_of_the_past_are_those_that_the_history_gives(
    published_sample: Path,
) -> None:
    """Nothing came late in the sample's web, mail and meetings, so both know the same."""
    rows = ask(
        published_sample,
        """
        with known as (
            select interaction_id, min(known_at) as known_at, min(occurred_at) as occurred_at
            from staging.stg_files__interactions group by interaction_id
        ),
        late as (
            select distinct lead_id from intermediate.int_interactions_weighted
            inner join known using (interaction_id) where known.known_at > counts_from
        )
        select leads.lead_id, leads.scored_at, leads.fit_score, leads.intent_score
        from intermediate.int_leads_backtested as leads
        anti join late using (lead_id)
        where leads.fit_score is not null and leads.horizon = 'after_30_days'
        """,
    )
    assert len(rows) > 100
    for lead_id, at, fit, intent in rows[::25]:
        [(history_fit, points)] = ask(
            published_sample,
            f"""
            with parts as (
                select score, kind, component, max(cap_points) as cap, sum(
                    case when kind = 'group'
                        then points * pow(2, -date_diff('microsecond', changed_at, instant)
                            / (half_life_days * 86400e6))
                        else points end) as points
                from marts.fct_score_history, (select timestamp '{at}' as instant)
                where lead_id = '{lead_id}' and instant >= changed_at
                    and (next_changed_at is null or instant < next_changed_at)
                group by all
            )
            select sum(points) filter (score = 'fit'), greatest(0, least(100, coalesce(sum(
                case kind when 'group' then least(points, cap)
                    when 'step' then greatest(points, coalesce(-cap, points)) end
            ) filter (score = 'intent'), 0)))
            from parts
            """,
        )
        assert float(fit) == pytest.approx(float(history_fit), abs=1e-9)
        assert float(intent) == pytest.approx(float(points), abs=1e-9)


def test_the_pair_in_force_gives_the_mqls_that_the_rules_give(published_sample: Path) -> None:
    by_grid = ask(
        published_sample,
        "select profile, mql_count from marts.rpt_threshold_grid where is_in_force order by all",
    )
    by_rules = ask(
        published_sample,
        "select profile, count(distinct lead_id) from intermediate.int_profiles_qualified "
        "where is_intent_reached group by profile order by all",
    )
    assert by_grid == by_rules
    assert sum(count for _, count in by_grid) > 10


def test_every_month_told_has_a_recommendation(published_sample: Path) -> None:
    assert ask(
        published_sample,
        "select count(*), count(distinct profile), count(*) filter (recommendation = 'change' "
        "and known_won_count < 10) from marts.rpt_threshold_recommendations where is_current",
    ) == [(2, 2, 0)]


def test_areas_are_those_of_scikit_learn(published_sample: Path) -> None:
    from sklearn.metrics import brier_score_loss, roc_auc_score

    rows = ask(
        published_sample,
        "select is_reached, cast(fit_score + intent_score as double) "
        "from intermediate.int_leads_backtested "
        "inner join intermediate.int_outcomes_backtested using (lead_id, horizon) "
        "where horizon = 'after_7_days' and outcome = 'sql' and standing = 'judged'",
    )
    [(auc,)] = ask(
        published_sample,
        "with values as (select rank_value, sum(lead_count) as leads, "
        "sum(reached_count) as reached "
        "from intermediate.int_backtests_ranked where horizon = 'after_7_days' "
        "and outcome = 'sql' and method = 'fit_and_intent' group by rank_value) "
        "select sum(reached * (below + (leads - reached) / 2)) "
        "/ (sum(reached) * sum(leads - reached)) from ("
        "select *, sum(leads - reached) over (order by rank_value) - (leads - reached) as below "
        "from values)",
    )
    expected = roc_auc_score([won for won, _ in rows], [round(score, 2) for _, score in rows])
    assert float(auc) == pytest.approx(expected, abs=1e-9)
    monthly = ask(
        published_sample,
        "select scoring_month, auc, brier_score from marts.rpt_score_backtest "
        "where horizon = 'after_7_days' and outcome = 'sql' and method = 'fit_and_intent' "
        "and scope = 'month' and auc is not null and brier_score is not null",
    )
    assert monthly
    for month, month_auc, month_brier in monthly:
        levels = ask(
            published_sample,
            "select rank_value, probability, lead_count, reached_count "
            "from intermediate.int_backtests_ranked where horizon = 'after_7_days' "
            "and outcome = 'sql' and method = 'fit_and_intent' "
            f"and scoring_month = date '{month}'",
        )
        reached = [k < won for _, _, count, won in levels for k in range(count)]
        scores = [value for value, _, count, _ in levels for _ in range(count)]
        chances = [chance for _, chance, count, _ in levels for _ in range(count)]
        assert month_auc == pytest.approx(roc_auc_score(reached, scores), abs=1e-9)
        assert month_brier == pytest.approx(brier_score_loss(reached, chances), abs=1e-9)


def test_backtests_know_their_limits(published_sample: Path) -> None:
    ((immature, judged, assumed),) = ask(
        published_sample,
        "select immature_count, judged_count, assumed_rate from marts.rpt_score_backtest "
        "where horizon = 'at_creation' and outcome = 'won' and scope = 'out_of_time' "
        "and method = 'fit'",
    )
    assert immature > 0 and judged > 0
    assert assumed == 1
