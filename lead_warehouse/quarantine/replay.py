"""Bring records in after their mapping was corrected, and tell record by record what became of
them.

Raw follows from the archive and the mapping, so a replay is a refresh with the mapping; only those
records come in that the mapping now reads, with the time their file was first received.
"""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from lead_warehouse.clock import utc_now
from lead_warehouse.contract import load_contract
from lead_warehouse.errors import UserError
from lead_warehouse.landing.archive import Archive
from lead_warehouse.landing.land import input_digest, land
from lead_warehouse.mapping import Mapping, load_mapping
from lead_warehouse.quarantine.outcome import Replay, tell
from lead_warehouse.quarantine.reading import reading_quarantine
from lead_warehouse.quarantine.records import Record, Wanted
from lead_warehouse.refresh.pipeline import Progress, RefreshOptions, refresh
from lead_warehouse.refresh.report import RefreshReport
from lead_warehouse.state.control import ReceivedInput
from lead_warehouse.state.decisions import RecordKey
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory


@dataclass(frozen=True)
class Selection:
    """Records to bring in, with all that their inputs hold, since whole inputs land again.

    Attributes:
        before: every record of those inputs that is in quarantine now.
        received: every file of those inputs.
        alike: inputs that the mapping reads just as it did when their files landed, so that it
            brings nothing in.
    """

    records: list[Record]
    before: list[RecordKey]
    received: list[ReceivedInput]
    mapping: Mapping
    alike: list[str]


def select(state: StateDirectory, mapping_path: Path, wanted: Wanted) -> Selection:
    """The records meant: those open; of those named by id, dismissed ones too.

    Raises:
        UserError: the mapping is wrong, nothing is published, or no record is meant.
    """
    mapping, contract = load_mapping(mapping_path), load_contract()
    with reading_quarantine(state) as quarantine:
        statuses = ("open", "dismissed") if wanted.ids else ("open",)
        records = quarantine.records(replace(wanted, statuses=statuses))
        if not records:
            raise UserError("no open record fits; `lead-warehouse quarantine list` shows them")
        names = {one.input_name for one in records}
        before = [key for key in quarantine.all_keys() if key[0] in names]
        landed = [
            (digest, ReceivedInput(name, file_digest, file_name, at))
            for digest, name, file_digest, file_name, at in quarantine.landed_files()
            if name in names
        ]
    now = {one.name: input_digest(one, contract) for one in mapping.inputs}
    digests: dict[str, set[str]] = {}
    for digest, one in landed:
        digests.setdefault(one.input_name, set()).add(digest)
    alike = [name for name, known in digests.items() if known == {now.get(name)}]
    return Selection(records, before, [one for _, one in landed], mapping, sorted(alike))


def rehearse(state: StateDirectory, selected: Selection) -> Replay:
    """Tell what would come in, from a landing of the archived files into a database of its own.

    Nothing of the state directory changes, and no database is asked; no lock is needed.
    """
    contract = load_contract()
    names = {one.input_name for one in selected.records}
    inputs = [one for one in selected.mapping.inputs if one.name in names]
    with tempfile.TemporaryDirectory(prefix="lead-warehouse-replay-") as folder:
        root = Path(folder)
        with duckdb.connect(str(root / "warehouse.duckdb")) as connection:
            land(
                connection,
                contract,
                selected.mapping.model_copy(update={"inputs": inputs}),
                input_dir=None,
                archive=Archive(state.landing),
                received=selected.received,
                now=utc_now(),
                scratch=root / "scratch",
                progress=lambda _: None,
            )
            return tell(
                connection,
                contract,
                selected.mapping,
                selected.records,
                selected.before,
                is_trial=True,
            )


def replay(
    options: RefreshOptions, selected: Selection, progress: Progress
) -> tuple[RefreshReport, Replay]:
    """Refresh with the mapping and tell what became of the records.

    Raises:
        UserError, RunRejected, RunFailed: as a refresh does; nothing came in then.
    """
    report = refresh(options, progress)
    with Generations(options.state).reading(report.run_id) as connection:
        told = tell(
            connection,
            load_contract(),
            selected.mapping,
            selected.records,
            selected.before,
            is_trial=not report.is_published,
        )
    return report, told
