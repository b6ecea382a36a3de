"""Random histories through landing and dbt, against the oracle's sums over events."""

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from lead_warehouse import PROJECT_DIR
from lead_warehouse.contract import load_contract
from lead_warehouse.explain.at_instant import STORED
from lead_warehouse.landing.archive import Archive
from lead_warehouse.landing.land import land
from lead_warehouse.mapping import load_mapping
from lead_warehouse.refresh.build import DATABASE_VARIABLE, run_dbt
from lead_warehouse.refresh.context import write_context
from lead_warehouse.refresh.project import compose_project
from lead_warehouse.refresh.worker import run_in_worker
from tests.oracle.fit import Value, best_profile, fit_of_profiles
from tests.oracle.intent import intent_at
from tests.oracle.lifecycle import Acts, Contact, History, Timeline, transitions_of
from tests.oracle.rules import Rules, load_rules, write_varied_rules
from tests.oracle.strategies import FIFTEEN_YEARS, START, histories, rule_sets
from tests.oracle.together import together

HISTORIES_A_BATCH = 250
"""Histories that go through the pipeline together, since dbt costs seconds a run."""

BATCHES = 3
SCORED_EACH = 8
"""Of so many leads one is asked for its scores at instants of its own, a query each."""

TOLERANCE = 1e-9
Drawn = TypeVar("Drawn")
LEAD_COLUMNS = (
    "country_code", "company_name", "company_domain", "company_type", "industry",
    "employee_count", "annual_revenue", "is_listed", "tech_stack", "strategic_issues",
    "job_title", "language", "lead_type", "source", "email",
)  # fmt: skip
MAPPING = """
version: 1
inputs:
  - name: leads
    files: leads.csv
    known_at: known_at
    tables:
      - table: leads
        columns: {{lead_id: lead_id, created_at: created_at, {lead_columns}}}
  - name: interactions
    files: interactions.csv
    tables:
      - table: interactions
        columns:
          interaction_id: interaction_id
          lead_id: lead_id
          interaction_type: interaction_type
          occurred_at: occurred_at
          depth: depth
          depth_unit: depth_unit
          asset: asset
          user_agent: user_agent
  - name: stages
    files: stages.csv
    tables:
      - table: lead_stage_changes
        columns: {{lead_id: lead_id, stage: stage, changed_at: changed_at, reason: reason}}
  - name: meetings
    files: meetings.csv
    tables:
      - table: sales_activities
        columns:
          sales_activity_id: sales_activity_id
          lead_id: lead_id
          activity_type: {{constant: meeting}}
          meeting_status: {{constant: booked}}
          created_at: created_at
  - name: contacts
    files: contacts.csv
    tables:
      - table: sales_activities
        columns:
          sales_activity_id: sales_activity_id
          lead_id: lead_id
          activity_type: {{constant: call}}
          occurred_at: occurred_at
          direction: direction
          is_automatic: is_automatic
          outcome: outcome
  - name: answers
    files: answers.csv
    tables:
      - table: qualifications
        columns:
          qualification_id: qualification_id
          lead_id: lead_id
          framework: framework
          criterion: criterion
          status: status
          answer: answer
          evidence: evidence
          answered_by: answered_by
          answered_at: answered_at
  - name: objections
    files: objections.csv
    tables:
      - table: consents
        columns:
          consent_id: consent_id
          lead_id: lead_id
          purpose: {{constant: profiling}}
          status: status
          legal_ground: {{constant: consent}}
          proof: {{constant: letter}}
          recorded_at: recorded_at
"""


RULES = load_rules(PROJECT_DIR / "seeds")


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("oracle")


