"""The states of a refresh, one after the other."""

import hashlib
import os
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from textwrap import shorten
from typing import Any

import duckdb

from lead_warehouse import __version__
from lead_warehouse.clock import utc_now
from lead_warehouse.erasure.replay import replay_erasures
from lead_warehouse.erasure.tombstones import Tombstones
from lead_warehouse.errors import LeadWarehouseError, RunFailed, RunRejected, UserError
from lead_warehouse.failpoints import check_failpoint, failpoint
from lead_warehouse.gates.changes import Checked
from lead_warehouse.gates.check import CheckResult, check
from lead_warehouse.gates.results import counts, store_results
from lead_warehouse.journal import Journal
from lead_warehouse.landing.land import Landing
from lead_warehouse.mapping import Mapping, load_mapping
from lead_warehouse.memory import exhausted, memory_bytes
from lead_warehouse.quarantine.settle import Replays
from lead_warehouse.redaction import redact
from lead_warehouse.refresh.accepted import accepted_tables
from lead_warehouse.refresh.build import DATABASE_VARIABLE, NodeResult, run_dbt, test_with_dbt
from lead_warehouse.refresh.compact import compact, needs_compaction
from lead_warehouse.refresh.context import RefreshContext, parse_as_of
from lead_warehouse.refresh.findings import (
    Finding,
    as_checks,
    from_checks,
    from_quarantine,
    from_tests,
)
from lead_warehouse.refresh.land_build import LandedBuild, land_build
from lead_warehouse.refresh.parsed import keep_parsed
from lead_warehouse.refresh.premises import Premises, is_same_project, premises_of, why_build
from lead_warehouse.refresh.project import compose_project
from lead_warehouse.refresh.reconcile import inputs_of, reconcile
from lead_warehouse.refresh.replaced_tables import drop_replaced
from lead_warehouse.refresh.report import RefreshReport, forget_old_runs
from lead_warehouse.refresh.rollback import never_shown
from lead_warehouse.refresh.room import full_disk_in_words, require_room
from lead_warehouse.refresh.sealing import manifest_of, remove_spill, take_inputs
from lead_warehouse.refresh.verify import verify
from lead_warehouse.refresh.worker import run_in_worker, start_importing
from lead_warehouse.rules.families import Families
from lead_warehouse.state.control import ControlLedger
from lead_warehouse.state.decisions import Decisions
from lead_warehouse.state.digest import TableDigest
from lead_warehouse.state.engine import STORAGE_VERSION, spill_of
from lead_warehouse.state.erasures import Erasures
from lead_warehouse.state.generations import RETAINED, Generations, remove_folder
from lead_warehouse.state.hold import read_hold, who
from lead_warehouse.state.layout import StateDirectory
from lead_warehouse.state.lock import exclusive_lock
from lead_warehouse.state.publications import Publications

BUILD_COMMAND = [
    "build",
    *("--exclude-resource-types", "test", "unit_test"),
    # Which models would wait for which tests, though none is run: 1.6 seconds unless it is quick.
    "--use-fast-test-edges",
]
"""Seeds and models in one go; tests are the audit's."""

REBUILD_COMMAND = [
    "run",
    "--select",
    "config.materialized:table",
    "config.materialized:incremental",
    "tag:of_each_refresh",
]
"""What holds rows, where seeds and views of the copied base are those that would be made again."""

OF_ALL_INTERACTIONS = "tag:all_interactions,test_type:generic"
"""Tests of what is as long as all interactions; of leads that a refresh concerns others ask."""

MESSAGE_WIDTH = 400
"""Characters of dbt's own words shown; the log has all of them."""

Progress = Callable[[str, str], None]
"""Called with the step and what it is doing now."""


