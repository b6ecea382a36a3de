"""Land the delivered files into a build, which starts as a copy of the published generation."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from lead_warehouse.clock import utc_now
from lead_warehouse.contract import load_contract
from lead_warehouse.erasure.landing import ErasedOnArrival, land_conversions
from lead_warehouse.erasure.tombstones import Tombstones
from lead_warehouse.errors import UserError
from lead_warehouse.failpoints import failpoint
from lead_warehouse.landing.archive import Archive
from lead_warehouse.landing.completeness import LetThrough
from lead_warehouse.landing.land import Landing, land
from lead_warehouse.mapping import Mapping
from lead_warehouse.memory import limit_memory
from lead_warehouse.quarantine.settle import Replays, remember, settle
from lead_warehouse.refresh.base import Base, copy_base
from lead_warehouse.refresh.context import RefreshContext, write_context
from lead_warehouse.refresh.kept_tables import BuiltWhole, prepare_kept_tables
from lead_warehouse.refresh.premises import landed_digest
from lead_warehouse.rules.families import Families
from lead_warehouse.state.comparisons import Comparisons
from lead_warehouse.state.control import ControlLedger
from lead_warehouse.state.decisions import Decisions
from lead_warehouse.state.engine import STORAGE_VERSION, confine, spill_of, use_utc
from lead_warehouse.state.erasures import Erasures
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import StateDirectory
from lead_warehouse.state.publications import Publications
from lead_warehouse.state.seen_files import SeenFiles


@dataclass(frozen=True)
class LandedBuild:
    """What came of landing into a build.

    Attributes:
        base: what the build is a copy of.
        replayed: records that were in quarantine and came in.
        quarantine: records in quarantine now, by input and reason.
        built_whole: kept tables that are built from all that has landed.
        digest: of what has landed, in this refresh and before.
    """

    base: Base
    landing: Landing
    context: RefreshContext
    replayed: Replays
    quarantine: list[dict[str, Any]]
    built_whole: list[BuiltWhole]
    digest: str


def land_build(
    state: StateDirectory,
    mapping: Mapping,
    input_dir: Path,
    *,
    accept: tuple[str, ...],
    as_of: datetime | None,
    rules_digest: str,
    families: Families,
    progress: Callable[[str], None],
    tombstones: Tombstones | None = None,
    is_full: bool = False,
) -> LandedBuild:
    """Make the build of a state directory and land into it what is new.

    Args:
        accept: names of files that may land although they look incomplete.
        as_of: instant asked for; none for the latest event known.
        families: of the rules and models that the build will be made by.
        tombstones: of everybody erased; who comes again with a file is taken out of it.
        is_full: whether kept tables are to be built whole.

    Raises:
        UserError: no file matches an input of the mapping.
        RunFailed: the published file must not be copied.
    """
    building, contract = state.building, load_contract()
    ledger, decisions = ControlLedger(state.control), Decisions(state.control)
    publications = Publications(state)
    building.parent.mkdir(parents=True)
    base = copy_base(Generations(state), ledger.good_runs(), building, progress)
    failpoint("copied")
    scratch = building.parent / "scratch"
    with duckdb.connect(
        str(building), config={"storage_compatibility_version": STORAGE_VERSION}
    ) as connection:
        use_utc(connection)
        limit_memory(connection, spill_of(building))
        remember(connection)
        confine(connection, scratch, state.landing, state.publications, state.comparisons)
        erasures = Erasures(state)
        archive = Archive(
            state.landing, {old: new.digest for old, new in erasures.latest().items()}
        )
        erased = ErasedOnArrival(erasures, tombstones, archive, contract) if tombstones else None
        landing = land(
            connection,
            contract,
            mapping,
            input_dir=input_dir,
            archive=archive,
            received=ledger.received_inputs(),
            now=utc_now(),
            scratch=scratch,
            progress=progress,
            seen=SeenFiles(state.control),
            let_through=LetThrough(frozenset(accept), decisions.accepted_files()),
            erased=erased,
        )
        land_conversions(connection, erasures)
        replayed = settle(connection, contract, decisions)
        publications.land(connection, ledger.published_at())
        Comparisons(state).land(connection)
        context = write_context(connection, contract, as_of, rules_digest)
        built_whole = prepare_kept_tables(connection, families, landing, context, is_full=is_full)
        quarantine = _quarantine(connection, [one.file.file_digest for one in landing.accounts])
        digest = landed_digest(connection)
        connection.execute("checkpoint")
    shutil.rmtree(scratch, ignore_errors=True)
    if not landing.accounts and not landing.unchanged:
        raise UserError(
            f"no file in {input_dir} matches an input of the mapping; "
            "name the folder of the files with --input"
        )
    return LandedBuild(base, landing, context, replayed, quarantine, built_whole, digest)


def _quarantine(
    connection: duckdb.DuckDBPyConnection, landed_now: list[str]
) -> list[dict[str, Any]]:
    """Records in quarantine by input and reason, and how many of them this run put there."""
    cursor = connection.execute(
        "select input_name as input, reason, count(*) as records, "
        "count(*) filter (list_contains(?, file_digest)) as new "
        "from raw.quarantined_rows group by all order by records desc, input, reason",
        [landed_now],
    )
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