def drawn(strategy: SearchStrategy[Drawn], count: int) -> list[Drawn]:
    """Examples of a strategy, the same ones on each run; dbt is too slow to be called for each."""
    examples: list[Drawn] = []

    @settings(
        max_examples=count,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    @given(strategy)
    def collect(example: Drawn) -> None:
        examples.append(example)

    collect()
    return examples[-count:]


@pytest.mark.parametrize("batch", range(BATCHES))
def test_scores_and_stages_agree_with_plain_sums_over_events(batch: int, workshop: Path) -> None:
    """The first batch has the rules as shipped, the others random ones."""
    rules = RULES if batch == 0 else drawn(rule_sets(RULES), 5 * BATCHES)[-batch]
    made = drawn(histories(rules), HISTORIES_A_BATCH)
    as_of = START + FIFTEEN_YEARS + timedelta(days=500, hours=7)
    made.append(called_in_vain(made, as_of, rules))
    database = build(workshop, rules, made, as_of)
    with duckdb.connect(str(database)) as connection:
        assert_intents_agree(connection, rules, made)
        assert_fits_agree(connection, rules, made)
        assert_stages_agree(connection, rules, made, as_of)
        assert_scores_agree(connection, rules, made, as_of)


def called_in_vain(made: Sequence[History], as_of: datetime, rules: Rules) -> History:
    """One of these that became an MQL, then called until its cadence ends: chance may make none."""
    for history in made:
        alone = replace(history, acts=Acts())
        for one in transitions_of(alone, as_of, rules):
            if one.to_stage != "mql":
                continue
            calls = [
                Contact(one.at + timedelta(hours=number + 1), "no_answer")
                for number in range(rules.cadence_steps)
            ]
            called = replace(alone, acts=Acts(contacts=calls))
            taken = {one.trigger for one in transitions_of(called, as_of, rules)}
            if "cadence_exhausted" in taken:
                return called
    raise AssertionError("no lead among them stays an MQL for as long as a cadence takes")


def build(folder: Path, rules: Rules, made: Sequence[History], as_of: datetime) -> Path:
    """Land the histories and run the models on them."""
    own_rules, exports = folder / "rules", folder / "exports"
    for one in (own_rules, exports):
        one.mkdir(exist_ok=True)
    write_varied_rules(rules, own_rules)
    write_exports(exports, rules, made)
    compose_project(folder / "project", own_rules)
    database = folder / "building" / "warehouse.duckdb"
    database.parent.mkdir(exist_ok=True)
    database.unlink(missing_ok=True)
    (folder / "runs").mkdir(exist_ok=True)
    with duckdb.connect(str(database)) as connection:
        contract = load_contract()
        landing = land(
            connection,
            contract,
            load_mapping(exports / "mapping.yml"),
            input_dir=exports,
            archive=Archive(folder / "archive"),
            received=[],
            now=as_of,
            scratch=folder / "scratch",
            progress=lambda _: None,
        )
        assert not landing.held
        assert sum(account.quarantined for account in landing.accounts) == 0
        write_context(connection, contract, as_of, "digest")
    selected = [
        "fct_lead_scores",
        "fct_score_contributions",
        "fct_score_history",
        "fct_lifecycle_transitions",
    ]
    results = run_in_worker(
        run_dbt,
        Path("project"),
        Path("runs"),
        [["seed"], ["run", "--select", *(f"+{mart}" for mart in selected)]],
        log=folder / "dbt.log",
        report=lambda _: None,
        folder=folder,
        environment={DATABASE_VARIABLE: "building/warehouse.duckdb"},
    )
    assert [result for result in results if result.is_bad] == []
    return database


def write_exports(folder: Path, rules: Rules, made: Sequence[History]) -> None:
    leads, interactions, stages, meetings, answers, objections = ([] for _ in range(6))
    contacts = []
    for number, history in enumerate(made):
        lead = name(number)
        for version in history.versions:
            given = {
                **version.attributes,
                "country_code": version.attributes["given_country"],
                "email": own_address(lead, version.attributes),
            }
            cells = [cell(given.get(column)) for column in LEAD_COLUMNS]
            leads.append([lead, history.created_at, version.known_at, *cells])
        for place, one in enumerate(history.interactions):
            interactions.append(
                [
                    f"{lead}-{place}", lead, one.interaction_type, one.at, one.depth,
                    one.depth_unit, one.asset, one.user_agent,
                ]
            )  # fmt: skip
        acts = history.acts
        for at in acts.accepted:
            stages.append([lead, "sal", at, None])
        for rejection in acts.rejections:
            stage = rules.returns_to.get(rejection.reason or "", "recycled")
            stages.append([lead, stage, rejection.at, rejection.reason])
        for stage, instants in (
            ("opportunity", acts.deals_opened),
            ("customer", acts.deals_won),
            ("lost", acts.deals_lost),
        ):
            stages += [[lead, stage, at, None] for at in instants]
        meetings += [[f"{lead}-{place}", lead, at] for place, at in enumerate(acts.meetings_booked)]
        contacts += [
            [
                f"{lead}-call-{place}", lead, one.at, "inbound" if one.is_inbound else "outbound",
                cell(one.is_automatic), one.outcome,
            ]
            for place, one in enumerate(acts.contacts)
        ]  # fmt: skip
        answers += [
            [
                f"{lead}-{place}", lead, one.framework, one.criterion, one.status, one.answer,
                one.evidence, one.answered_by, one.at,
            ]
            for place, one in enumerate(acts.answers)
        ]  # fmt: skip
        for place, objection in enumerate(acts.objections):
            objections.append([f"{lead}-{place}a", lead, "objected", objection.start])
            if objection.end is not None:
                objections.append([f"{lead}-{place}b", lead, "given", objection.end])
    write(folder / "leads.csv", ["lead_id", "created_at", "known_at", *LEAD_COLUMNS], leads)
    write(
        folder / "interactions.csv",
        [
            "interaction_id", "lead_id", "interaction_type", "occurred_at", "depth",
            "depth_unit", "asset", "user_agent",
        ],
        interactions,
    )  # fmt: skip
    write(folder / "stages.csv", ["lead_id", "stage", "changed_at", "reason"], stages)
    write(folder / "meetings.csv", ["sales_activity_id", "lead_id", "created_at"], meetings)
    write(
        folder / "contacts.csv",
        ["sales_activity_id", "lead_id", "occurred_at", "direction", "is_automatic", "outcome"],
        contacts,
    )
    write(
        folder / "answers.csv",
        [
            "qualification_id", "lead_id", "framework", "criterion", "status", "answer",
            "evidence", "answered_by", "answered_at",
        ],
        answers,
    )  # fmt: skip
    write(folder / "objections.csv", ["consent_id", "lead_id", "status", "recorded_at"], objections)
    columns = ", ".join(f"{column}: {column}" for column in LEAD_COLUMNS)
    (folder / "mapping.yml").write_text(MAPPING.format(lead_columns=columns))


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def own_address(lead: str, attributes: Mapping[str, Value]) -> Value:
    """Histories are of different people: nobody has the address of another."""
    email = attributes.get("email")
    return email.replace("someone@", f"{lead}@") if isinstance(email, str) else email


def cell(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def name(number: int) -> str:
    return f"lead_{number:03}"


def is_close(found: float, expected: float) -> bool:
    return math.isclose(found, expected, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


INTENT_BY_LOOKUP = """
with instants as (
    select lead_id, changed_at as instant from marts.fct_score_history
    union
    select lead_id, next_changed_at from marts.fct_score_history
    where next_changed_at <= (select as_of from raw.refresh_context)
),
parts as (
    select
        lead_id,
        instant,
        case kind
            when 'group' then least(
                sum(
                    cast(points as double)
                    * pow(2.0, -(epoch_us(instant) - epoch_us(changed_at))
                        / (half_life_days * 864e8))
                ),
                max(cap_points)
            )
            when 'step' then greatest(
                sum(cast(points as double)), coalesce(-max(cap_points), sum(points))
            )
            else 0
        end as points
    from instants
    inner join marts.fct_score_history using (lead_id)
    where changed_at <= instant and (next_changed_at is null or instant < next_changed_at)
    group by lead_id, instant, kind, component
)
select lead_id, instant, sum(points) from parts group by lead_id, instant
"""


def assert_intents_agree(
    connection: duckdb.DuckDBPyConnection, rules: Rules, made: Sequence[History]
) -> None:
    """At every instant at which something changed: for every lead by the history of its groups, and
    for those that fit a profile as thresholds are looked at."""
    by_name = {name(number): history for number, history in enumerate(made)}
    changes = sum(len(Timeline(one, datetime.max, rules).changes) for one in made)
    rows = connection.execute(INTENT_BY_LOOKUP).fetchall()
    assert len(rows) >= changes * 0.5 > 0
    for lead, at, points in rows:
        expected = intent_at(at, by_name[lead].interactions, rules)
        assert is_close(float(points), expected.points), (lead, at, points, expected)
    rows = connection.execute(
        "select lead_id, changed_at, intent_points, intent_score "
        "from intermediate.int_intent_scored"
    ).fetchall()
    assert len(rows) > changes * 0.2
    for lead, at, points, score in rows:
        expected = intent_at(at, by_name[lead].interactions, rules)
        assert is_close(float(points), expected.points), (lead, at, points, expected)
        assert is_close(float(score), expected.score), (lead, at, score, expected)


def assert_fits_agree(
    connection: duckdb.DuckDBPyConnection, rules: Rules, made: Sequence[History]
) -> None:
    rows = connection.execute(
        "select lead_id, valid_from, profile, fit_score, fit_ceiling, fit_coverage, is_excluded, "
        "is_mql_blocked_by_unknown, place from intermediate.int_fit_scored"
    ).fetchall()
    found = {(lead, at, profile): values for lead, at, profile, *values in rows}
    versions = {
        (name(number), version.known_at): version.attributes
        for number, history in enumerate(made)
        for version in history.versions
    }
    assert len(found) == len(rows) == len(versions) * len(rules.profiles)
    for (lead, at), attributes in versions.items():
        fits = fit_of_profiles(attributes, rules)
        for profile, fit in fits.items():
            floor, ceiling, coverage, is_excluded, is_blocked, place = found[lead, at, profile]
            for got, expected in (
                (floor, fit.floor),
                (ceiling, fit.ceiling),
                (coverage, fit.coverage),
            ):
                assert abs(Fraction(got) - expected) <= TOLERANCE, (lead, at, fit, attributes)
            assert is_excluded == fit.is_excluded, (lead, at, fit, attributes)
            assert is_blocked == (fit.is_blocked_by_unknown and not fit.is_excluded)
            assert (place == 1 and not is_excluded) == (profile == best_profile(fits, rules))


def lay_over_what_is_stored(connection: duckdb.DuckDBPyConnection) -> None:
    """Have views speak for other instants, as ``asking_at`` does; for this one they say what is
    stored."""
    for (schema, stored), summed in STORED.items():
        table, view = f"{schema}.{stored}", f"{schema}.{summed}"
        for one, other in ((table, view), (view, table)):
            differing = connection.execute(f"from {one} except all from {other}").fetchall()
            assert differing == []
        connection.execute(f"drop table {table}; create view {table} as from {view}")


def assert_scores_agree(
    connection: duckdb.DuckDBPyConnection,
    rules: Rules,
    made: Sequence[History],
    as_of: datetime,
) -> None:
    """Scores and grade as of some instants of some leads; the views follow the context."""
    lay_over_what_is_stored(connection)
    for number, history in list(enumerate(made))[::SCORED_EACH]:
        last = max([history.created_at, *(one.at for one in history.interactions)])
        for at in {history.created_at, last, min(last + timedelta(days=11, hours=5), as_of)}:
            connection.execute("update raw.refresh_context set as_of = ?", [at])
            [row] = connection.execute(
                "select profile, fit_score, intent_score, intent_points, recency_days, "
                "is_hand_raised, grade, temperature, priority "
                "from intermediate.int_leads_scored where lead_id = ?",
                [name(number)],
            ).fetchall()
            profile, fit_score, score, points, recency, is_raised, *together_found = row
            known = max(
                (one for one in history.versions if one.known_at <= at),
                key=lambda one: one.known_at,
            )
            fits = fit_of_profiles(known.attributes, rules)
            best = best_profile(fits, rules)
            intent = intent_at(at, history.interactions, rules)
            assert profile == best
            expected_fit = fits[best].floor if best else Fraction(0)
            assert abs(Fraction(fit_score) - expected_fit) <= TOLERANCE
            assert is_close(float(score), intent.score), (name(number), at)
            assert is_close(float(points), intent.points), (name(number), at)
            assert is_raised == intent.has_hand_raise
            if recency is None:
                assert intent.recency_days is None
            else:
                assert intent.recency_days is not None
                assert abs(recency - intent.recency_days) < 2 / 86400
            expected = together(expected_fit, intent.score, intent.has_hand_raise, rules)
            assert expected is not None
            assert together_found == [expected.grade, expected.temperature, expected.priority]
            [sums] = connection.execute(
                "select coalesce(sum(score_points) filter (score = 'fit'), 0), "
                "coalesce(sum(score_points) filter (score = 'intent'), 0) "
                "from marts.fct_score_contributions where lead_id = ?",
                [name(number)],
            ).fetchall()
            assert sums == (fit_score, score)


def assert_stages_agree(
    connection: duckdb.DuckDBPyConnection,
    rules: Rules,
    made: Sequence[History],
    as_of: datetime,
) -> None:
    rows = connection.execute(
        "select lead_id, from_stage, to_stage, transitioned_at, trigger, "
        "case when to_stage <> 'lead' then profile end "
        "from marts.fct_lifecycle_transitions where basis = 'rules' "
        "order by lead_id, transition_number"
    ).fetchall()
    for number, history in enumerate(made):
        expected = [
            (one.from_stage, one.to_stage, one.at, one.trigger)
            for one in transitions_of(history, as_of, rules)
        ]
        found = [row[1:5] for row in rows if row[0] == name(number)]
        assert found == expected, (name(number), history)
    taken = {row[4] for row in rows}
    assert {"thresholds_reached", "fit_reached", "nurture_over", "four_confirmed"} <= taken
    assert "cadence_exhausted" in taken