@dataclass(frozen=True)
class RefreshOptions:
    """What a refresh is asked for.

    Attributes:
        input_dir: where the mapping's file patterns are looked up.
        rules_dir: a company's own rule CSVs, on top of the defaults.
        as_of: an instant, ``now``, or none for the latest event known.
        keep: generations to retain.
        accept_changes: tables whose change since the published generation is let through.
        accept: names of files that may land although they look incomplete.
        full_refresh: whether to build all the same where nothing new came, kept tables whole.
    """

    state: StateDirectory
    mapping_path: Path
    input_dir: Path
    rules_dir: Path | None = None
    as_of: str | None = None
    keep: int = RETAINED
    accept_changes: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()
    full_refresh: bool = False


def refresh(options: RefreshOptions, progress: Progress) -> RefreshReport:
    """Bring the warehouse up to date; readers see the result only if it passes every check.

    Where all that it would build from is what the published generation was built from, it ends once
    that is known, and that generation stands.

    Raises:
        UserError: the mapping, rules or options are wrong; nothing was changed.
        RunRejected: a gate or the audit failed; the published generation stays.
        RunFailed: a step failed, or another refresh is under way; likewise.
    """
    check_failpoint()
    mapping = load_mapping(options.mapping_path)
    as_of = parse_as_of(options.as_of)
    accepted = accepted_tables(options.accept_changes)
    memory_bytes()
    # Without the key nobody would be known who comes back; asked before anything is done.
    tombstones = Erasures(options.state).tombstones()
    if not options.input_dir.is_dir():
        raise UserError(f"no folder {options.input_dir}; name the folder of the files with --input")
    run_id = new_run_id()
    state = options.state
    published = state.current / state.building.name
    with (
        full_disk_in_words(state.root, published),
        exclusive_lock(state.lock, "refresh"),
    ):
        require_room(state.root, published)
        run = _Run(options, mapping, run_id, progress, tombstones)
        run.report.accepted_changes = accepted
        return run.go(as_of)


def new_run_id() -> str:
    """An id that sorts by the true time, also while the clock of the data is frozen.

    Behind the second stand its microseconds, so that two runs within one keep their order.
    """
    now = datetime.now(UTC)
    return f"{now:%Y%m%dT%H%M%S}-{now.microsecond:05x}{secrets.choice('0123456789abcdef')}"


