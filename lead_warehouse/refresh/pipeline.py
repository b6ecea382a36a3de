"""The states of a refresh, one after the other."""

import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from textwrap import shorten
from typing import Any

import duckdb

from lead_warehouse import __version__
from lead_warehouse.clock import utc_now
from lead_warehouse.contract import load_contract
from lead_warehouse.errors import LeadWarehouseError, RunFailed, RunRejected, UserError
from lead_warehouse.failpoints import failpoint
from lead_warehouse.gates.check import KEPT_ROWS, CheckResult, check
from lead_warehouse.landing.archive import Archive
from lead_warehouse.landing.completeness import LetThrough
from lead_warehouse.landing.land import Landing, land
from lead_warehouse.mapping import Mapping, load_mapping
from lead_warehouse.memory import exhausted, limit_memory, memory_bytes
from lead_warehouse.quarantine.settle import Replays, remember, settle
from lead_warehouse.refresh.build import DATABASE_VARIABLE, NodeResult, run_dbt, test_with_dbt
from lead_warehouse.refresh.context import RefreshContext, parse_as_of, write_context
from lead_warehouse.refresh.findings import Finding, from_checks, from_tests, show, write_rows
from lead_warehouse.refresh.project import compose_project
from lead_warehouse.refresh.reconcile import inputs_of, reconcile
from lead_warehouse.refresh.report import RefreshReport, forget_old_runs
from lead_warehouse.refresh.verify import verify
from lead_warehouse.refresh.worker import run_in_worker, start_importing
from lead_warehouse.state.control import ControlLedger
from lead_warehouse.state.decisions import Decisions
from lead_warehouse.state.digest import TableDigest, combined_digest
from lead_warehouse.state.generations import Generations, refuse_stale_log, remove_folder
from lead_warehouse.state.layout import StateDirectory
from lead_warehouse.state.lock import exclusive_lock
from lead_warehouse.state.publications import Publications
from lead_warehouse.state.seen_files import SeenFiles

STORAGE_VERSION = "v1.4.0"
"""Oldest DuckDB whose readers must be able to open a published file; as in ``profiles.yml``."""

BUILD_COMMAND = ["build", "--exclude-resource-types", "test", "unit_test"]
"""Seeds and models in one go; tests are the audit's."""

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
        accept: names of files that may land although they look incomplete.
    """

    state: StateDirectory
    mapping_path: Path
    input_dir: Path
    rules_dir: Path | None = None
    as_of: str | None = None
    accept: tuple[str, ...] = ()


def refresh(options: RefreshOptions, progress: Progress) -> RefreshReport:
    """Bring the warehouse up to date; readers see the result only if it passes every check.

    Raises:
        UserError: the mapping, rules or options are wrong; nothing was changed.
        RunRejected: a gate or the audit failed; the published generation stays.
        RunFailed: a step failed, or another refresh is under way; likewise.
    """
    mapping = load_mapping(options.mapping_path)
    as_of = parse_as_of(options.as_of)
    memory_bytes()
    if not options.input_dir.is_dir():
        raise UserError(f"no folder {options.input_dir}; name the folder of the files with --input")
    run_id = new_run_id()
    with exclusive_lock(options.state.lock, "refresh"):
        return _Run(options, mapping, run_id, progress).go(as_of)


def new_run_id() -> str:
    """An id that sorts by the true time, also while the clock of the data is frozen."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"


