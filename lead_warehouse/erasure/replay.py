"""Carry out every erasure there is a record of, wherever in the state directory somebody is left.

One way for all: an erasure just asked for, one that was killed half way, and an older copy of a
generation, a delivered file or the whole state that somebody restored. Who is meant is found by
tombstones in what is there, so nothing in clear has to be kept for it.

Delivered files come first, while generations still tell whose records they are; then generations,
each of which tells by itself; then what runs left.
"""

from collections.abc import Callable

from lead_warehouse.contract import Contract, load_contract
from lead_warehouse.erasure.generation import Scrubbing
from lead_warehouse.erasure.persons import Persons, find_erased, subject_lines
from lead_warehouse.erasure.rewriting import Rewriter, Wanted
from lead_warehouse.erasure.tombstones import Tombstones
from lead_warehouse.erasure.traces import clear_traces, name_files_anew
from lead_warehouse.failpoints import failpoint
from lead_warehouse.landing.archive import DAMAGED, Archive
from lead_warehouse.mapping import Input, Mapping
from lead_warehouse.state.control import ControlLedger
from lead_warehouse.state.engine import open_read_only
from lead_warehouse.state.erasures import Erasures
from lead_warehouse.state.generations import Generation, Generations, remove_folder
from lead_warehouse.state.layout import StateDirectory

Progress = Callable[[str], None]
Key = tuple[str, str]
"""Input and digest of a file."""


def is_replay_due(state: StateDirectory) -> bool:
    """Whether an erasure was not carried out, or something from before one lies there again."""
    erasures = Erasures(state)
    ids = set(erasures.ids())
    if not ids:
        return False
    archive, rewritten = Archive(state.landing), erasures.rewritten()
    return (
        ids != set(erasures.done())
        or any(ids - set(one.manifest.get("erasures", ())) for one in Generations(state).all())
        or any(archive.path(old).exists() for old in rewritten)
        or any(
            one.file_digest in rewritten for one in ControlLedger(state.control).received_inputs()
        )
    )


def replay_erasures(
    state: StateDirectory,
    mapping: Mapping | None,
    tombstones: Tombstones,
    progress: Progress = lambda _: None,
    *,
    is_asked: bool = False,
) -> list[str]:
    """Take out whoever has a tombstone; hold the lock to call it.

    Args:
        is_asked: whether a person asks for it, who may have restored what nobody can tell, logs
            for example.
        mapping: tells how delivered files are read; what it does not name is searched line by line.

    Returns:
        what was done, a sentence each; nothing where nobody was left.
    """
    if not is_asked and not is_replay_due(state):
        return []
    found = _Replay(state, mapping, tombstones, progress)
    return found.run()


