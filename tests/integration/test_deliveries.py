"""What a later day delivers, good and damaged, in one refresh on the real pipeline."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lead_warehouse.clock import FROZEN_CLOCK
from lead_warehouse.errors import UserError
from lead_warehouse.refresh.report import RefreshReport
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory
from tests.conftest import ask, refresh_state

LATER = "2027-03-01T08:00:00Z"
HEADER = "Affaire;Contact;Statut;Montant HT;Ouverte le;Close le;Motif\n"
DELIVERED = {
    "crm_contacts_enriched.csv": "Record ID,Employees\nL-000001,77\nL-000002,\n",
    "crm_stage_history_2.csv.gz": (
        "Contact,Lifecycle Stage,Entered At,Reason\nL-000001,MQL,2025-01-01T00:00:00Z,\n"
    ),
    "affaires_reordered.csv": (
        "Contact;Statut;Affaire;Ouverte le;Close le;Motif;Montant HT;Nouveau\n"
        "L-000001;En cours;D-new;01/02/2025 10:00;;;1234,50;x\n"
    ),
    "affaires_damaged.csv": (
        f"{HEADER}"
        "D-few;L-000001;En cours\n"
        "D-many;L-000001;En cours;1,00;01/02/2025 10:00;;;;\n"
        "D-point;L-000001;En cours;1.00;01/02/2025 10:00;;\n"
        "D-status;L-000001;Peut-être;1,00;01/02/2025 10:00;;\n"
        "D-good;L-000001;En cours;1,00;01/02/2025 10:00;;\n"
    ),
    "affaires_empty.csv": "",
    "affaires_header.csv": HEADER,
}


@dataclass
class Later:
    """A later day: the state it left, the files it found and what it reported."""

    root: Path
    exports: Path
    report: RefreshReport
    before: dict[str, Any]


def employees(root: Path, lead_id: str, generation: str | None = None) -> Any:
    """As the record itself says; the lead may have it from another record of the person."""
    sql = (
        "select employee_count from intermediate.int_lead_records_historized "
        f"where lead_id = '{lead_id}' and valid_to is null"
    )
    return ask(root, sql, generation)[0][0]


@pytest.fixture(scope="module")
def later(
    published_sample: Path, sample_exports: Path, tmp_path_factory: pytest.TempPathFactory
) -> Later:
    folder = tmp_path_factory.mktemp("later")
    root, exports = folder / "state", folder / "exports"
    shutil.copytree(published_sample, root, symlinks=True)
    shutil.copytree(sample_exports, exports)
    for name, content in DELIVERED.items():
        (exports / name).write_text(content, encoding="utf-8")
    before = {lead: employees(root, lead) for lead in ("L-000001", "L-000002")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FROZEN_CLOCK, LATER)
        report = refresh_state(root, exports / "mapping.yml")
    assert report.is_published
    return Later(root, exports, report, before)


def test_each_file_has_its_account(later: Later) -> None:
    accounts = {
        one.file.file_name: (one.records, one.accepted, one.quarantined, bool(one.held_because))
        for one in later.report.accounts
    }
    assert accounts == {
        "crm_contacts_enriched.csv": (2, 2, 0, False),
        "crm_stage_history_2.csv.gz": (0, 0, 0, True),
        "affaires_reordered.csv": (1, 1, 0, False),
        "affaires_damaged.csv": (5, 1, 4, False),
        "affaires_empty.csv": (0, 0, 0, False),
        "affaires_header.csv": (0, 0, 0, False),
    }


def test_fault_22_damaged_rows_are_in_quarantine_with_file_line_and_reason(later: Later) -> None:
    rows = ask(
        later.root,
        "select file_line, column_name, value, reason, decode(raw_record) "
        "from raw.quarantined_rows where file_name = 'affaires_damaged.csv' order by file_line",
    )
    assert [(line, column, value) for line, column, value, _, _ in rows] == [
        (2, None, None),
        (3, None, None),
        (4, "amount", "1.00"),
        (5, "status", "Peut-être"),
    ]
    assert [reason.split(":")[0] for *_, reason, _ in rows[:2]] == [
        "too few columns",
        "too many columns",
    ]
    assert rows[3][4] == "D-status;L-000001;Peut-être;1,00;01/02/2025 10:00;;"
    kept = ask(
        later.root,
        "select opportunity_id from raw.opportunities where file_name = 'affaires_damaged.csv'",
    )
    assert kept == [("D-good",)]


def test_fault_25_a_file_without_a_required_column_is_held_and_the_rest_lands(
    later: Later,
) -> None:
    [held] = later.report.held
    assert held.file.file_name == "crm_stage_history_2.csv.gz"
    assert "'Contact ID' (nearest: Contact" in str(held.held_because)
    [landed] = [
        one for one in later.report.accounts if one.file.file_name == "affaires_reordered.csv"
    ]
    assert landed.unmapped_columns == ("Nouveau",)
    [(lead_id, status, amount)] = ask(
        later.root,
        "select lead_id, status, amount from marts.fct_opportunities "
        "where opportunity_id = 'D-new'",
    )
    assert (lead_id, status, amount) == ("L-000001", "open", pytest.approx(1234.5))
    [(status, reason)] = ask(
        later.root,
        "select status, reason from raw.landed_files where file_name like 'crm_stage_history_2%'",
    )
    assert status == "held" and "Contact ID" in reason


def test_fault_26_empty_and_header_only_files_are_recorded_as_no_rows(later: Later) -> None:
    assert ask(
        later.root,
        "select status, record_count, accepted_count from raw.landed_files "
        "where file_name in ('affaires_empty.csv', 'affaires_header.csv')",
    ) == [("landed", 0, 0), ("landed", 0, 0)]


def test_a_file_with_few_columns_overwrites_only_those(later: Later) -> None:
    assert later.before["L-000002"] is not None
    sql = "select source, company_name, lead_type from marts.dim_leads where lead_id = 'L-000002'"
    earlier = Generations(StateDirectory(later.root)).all()[-1].run_id
    assert ask(later.root, sql) == ask(later.root, sql, earlier)
    assert employees(later.root, "L-000002") is None
    history = ask(
        later.root,
        "select valid_from, is_known_at_assumed, employee_count "
        "from intermediate.int_lead_records_historized where lead_id = 'L-000002' order by 1",
    )
    # Landed after the first load, so known since it landed and no earlier.
    assert str(history[-1][0]) == "2027-03-01 08:00:00"
    assert [assumed for _, assumed, _ in history][-1] is False
    assert history[-2][2] == later.before["L-000002"]


def test_as_of_before_the_last_landing_is_a_rebuild_of_the_past(
    later: Later, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What landed since is known, though the events are older: readers must not lose it."""
    root = tmp_path / "state"
    shutil.copytree(later.root, root, symlinks=True)
    monkeypatch.setenv(FROZEN_CLOCK, LATER)
    past = refresh_state(root, later.exports / "mapping.yml", as_of="2027-02-01", audited=False)
    assert (past.state, past.is_published) == ("kept", False)
    assert Generations(StateDirectory(root)).current_id() == later.report.run_id
    assert employees(root, "L-000001") == 77
    assert employees(root, "L-000001", past.run_id) == later.before["L-000001"]
    assert past.digest != later.report.digest
    with pytest.raises(UserError, match="lies ahead"):
        refresh_state(root, later.exports / "mapping.yml", as_of="2099-01-01", audited=False)