class _Run:
    def __init__(
        self, options: RefreshOptions, mapping: Mapping, run_id: str, progress: Progress
    ) -> None:
        self.options = options
        self.mapping = mapping
        self.progress = progress
        self.state = options.state
        self.folder = options.state.run(run_id)
        self.ledger = ControlLedger(options.state.control)
        self.generations = Generations(options.state)
        self.publications = Publications(options.state)
        self.decisions = Decisions(options.state.control)
        self.report = RefreshReport(run_id)

    def go(self, as_of: datetime | None) -> RefreshReport:
        report = self.report
        self.ledger.plan(report.run_id)
        try:
            report.reconciled = reconcile(self.state, self.ledger, report.run_id)
            self._reach("locked")
            report.rules_digest = compose_project(self.state.project, self.options.rules_dir)
            start_importing()
            with self._step("land"):
                context = self._land(as_of)
            self._reach("landed", context)
            with self._step("gate"):
                self._judge(from_checks(self._check("raw_gate"), self._failures))
            with self._step("build"):
                self._build()
            self._reach("built")
            with self._step("audit"):
                self._judge(self._audit())
            self._reach("audited")
            with self._step("seal"):
                self._seal(context)
            self._reach("sealed")
            with self._step("publish"):
                self._publish(context)
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
        return report

    @property
    def _building(self) -> Path:
        """The build as steps see it, from the state directory: wherever that lies, dbt finds its
        parsed project unchanged."""
        return self.state.building.relative_to(self.state.root)

    @property
    def _failures(self) -> Path:
        return self.folder / "failures"

    def _land(self, as_of: datetime | None) -> RefreshContext:
        building = self.state.building
        building.parent.mkdir(parents=True)
        current = self.generations.current_id()
        if current is not None:
            self.progress("land", "copying the published generation")
            source = self.generations.find(current).database
            refuse_stale_log(source)
            shutil.copyfile(source, building)
        contract = load_contract()
        let_through = LetThrough(frozenset(self.options.accept), self.decisions.accepted_files())
        with duckdb.connect(
            str(building), config={"storage_compatibility_version": STORAGE_VERSION}
        ) as connection:
            limit_memory(connection, building.parent / "spill")
            remember(connection)
            landing = land(
                connection,
                contract,
                self.mapping,
                input_dir=self.options.input_dir,
                archive=Archive(self.state.landing),
                received=self.ledger.received_inputs(),
                now=utc_now(),
                scratch=building.parent / "scratch",
                progress=lambda text: self.progress("land", text),
                seen=SeenFiles(self.state.control),
                let_through=let_through,
            )
            replayed = settle(connection, contract, self.decisions)
            self.publications.land(connection, self.ledger.published_at())
            context = write_context(connection, contract, as_of, str(self.report.rules_digest))
            connection.execute("checkpoint")
        shutil.rmtree(building.parent / "scratch", ignore_errors=True)
        if not landing.accounts and not landing.unchanged:
            raise UserError(
                f"no file in {self.options.input_dir} matches an input of the mapping; "
                "name the folder of the files with --input"
            )
        self._record_decisions(landing, replayed)
        self.report.as_of = context.as_of
        self.report.inputs_without_files = landing.without_files
        self.report.withdrawn_inputs = landing.withdrawn
        self.report.ambiguous_times = landing.ambiguous
        self.report.accounts = landing.accounts
        self.report.unchanged_files = landing.unchanged
        self.report.new_columns = landing.new_columns
        self.report.renames = landing.renames
        self.report.late_files = landing.late_files
        self.report.freshness = landing.freshness
        return context

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

    def _check(self, gate: str) -> list[CheckResult]:
        kept = (self.folder / "quality").resolve()
        results: list[CheckResult] = self._work(check, self._building, gate, kept, step=gate)
        return results

    def _build(self) -> None:
        results = self._dbt(run_dbt, [BUILD_COMMAND], step="build")
        bad = [result for result in results if result.is_bad]
        if bad:
            first = next((r for r in bad if r.status != "skipped"), bad[0])
            raise exhausted(str(first.message), f"building {first.name}") or RunFailed(
                f"dbt could not build {first.name}: {shorten(str(first.message), MESSAGE_WIDTH)}; "
                f"see {self.folder / 'build.log'}"
            )

    def _audit(self) -> list[Finding]:
        # What is declared of seeds has been held against the rules before anything landed.
        without = ["--exclude-resource-type", "unit_test", "--exclude", "path:seeds"]
        tests = self._dbt(test_with_dbt, without, step="audit")
        findings = from_tests(tests, self.state.building, self._failures)
        findings += from_checks(self._check("marts_audit"), self._failures)
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
            lines += [f"  {reason}" for reason in self._what_did_not_land()]
            raise RunRejected(
                f"{len(self.report.failures)} check(s) failed; readers keep the published "
                "generation\n" + "\n".join(lines)
            )

    def _what_did_not_land(self) -> list[str]:
        """Held files and quarantined records of this run, which go with the rejected build."""
        reasons = [f"held: {one.file.file_name}: {one.held_because}" for one in self.report.held]
        with duckdb.connect(str(self.state.building), read_only=True) as connection:
            cursor = connection.execute(
                "select file_name, file_line, column_name, value, reason, problem_count "
                f"from raw.quarantined_rows order by all limit {KEPT_ROWS}"
            )
            names = [column[0] for column in cursor.description or []]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        if rows:
            kept = write_rows(self._failures, "raw.quarantined_rows", rows)
            reasons.append(
                f"{len(rows)} records in quarantine, for example {show(rows[0])}; {kept}"
            )
        return reasons

    def _seal(self, context: RefreshContext) -> None:
        building = self.state.building
        with duckdb.connect(str(building)) as connection:
            connection.execute("drop schema if exists audit cascade")
            inputs = connection.execute(
                "select input_name, file_digest, file_name, received_at from raw.landed_files "
                "where status = 'landed' order by all"
            ).fetchall()
            connection.execute("checkpoint")
        refuse_stale_log(building)
        tables: dict[str, TableDigest] = self._work(verify, self._building, step="seal")
        manifest = {
            "run_id": self.report.run_id,
            "sealed_at": utc_now(),
            "as_of": context.as_of,
            "is_past": context.is_past,
            "rules_digest": context.rules_digest,
            "digest": combined_digest(tables),
            "tables": {name: asdict(digest) for name, digest in tables.items()},
            "inputs": [
                dict(
                    zip(("input_name", "file_digest", "file_name", "received_at"), row, strict=True)
                )
                for row in inputs
            ],
            "versions": {"lead_warehouse": __version__, "duckdb": duckdb.__version__},
        }
        generation = self.generations.seal(self.report.run_id, manifest)
        self.report.digest = str(manifest["digest"])
        self.report.database = generation.database

    def _publish(self, context: RefreshContext) -> None:
        run_id = self.report.run_id
        if context.is_past:
            self._end("kept", "a rebuild of the past; readers keep the published generation")
        else:
            self.publications.record(run_id, self.generations.find(run_id).database)
            self.generations.publish(run_id)
            failpoint("published")
            self._record_publication()
        self.generations.retain()
        forget_old_runs(self.folder.parent)

    def _record_publication(self) -> None:
        run_id = self.report.run_id
        self.ledger.publish(run_id, inputs_of(self.generations.find(run_id)))
        self.report.state = "published"
        self.report.is_published = True
        self.report.write(self.folder)

    def _work(self, step_function: Callable[..., Any], *arguments: Any, step: str) -> Any:
        name = "audit" if step == "marts_audit" else "gate" if step == "raw_gate" else step
        return run_in_worker(
            step_function,
            *arguments,
            log=self.folder / f"{step}.log",
            report=lambda text: self.progress(name, text),
            folder=self.state.root,
            environment={DATABASE_VARIABLE: str(self._building)},
        )

    def _reach(self, state: str, context: RefreshContext | None = None) -> None:
        self.ledger.move(self.report.run_id, state, as_of=context.as_of if context else None)
        self.report.state = state
        failpoint(state)

    def _stop(self, state: str, message: str) -> None:
        """Settle a run that an error ended; the pointer says whether readers see it anyway."""
        if self.generations.current_id() == self.report.run_id:
            self._record_publication()
        else:
            remove_folder(self.state.generation(self.report.run_id))
            self.publications.forget(self.report.run_id)
            self._end(state, message)

    def _end(self, state: str, message: str) -> None:
        self.ledger.move(self.report.run_id, state, message)
        self.report.state = state
        self.report.message = message
        self.report.write(self.folder)

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        self.progress(name, "")
        started = time.monotonic()
        try:
            yield
        finally:
            self.report.seconds[name] = round(time.monotonic() - started, 2)
