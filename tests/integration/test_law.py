"""Who may be contacted, how long, and erasure, through the whole pipeline."""

import shutil
from pathlib import Path

import pytest

from lead_warehouse.erasure.erase import Who, erase, plan
from lead_warehouse.erasure.key import KEY_VARIABLE
from lead_warehouse.erasure.residue import find_residue
from lead_warehouse.explain.hottest import hottest
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory
from tests.conftest import ask, refresh_state

KEY = "a key of tests, and of nothing else at all"
MAPPING = """
version: 1
inputs:
  - name: people
    files: "people*.csv"
    known_at: told
    tables:
      - table: leads
        columns:
          lead_id: id
          email: email
          phone: phone
          country_code: country
          source: source
          provenance: provenance
          notice_given_at: {column: noticed, format: "%Y-%m-%d"}
          deleted_at: {column: deleted, format: "%Y-%m-%d"}
          created_at: {column: made, format: "%Y-%m-%d"}
  - name: acts
    files: acts.csv
    tables:
      - table: interactions
        columns:
          interaction_id: id
          lead_id: lead
          interaction_type: kind
          occurred_at: {column: day, format: "%Y-%m-%d"}
  - name: said
    files: said.csv
    tables:
      - table: consents
        columns:
          consent_id: id
          lead_id: lead
          email: email
          purpose: purpose
          channel: channel
          legal_ground: ground
          status: status
          proof: proof
          recorded_at: {column: day, format: "%Y-%m-%d"}
  - name: stages
    files: stages.csv
    tables:
      - table: lead_stage_changes
        columns: {lead_id: lead, stage: stage, changed_at: {column: day, format: "%Y-%m-%d"}}
"""
PEOPLE = """
id,email,phone,country,source,provenance,noticed,deleted,made,told
fr-silent,fr.silent@firm.example,,FR,web,direct,,,2026-01-01,2026-01-01 00:00:00
fr-free,b.invented.for.a.test@gmail.com,,FR,web,direct,,,2026-01-01,2026-01-01 00:00:00
fr-role,info@firm.example,,FR,web,direct,,,2026-01-01,2026-01-01 00:00:00
de-silent,d@firma.example,+49 30 0000000,DE,web,direct,,,2026-01-01,2026-01-01 00:00:00
de-asked,e@firma.example,,DE,web,direct,,,2026-01-01,2026-01-01 00:00:00
objected,f@firm.example,,FR,web,direct,,,2026-01-01,2026-01-01 00:00:00
lifted,g@firm.example,,FR,web,direct,,,2026-01-01,2026-01-01 00:00:00
by-address,h@firm.example,,FR,web,direct,,,2026-01-01,2026-01-01 00:00:00
unsubscribed,i@firm.example,,FR,web,direct,,,2026-01-01,2026-01-01 00:00:00
untold,j@firm.example,,FR,fair,indirect,,,2026-01-01,2026-01-01 00:00:00
noticed,k@firm.example,,FR,fair,indirect,2026-01-20,,2026-01-01,2026-01-01 00:00:00
kept-long,kept.long@firm.example,,FR,web,direct,,,2021-01-01,2021-01-01 00:00:00
kept-clicked,m@firm.example,,FR,web,direct,,,2021-01-01,2021-01-01 00:00:00
kept-opened,kept.opened@firm.example,,FR,web,direct,,,2021-01-01,2021-01-01 00:00:00
deleted,o@firm.example,,FR,web,direct,,,2026-01-01,2026-01-01 00:00:00
deleted,o@firm.example,,FR,web,direct,,2026-03-01,2026-01-01,2026-03-02 00:00:00
""".lstrip()
ACTS = """
id,lead,kind,day
a1,de-asked,contact_request,2026-03-01
a2,unsubscribed,unsubscribe,2026-02-01
a3,kept-clicked,click,2025-06-01
a4,kept-opened,open,2025-06-01
a5,fr-silent,page,2026-03-31
p1,kept-clicked,page,2023-01-01
p2,kept-clicked,page,2023-02-01
p2,kept-clicked,page,2023-02-01
p3,kept-clicked,page,2023-03-01
p3,kept-clicked,page,2026-03-01
p4,kept-clicked,page,2026-03-01
""".lstrip()
SAID = """
id,lead,email,purpose,channel,ground,status,proof,day
c1,objected,,prospecting,email,,objected,,2026-02-01
c2,objected,,prospecting,email,legitimate_interest,given,import,2026-02-02
c3,lifted,,prospecting,email,,objected,,2026-02-01
c4,lifted,,prospecting,email,consent,given,form,2026-02-02
c5,,H@firm.example,prospecting,,,objected,,2026-02-01
""".lstrip()
STAGES = """
lead,stage,day
fr-silent,mql,2026-01-05
fr-silent,sql,2026-01-15
fr-role,mql,2026-01-06
lifted,mql,2026-02-06
""".lstrip()
# Of who was erased the country, the owner and the profile are not known any more.
COHORTS = (
    "select * from marts.rpt_funnel_cohorts "
    "where dimension in ('all', 'source', 'channel') order by all"
)
PERIODS = COHORTS.replace("cohorts", "periods")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``exports`` and the ``state`` published of them; for reading only."""
    folder = tmp_path_factory.mktemp("law")
    exports = folder / "exports"
    exports.mkdir()
    for name, text in (
        ("mapping.yml", MAPPING),
        ("people.csv", PEOPLE),
        ("acts.csv", ACTS),
        ("said.csv", SAID),
        ("stages.csv", STAGES),
    ):
        (exports / name).write_text(text)
    refresh_state(folder / "state", exports / "mapping.yml")
    return folder


@pytest.mark.parametrize(
    ("lead", "purpose", "channel", "ground", "reason"),
    [
        ("fr-silent", "prospecting", "email", "legitimate_interest", "silence_allows"),
        ("fr-free", "prospecting", "email", None, "consent_missing"),
        ("fr-role", "prospecting", "email", "legitimate_interest", "silence_allows"),
        ("de-silent", "prospecting", "email", None, "consent_missing"),
        ("de-silent", "prospecting", "phone", None, "consent_missing"),
        ("fr-silent", "prospecting", "phone", "legitimate_interest", "address_missing"),
        ("de-asked", "answering", "email", "request", "requested"),
        ("de-asked", "prospecting", "email", None, "consent_missing"),
        ("de-silent", "answering", "email", None, "request_missing"),
        ("objected", "prospecting", "email", None, "objected"),
        ("lifted", "prospecting", "email", "consent", "consented"),
        ("by-address", "prospecting", "email", None, "objected"),
        ("unsubscribed", "prospecting", "email", None, "objected"),
        ("untold", "prospecting", "email", None, "notice_overdue"),
        ("noticed", "prospecting", "email", "legitimate_interest", "silence_allows"),
        ("kept-long", "prospecting", "email", None, "retention_over"),
        ("kept-clicked", "prospecting", "email", "legitimate_interest", "silence_allows"),
        ("kept-opened", "prospecting", "email", None, "retention_over"),
        ("fr-silent", "profiling", "any", "legitimate_interest", "silence_allows"),
        ("fr-silent", "tracking", "web", None, "consent_missing"),
    ],
)
def test_each_purpose_and_channel_has_its_ground_or_reason(
    folder: Path, lead: str, purpose: str, channel: str, ground: str | None, reason: str
) -> None:
    assert ask(
        folder / "state",
        "select ground, reason, is_contactable from marts.fct_contactability "
        f"where lead_id = '{lead}' and purpose = '{purpose}' and channel = '{channel}'",
    ) == [(ground, reason, ground is not None and reason != "address_missing")]


def test_fault_36_a_record_deleted_at_the_source_is_nobody_to_contact(folder: Path) -> None:
    assert ask(
        folder / "state",
        "select distinct is_contactable, reason, decided_at::date::varchar "
        "from marts.fct_contactability where lead_id = 'deleted'",
    ) == [(False, "deleted_at_source", "2026-03-01")]
    assert ask(
        folder / "state",
        "select deleted_at::date::varchar from marts.dim_leads where lead_id = 'deleted'",
    ) == [("2026-03-01",)]
    shown = [one.lead_id for one in hottest(Generations(StateDirectory(folder / "state")), 100)]
    assert "fr-silent" in shown and "deleted" not in shown


def test_what_is_due_is_listed(folder: Path) -> None:
    assert ask(
        folder / "state",
        "select lead_id, started_by from marts.rpt_retention_due where is_due order by 1",
    ) == [("kept-long", "collection"), ("kept-opened", "collection")]
    assert ask(
        folder / "state", "select lead_id, notice_status from marts.rpt_notices_due order by 1"
    ) == [("noticed", "given"), ("untold", "overdue")]
    found = plan(StateDirectory(folder / "state"), Who(is_due=True))
    assert found.persons.ids["lead"] == {"kept-long", "kept-opened"}


def test_visits_whose_time_is_over_are_counted_as_they_are_listed(folder: Path) -> None:
    counted = ask(
        folder / "state",
        "select lead_id, due_interaction_count from marts.rpt_retention_due "
        "where due_interaction_count > 0",
    )
    listed = ask(
        folder / "state",
        "select lead_id, count(distinct interaction_id) "
        "from intermediate.int_interactions_outdated group by lead_id",
    )
    assert counted == listed == [("kept-clicked", 3)]


def test_fault_48_after_an_erasure_cohorts_stay_and_any_instant_can_be_built(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Erased and purged, refreshed with a new file, and rebuilt as of an earlier instant."""
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    root, exports = tmp_path / "state", tmp_path / "exports"
    shutil.copytree(folder / "state", root, symlinks=True)
    shutil.copytree(folder / "exports", exports)
    state, mapping = StateDirectory(root), exports / "mapping.yml"
    cohorts = ask(root, COHORTS)
    found = erase(state, mapping, Who(email="FR.silent@firm.example"))
    assert found.records == {"leads": 1, "interactions": 1, "lead_stage_changes": 2}
    assert erase(state, mapping, Who(is_due=True)).person_count == 2
    words = [
        "fr-silent",
        "fr.silent@firm.example",
        "kept-long",
        "kept-opened",
        "kept.long@",
        "kept.opened@",
    ]
    assert find_residue(root, words) == []
    assert ask(root, COHORTS) == cohorts
    (exports / "people_2.csv").write_text(
        PEOPLE.splitlines()[0]
        + "\nnew,FR.silent@firm.example,,FR,web,direct,,,2026-01-01,2026-03-30 00:00:00\n"
        "other,z@firm.example,,FR,web,direct,,,2026-03-01,2026-03-30 00:00:00\n"
    )
    # All tables are made anew; who was erased is missing and who came is there.
    report = refresh_state(root, mapping, audited=False)
    assert [(one.accepted, one.erased) for one in report.accounts] == [(1, 1)]
    assert find_residue(root, words) == []
    old = "cohort_month < '2026-03-01'"
    asked = f"select * exclude (is_mature) from ({COHORTS}) where {old}"
    assert ask(root, asked) == ask(folder / "state", asked)
    asked = f"select * exclude (is_period_over) from ({PERIODS}) where period_month < '2026-03-01'"
    assert ask(root, asked) == ask(folder / "state", asked) != []
    past = refresh_state(root, mapping, as_of="2026-02-10T00:00:00", audited=False)
    assert past.state == "kept"
    leads = {lead for (lead,) in ask(root, "select lead_id from marts.dim_leads", past.run_id)}
    assert "fr-free" in leads
    assert not leads & {"fr-silent", "kept-long", "kept-opened", "new"}
