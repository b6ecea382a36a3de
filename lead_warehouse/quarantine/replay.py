"""Bring records in after their mapping was corrected, and tell record by record what became of
them.

Raw follows from the archive and the mapping, so a replay is a refresh with the mapping; only those
records come in that the mapping now reads, with the time their file was first received. It only
ever adds: a mapping that would take accepted records away is refused before anything changes.
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
from lead_warehouse.memory import limit_memory
from lead_warehouse.quarantine.losses import find_losses
from lead_warehouse.quarantine.outcome import Replay, tell
from lead_warehouse.quarantine.reading import reading_quarantine
from lead_warehouse.quarantine.records import Record, Wanted
from lead_warehouse.refresh.pipeline import Progress, RefreshOptions, refresh
from lead_warehouse.refresh.report import RefreshReport
from lead_warehouse.state.control import ReceivedInput
from lead_warehouse.state.decisions import RecordKey
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory

LOSSES_TOLD = 3
"""Kinds of losses named in one line; a dry run lists all."""


@dataclass(frozen=True)
class Selection:
    """Records to bring in, with all that lands again for them.

    Attributes:
        inputs: those of the records, and all others that the mapping reads otherwise than before:
            whole inputs land again.
        before: every record of those inputs that is in quarantine now.
        received: every file of those inputs.
        alike: inputs that the mapping reads just as it did when their files landed, so that it
            brings nothing in.
    """

    records: list[Record]
    inputs: list[str]
    before: list[RecordKey]
    received: list[ReceivedInput]
    mapping: Mapping
    alike: list[str]


def select(state: StateDirectory, mapping_path: Path, wanted: Wanted) -> Selection:
    """The records meant: those open; of those named by id, dismissed ones too.

    Raises:
        UserError: the mapping is wrong or leaves out an input that landed, nothing is published,
            or no record is meant.
    """
    mapping, contract = load_mapping(mapping_path), load_contract()
    with reading_quarantine(state) as quarantine:
        statuses = ("open", "dismissed") if wanted.ids else ("open",)
        records = quarantine.records(replace(wanted, statuses=statuses))
        if not records:
            raise UserError("no open record fits; `lead-warehouse quarantine list` shows them")
        keys, files = quarantine.all_keys(), quarantine.landed_files()
    now = {one.name: input_digest(one, contract) for one in mapping.inputs}
    digests: dict[str, set[str]] = {}
    for digest, name, *_ in files:
        digests.setdefault(name, set()).add(digest)
    _refuse_missing(sorted(digests.keys() - now.keys()), mapping_path)
    asked = {one.input_name for one in records}
    alike = {name for name, known in digests.items() if known == {now[name]}}
    names = asked | (digests.keys() - alike)
    return Selection(
        records,
        sorted(names),
        [key for key in keys if key[0] in names],
        [
            ReceivedInput(name, digest, file_name, at)
            for _, name, digest, file_name, at in files
            if name in names
        ],
        mapping,
        sorted(asked & alike),
    )


def _refuse_missing(names: list[str], mapping_path: Path) -> None:
    if names:
        inputs = f"input{'s' * (len(names) > 1)} {', '.join(names)}"
        raise UserError(
            f"the mapping leaves out {inputs}, whose rows would be withdrawn; put it back into "
            f"{mapping_path}, or run `{_refresh_with(mapping_path)}` if that is wanted"
        )


def _refresh_with(mapping_path: Path) -> str:
    return f"lead-warehouse refresh --mapping {mapping_path}"


def rehearse(state: StateDirectory, selected: Selection) -> Replay:
    """Tell what would come in and what would go, from a landing of the archived files into a
    database of its own.

    Nothing of the state directory changes, and no database is asked; no lock is needed.
    """
    contract = load_contract()
    inputs = [one for one in selected.mapping.inputs if one.name in selected.inputs]
    with tempfile.TemporaryDirectory(prefix="lead-warehouse-replay-") as folder:
        root = Path(folder)
        with duckdb.connect(str(root / "warehouse.duckdb")) as connection:
            limit_memory(connection, root / "spill")
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
            told = tell(connection, contract, selected.records, selected.before, is_trial=True)
            published = Generations(state).find(None).database
            lost = find_losses(connection, contract, published, selected.inputs)
            return replace(told, lost=lost)


def refuse_losses(told: Replay, mapping_path: Path) -> None:
    """Stop a replay that would take accepted records away.

    Raises:
        UserError: it would; with how many of which input, and where the first one stands.
    """
    if not told.lost.values:
        return
    kinds = [
        f"{records:,} of input {name} (as {file}:{line}, which {because})"
        for name, because, records, file, line in told.lost.values[:LOSSES_TOLD]
    ]
    more = len(told.lost.values) - LOSSES_TOLD
    kinds += [f"{more:,} more kinds"] * (more > 0)
    raise UserError(
        f"the mapping would take away accepted records: {', '.join(kinds)}; mend {mapping_path}, "
        f"or run `{_refresh_with(mapping_path)}` if that is wanted"
    )


def replay(
    options: RefreshOptions, selected: Selection, progress: Progress
) -> tuple[RefreshReport, Replay]:
    """Refresh with the mapping and tell what became of the records.

    Raises:
        UserError: accepted records would go, or as a refresh does; nothing changed.
        RunRejected, RunFailed: as a refresh does; nothing came in then.
    """
    refuse_losses(rehearse(options.state, selected), options.mapping_path)
    report = refresh(options, progress)
    # Of a mapping that reads all as before nothing new comes, and nothing is built.
    with Generations(options.state).reading(report.stands or report.run_id) as connection:
        told = tell(
            connection,
            load_contract(),
            selected.records,
            selected.before,
            is_trial=not report.is_published and report.stands is None,
        )
    return report, told