class _Run:
    def __init__(
        self,
        options: RefreshOptions,
        mapping: Mapping,
        run_id: str,
        progress: Progress,
        tombstones: Tombstones,
    ) -> None:
        self.options = options
        self.tombstones = tombstones
        self.mapping = mapping
        self.progress = progress
        self.state = options.state
        self.folder = options.state.run(run_id)
        self.ledger = ControlLedger(options.state.control)
        self.generations = Generations(options.state)
        self.publications = Publications(options.state)
        self.decisions = Decisions(options.state.control)
        self.journal = Journal(self.folder, run_id)
        self.report = RefreshReport(
            run_id,
            started_at=utc_now(),
            by=who(),
            mapping={
                "file": str(options.mapping_path),
                "sha256": hashlib.sha256(options.mapping_path.read_bytes()).hexdigest(),
            },
            versions={"lead_warehouse": __version__, "duckdb": duckdb.__version__},
        )

    def go(self, as_of: datetime | None) -> RefreshReport:
        report = self.report
        failpoint("before_planned")
        self.ledger.plan(report.run_id)
        self.journal.tell("planned", pid=os.getpid(), by=report.by)
        failpoint("planned")
        try:
            report.reconciled = reconcile(self.state, self.ledger, report.run_id)
            report.reconciled += replay_erasures(self.state, self.mapping, self.tombstones)
            self._reach("locked")
            rules_dir = self.options.rules_dir
            report.rules_digest = compose_project(self.state.project, rules_dir)
            report.rules_files = (
                sorted(path.name for path in rules_dir.glob("*.csv")) if rules_dir else []
            )
            start_importing()
            with self._step("land"):
                landed = self._land(as_of)
            context = landed.context
            self._reach("landed", context)
            with self._step("gate"):
                self._judge(from_checks(self._check("raw_gate", context), self._failures))
            premises = self._premises(landed)
            if self._is_to_build(landed, premises):
                self._go_on(landed, premises)
            else:
                self._leave_standing()
        except LeadWarehouseError as error:
            self._stop("rejected" if isinstance(error, RunRejected) else "failed", str(error))
            raise
        except (duckdb.Error, OSError) as error:
            failed = exhausted(str(error), "refreshing")
            self._stop("failed", str(failed or f"{type(error).__name__}: {error}"))
            if failed:
                raise failed from error
            raise
        except BaseException as error:
            self._stop("failed", f"{type(error).__name__}: {error}")
            raise
        finally:
            remove_folder(self.state.building.parent)
        self._clear_up()
        return report

    def _go_on(self, landed: LandedBuild, premises: Premises) -> None:
        context = landed.context
        with self._step("build"):
            drop_replaced(self.state.building, self._families.carried_on)
            self._build(self._build_command(landed, premises))
        self._reach("built")
        with self._step("audit"):
            self._judge(self._audit(context))
        self._reach("audited")
        with self._step("seal"):
            self._seal(context, premises)
        self._reach("sealed")
        with self._step("publish"):
            self._publish(context)

    @cached_property
    def _families(self) -> Families:
        """Those of the project in force, which is composed before anything lands."""
        return Families(self.state.project)

    @property
    def _building(self) -> Path:
        """The build as steps see it, from the state directory: wherever that lies, dbt finds its
        parsed project unchanged."""
        return self.state.building.relative_to(self.state.root)

    @property
    def _failures(self) -> Path:
        return self.folder / "failures"

    def _land(self, as_of: datetime | None) -> LandedBuild:
        landed = land_build(
            self.state,
            self.mapping,
            self.options.input_dir,
            accept=self.options.accept,
            as_of=as_of,
            rules_digest=str(self.report.rules_digest),
            families=self._families,
            progress=lambda text: self.progress("land", text),
            tombstones=self.tombstones,
            is_full=self.options.full_refresh,
        )
        self._record_decisions(landed.landing, landed.replayed)
        self.report.base = landed.base.run_id
        self.report.notes += landed.base.passed_over
        self.report.as_of = landed.context.as_of
        self.report.quarantine = landed.quarantine
        self.report.built_whole = landed.built_whole
        self.report.take_landing(landed.landing)
        return landed

    def _record_decisions(self, landing: Landing, replayed: Replays) -> None:
        """What was let through stays decided, should the run fail; what came in counts only once
        the run is published."""
        run_id = self.report.run_id
        for file, because in landing.let_through:
            self.decisions.accept_file(
                file.input_name, file.file_digest, file.file_name, because, run_id
            )
        self.decisions.record_replayed(run_id, replayed)
        used = {file.file_name for file, _ in landing.let_through}
        self.report.let_through = landing.let_through
        self.report.useless_names = sorted(set(self.options.accept) - used)
        self.report.replayed = len(replayed)

    def _check(self, gate: str, context: RefreshContext) -> list[CheckResult]:
        checked = self._checked(context)
        results: list[CheckResult] = self._work(
            check, self._building, gate, self.folder.resolve(), checked, step=gate
        )
        return self._keep_results(checked, gate, results)

    def _checked(self, context: RefreshContext) -> Checked:
        return Checked(
            self.report.run_id, utc_now(), context.is_past, tuple(self.report.accepted_changes)
        )

    def _keep_results(
        self, checked: Checked, gate: str, results: list[CheckResult]
    ) -> list[CheckResult]:
        self.report.comparison = store_results(self.state.building, self.folder, checked, results)
        self.report.checks[gate] = counts(results)
        return results

    def _premises(self, landed: LandedBuild) -> Premises:
        return premises_of(
            self.state.project,
            self.mapping,
            landed.context,
            landed=landed.digest,
            erasures=Erasures(self.state).ids(),
        )

    def _is_to_build(self, landed: LandedBuild, premises: Premises) -> bool:
        self.report.built_because = why_build(
            premises,
            landed.base,
            self.generations,
            context=landed.context,
            hold=read_hold(self.state),
            accepted=self.report.accepted_changes,
            is_full=self.options.full_refresh,
        )
        self.journal.tell("decided", build=self.report.built_because)
        return bool(self.report.built_because)

    def _leave_standing(self) -> None:
        """End well without a build: readers have what it would show."""
        standing = self.generations.find(None)
        self.report.stands = standing.run_id
        self.report.digest = standing.digest
        self.report.database = standing.database
        self._end("unchanged", f"nothing new; {standing.run_id} stands, as of {standing.as_of}")

    def _build_command(self, landed: LandedBuild, premises: Premises) -> list[str]:
        """What dbt is asked for: without seeds and views where the base has the same ones."""
        if self.options.full_refresh or landed.base.run_id is None:
            return BUILD_COMMAND
        before = self.generations.find(landed.base.run_id).manifest
        return REBUILD_COMMAND if is_same_project(before, premises) else BUILD_COMMAND

    def _build(self, command: list[str]) -> None:
        results = self._dbt(run_dbt, [command], step="build")
        self.report.time_models(results)
        bad = [result for result in results if result.is_bad]
        if bad:
            first = next((r for r in bad if r.status != "skipped"), bad[0])
            raise exhausted(str(first.message), f"building {first.name}") or RunFailed(
                f"dbt could not build {first.name}: {shorten(str(first.message), MESSAGE_WIDTH)}; "
                f"see {self.folder / 'build.log'}"
            )
        keep_parsed(self.state.project)

    def _audit(self, context: RefreshContext) -> list[Finding]:
        # What is declared of seeds has been held against the rules before anything landed.
        without = ["--exclude-resource-type", "unit_test", "--exclude", "path:seeds"]
        if not self.report.built_whole:
            # Rows of leads that nothing concerns are those that were audited when they were made.
            without.append(OF_ALL_INTERACTIONS)
        tests = self._dbt(test_with_dbt, without, step="audit")
        findings = from_tests(tests, self.state.building, self._failures)
        self._keep_results(self._checked(context), "dbt_tests", as_checks(tests))
        findings += from_checks(self._check("marts_audit", context), self._failures)
        return findings

    def _dbt(self, dbt_step: Callable[..., Any], arguments: Any, step: str) -> list[NodeResult]:
        results: list[NodeResult] = self._work(
            dbt_step,
            self.state.project.relative_to(self.state.root),
            self.folder.relative_to(self.state.root),
            arguments,
            step=step,
        )
        return results

    def _judge(self, findings: list[Finding]) -> None:
        self.report.warnings += [finding for finding in findings if not finding.is_critical]
        self.report.failures += [finding for finding in findings if finding.is_critical]
        if self.report.failures:
            lines = [f"  {finding}" for finding in self.report.failures]
            lines += [
                f"  held: {one.file.file_name}: {one.held_because}" for one in self.report.held
            ]
            if quarantined := from_quarantine(self.state.building, self._failures):
                lines.append(f"  {quarantined}")
            raise RunRejected(
                f"{len(self.report.failures)} check(s) failed; readers keep the published "
                "generation\n" + "\n".join(lines)
            )

    def _seal(self, context: RefreshContext, premises: Premises) -> None:
        building = self.state.building
        inputs = take_inputs(building)
        if needs_compaction(building):
            self.report.compaction = self._work(
                compact, self._building, STORAGE_VERSION, step="compact"
            )
        tables: dict[str, TableDigest] = self._work(
            verify, self._building, spill_of(self._building), step="seal"
        )
        remove_spill(building)
        manifest = manifest_of(
            self.report.run_id,
            building,
            context,
            tables=tables,
            inputs=inputs,
            versions=self.report.versions,
            erasures=Erasures(self.state).ids(),
            premises=premises,
        )
        generation = self.generations.seal(self.report.run_id, manifest)
        self.report.digest = str(manifest["digest"])
        self.report.tables = {name: digest.told() for name, digest in tables.items()}
        self.report.database = generation.database

    def _publish(self, context: RefreshContext) -> None:
        run_id = self.report.run_id
        hold = read_hold(self.state)
        if context.is_past:
            self._tell_what_only_the_past_has()
            self._end("kept", "a rebuild of the past; readers keep the published generation")
        elif hold is not None:
            self.ledger.receive(run_id, inputs_of(self.generations.find(run_id)))
            self.report.held_because = f"publishing is {hold}"
            self._end("kept", f"good, and not published: publishing is {hold}")
        else:
            self.publications.record(run_id, self.generations.find(run_id).database)
            self.generations.publish(run_id)
            failpoint("published")
            self._record_publication()

    def _tell_what_only_the_past_has(self) -> None:
        """A rebuild of the past may be anyone's experiment: its files count when they land next."""
        known = {one.file_digest for one in self.ledger.received_inputs()}
        inputs = inputs_of(self.generations.find(self.report.run_id))
        if new := sorted({one.file_name for one in inputs if one.file_digest not in known}):
            self.report.notes.append(
                f"{', '.join(new)} landed in this rebuild only; leave it in the folder, the next "
                "refresh takes it"
            )

    def _record_publication(self) -> None:
        run_id = self.report.run_id
        self.ledger.publish(run_id, inputs_of(self.generations.find(run_id)))
        failpoint("recorded")
        self.report.state = "published"
        self.report.is_published = True
        self._write_report()

    def _clear_up(self) -> None:
        """Remove what is kept no longer; readers have what they came for, so it fails no run."""
        try:
            self.report.removed_generations = self.generations.retain(
                self.options.keep, never_shown(self.generations, self.ledger)
            )
            kept = {one.run_id for one in self.generations.all()}
            forget_old_runs(self.folder.parent, spare=kept)
            self._write_report()
        except OSError as error:
            self.report.notes.append(
                f"what is kept no longer could not be removed ({error}); the next refresh tries"
            )
            self.journal.tell("not cleared up", "warning", error=str(error))

    def _write_report(self) -> None:
        self.report.ended_at = utc_now()
        self.report.write(self.folder)

    def _work(self, step_function: Callable[..., Any], *arguments: Any, step: str) -> Any:
        name = {"marts_audit": "audit", "raw_gate": "gate", "compact": "seal"}.get(step, step)
        return run_in_worker(
            step_function,
            *arguments,
            log=self.folder / f"{step}.log",
            report=lambda text: self.progress(name, text),
            folder=self.state.root,
            environment={DATABASE_VARIABLE: str(self._building)},
            journal=self.journal.of_step(name),
        )

    def _reach(self, state: str, context: RefreshContext | None = None) -> None:
        failpoint(f"before_{state}")
        self.ledger.move(self.report.run_id, state, as_of=context.as_of if context else None)
        self.report.state = state
        self.journal.tell("reached", state=state)
        failpoint(state)

    def _stop(self, state: str, message: str) -> None:
        """Settle a run that an error ended; the pointer says whether readers see it anyway.

        On a full disk even the ledger may fail: then the next refresh settles the run.
        """
        # First of all, for it makes room to write the rest.
        remove_folder(self.state.building.parent)
        with suppress(OSError, sqlite3.Error):
            if self.generations.current_id() == self.report.run_id:
                self._record_publication()
            else:
                remove_folder(self.state.generation(self.report.run_id))
                self.publications.forget(self.report.run_id)
                self._end(state, message)

    def _end(self, state: str, message: str) -> None:
        message = str(redact(message))
        failpoint("before_end")
        self.ledger.move(self.report.run_id, state, message)
        self.journal.tell("ended", state=state)
        failpoint("ended")
        self.report.state = state
        self.report.message = message
        self._write_report()

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        self.progress(name, "")
        self.journal.tell("step started", step=name)
        started = time.monotonic()
        outcome, level = "failed", "error"
        try:
            yield
            outcome, level = "done", "info"
        finally:
            seconds = self.report.seconds[name] = round(time.monotonic() - started, 2)
            self.journal.tell(f"step {outcome}", level, step=name, seconds=seconds)