class _Replay:
    def __init__(
        self,
        state: StateDirectory,
        mapping: Mapping | None,
        tombstones: Tombstones,
        progress: Progress,
    ) -> None:
        self._state = state
        self._inputs = {one.name: one for one in mapping.inputs} if mapping else {}
        self._tombstones = tombstones
        self._progress = progress
        self._contract: Contract = load_contract()
        self._erasures = Erasures(state)
        self._ledger = ControlLedger(state.control)
        self._generations = Generations(state)
        self._archive = Archive(state.landing)
        self._persons = Persons()
        self._lines: dict[Key, set[int]] = {
            (name, digest): set(lines)
            for one in self._erasures.all()
            for name, files in one.lines.items()
            for digest, lines in files.items()
        }
        self._landed: dict[str, set[str]] = {}
        self._quarantined: dict[str, set[int]] = {}

    def run(self) -> list[str]:
        unreadable = self._remove_what_nobody_reads()
        stale = [
            one
            for one in self._generations.all()
            if set(self._erasures.ids()) - set(one.manifest.get("erasures", ()))
        ]
        for generation in stale:
            self._look_into(generation)
        files = self._rewrite_files()
        failpoint("erasing_archive")
        name_files_anew(
            self._state.control,
            {old: new.digest for old, new in self._erasures.latest().items()},
        )
        traces = clear_traces(self._state, self._persons, self._tombstones.is_erased)
        failpoint("erasing_traces")
        # The published one last of all: it holds all that landed, so it tells whose records are
        # meant as long as anything of them is left, and until then readers have what they had.
        current = self._generations.current_id()
        for generation in sorted(stale, key=lambda one: one.run_id == current):
            self._progress(f"rewriting generation {generation.run_id}")
            self._scrubbing().scrub(generation)
        failpoint("erasing_generations")
        for erasure_id in set(self._erasures.ids()) - set(self._erasures.done()):
            self._erasures.close(erasure_id)
        return [
            f"erasures carried out: {files} delivered files, {len(stale)} generations and "
            f"{traces} files of runs rewritten"
            + (f"; removed as unreadable: {', '.join(unreadable)}" if unreadable else "")
        ]

    def _remove_what_nobody_reads(self) -> list[str]:
        """What a killed erasure left, and generations whose manifest cannot be read: nobody can
        be shown them, and nobody could tell who is in them."""
        known = {one.run_id for one in self._generations.all()} | {self._generations.current_id()}
        folders = [path for path in self._state.generations.glob("*") if path.name not in known]
        for folder in folders:
            remove_folder(folder)
        return sorted(path.name for path in folders if not path.name.startswith("."))

    def _look_into(self, generation: Generation) -> None:
        with open_read_only(generation.database) as connection:
            persons = find_erased(connection, self._contract, self._tombstones.is_erased)
            lines = subject_lines(connection, self._contract, persons) if persons else {}
            landed = connection.execute(
                "select input_name, file_digest from raw.landed_files where status = 'landed'"
            ).fetchall()
            quarantined = connection.execute(
                "select file_digest, file_line from raw.quarantined_rows"
            ).fetchall()
        self._persons |= persons
        for key, numbers in lines.items():
            self._lines.setdefault(key, set()).update(numbers)
        for name, digest in landed:
            self._landed.setdefault(digest, set()).add(name)
        for digest, line in quarantined:
            self._quarantined.setdefault(digest, set()).add(line)

    def _rewrite_files(self) -> int:
        """Every file of the archive, oldest first, so that snapshots name what took the place."""
        for old, after in self._erasures.latest().items():
            # It was restored, or whoever rewrote it died before it was removed.
            if self._archive.path(after.digest).exists():
                self._archive.path(old).unlink(missing_ok=True)
        for damaged in self._state.landing.glob(f"*/*{DAMAGED}"):
            damaged.unlink()
        received = self._ledger.received_inputs()
        order = {one.file_digest: index for index, one in enumerate(received)}
        names: dict[str, set[str]] = {digest: set(ones) for digest, ones in self._landed.items()}
        for known in received:
            names.setdefault(known.file_digest, set()).add(known.input_name)
        digests = [path.name for path in self._state.landing.glob("*/*")]
        rewriter = Rewriter(self._archive, self._contract)
        words = tuple(self._persons.words())
        count = 0
        for digest in sorted(digests, key=lambda one: (order.get(one, len(order)), one)):
            if digest not in names and digest not in self._followers():
                # Of a run that came to nothing: taken again if it is delivered again.
                self._archive.path(digest).unlink()
                continue
            of_file = [self._lines[key] for key in self._lines if key[1] == digest]
            wanted = Wanted(
                frozenset().union(*of_file),
                words,
                is_landed=digest in self._landed,
                quarantined=frozenset(self._quarantined.get(digest, ())),
            )
            self._progress(f"looking through delivered file {digest[:12]}")
            renamed = {old: new.digest for old, new in self._erasures.latest().items()}
            done = rewriter.rewrite(
                self._input_of(names.get(digest, set())), digest, wanted, renamed
            )
            if done is not None and done.digest != digest:
                self._erasures.note_rewritten(digest, done)
                failpoint("erasing_file")
                self._archive.path(digest).unlink(missing_ok=True)
                count += 1
        return count

    def _followers(self) -> set[str]:
        return {one.digest for one in self._erasures.rewritten().values()}

    def _input_of(self, names: set[str]) -> Input | None:
        return next((self._inputs[name] for name in sorted(names) if name in self._inputs), None)

    def _scrubbing(self) -> Scrubbing:
        return Scrubbing(
            self._contract,
            self._persons,
            lines=self._lines,
            latest=self._erasures.latest(),
            steps=self._erasures.rewritten(),
            erasures=self._erasures.ids(),
        )
