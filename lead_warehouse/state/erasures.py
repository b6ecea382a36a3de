"""What is kept of erasures, in ``erasures/``: it names nobody, and is only ever added to.

A backup of the state directory is made with it, and an older copy is restored without it: what lies
here is what tells that a copy still holds somebody who was erased.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from lead_warehouse.erasure.key import read_key
from lead_warehouse.erasure.tombstones import Mark, Tombstones
from lead_warehouse.errors import LeadWarehouseError, UserError
from lead_warehouse.state.hold import sync_folder
from lead_warehouse.state.layout import StateDirectory

DONE = ".done"


@dataclass(frozen=True)
class Erasure:
    """One erasure, of one person or of all that were due.

    Attributes:
        because: `request` or `retention`.
        key_check: tells the key that made the tombstones from others.
        tombstones: marks of every identifier.
        anonymised: what published cohorts counted of each person, under a random key.
        counts: how much went, by what it was.
        lines: input, digest of the file and lines of records that went because their own time was
            over, whoever they were of.
    """

    erasure_id: str
    at: str
    by: str
    because: str
    key_check: str
    tombstones: list[Mark]
    anonymised: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    lines: dict[str, dict[str, list[int]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Rewritten:
    """A delivered file without the records of erased persons.

    Attributes:
        digest: of the file that took its place.
        erased: records taken out.
        blank_lines: blank lines that stand in their place, so that all others keep their number.
        moved_up: rows that went from a file of rows; those behind each of them moved up.
    """

    digest: str
    erased: int
    blank_lines: int
    moved_up: tuple[int, ...] = ()


class Erasures:
    """The erasures of a state directory."""

    def __init__(self, state: StateDirectory):
        self.folder = state.erasures

    def all(self) -> list[Erasure]:
        """Every erasure, the first one first.

        Raises:
            LeadWarehouseError: a record of one is damaged.
        """
        found = []
        for path in sorted(self.folder.glob("*.json")):
            try:
                told = json.loads(path.read_text(encoding="utf-8"))
                told["tombstones"] = [(kind, mark) for kind, mark in told["tombstones"]]
                found.append(Erasure(**told))
            except (ValueError, TypeError, KeyError):
                raise LeadWarehouseError(
                    f"{path} cannot be read; restore it, or nobody knows who was erased"
                ) from None
        return found

    def ids(self) -> list[str]:
        return [path.stem for path in sorted(self.folder.glob("*.json"))]

    def done(self) -> list[str]:
        """Ids of the erasures that were carried out."""
        return [path.stem for path in sorted(self.folder.glob(f"*{DONE}"))]

    def tombstones(self) -> Tombstones:
        """The marks of everybody erased so far; none where nobody was, and then no key is needed.

        Raises:
            UserError: the key is missing, or not the one that made them.
        """
        known = self.all()
        if not known:
            return Tombstones(b"")
        marks = [mark for one in known for mark in one.tombstones]
        found = Tombstones(read_key(), marks)
        self.refuse_other_key(found)
        return found

    def refuse_other_key(self, tombstones: Tombstones) -> None:
        """Refuse a key that did not make the marks there are: nobody would be known by it.

        Raises:
            UserError: it is another one.
        """
        if any(one.key_check != tombstones.check for one in self.all()):
            raise UserError(
                "the key of erasures is not the one this warehouse was told first; set that one"
            )

    def write(self, erasure: Erasure) -> None:
        """Keep the record of an erasure, in place of an earlier one of it."""
        self._write(f"{erasure.erasure_id}.json", json.dumps(asdict(erasure), indent=1))

    def close(self, erasure_id: str) -> None:
        """Note that an erasure was carried out."""
        self._write(f"{erasure_id}{DONE}", "")

    def note_rewritten(self, before: str, after: Rewritten) -> None:
        """Note which file took the place of another one."""
        self._write(f"files/{before}", json.dumps(asdict(after)))

    def rewritten(self) -> dict[str, Rewritten]:
        """Digest of each file that was rewritten, to what took its place."""
        return {
            path.name: Rewritten(**json.loads(path.read_text(encoding="utf-8")))
            for path in sorted((self.folder / "files").glob("*"))
            if not path.name.startswith(".")
        }

    def latest(self) -> dict[str, Rewritten]:
        """The same, each to the file that is there now, with all that went on the way."""
        steps, found = self.rewritten(), {}
        for before, step in steps.items():
            last, seen = step, {before}
            while last.digest in steps and last.digest not in seen:
                seen.add(last.digest)
                after = steps[last.digest]
                last = Rewritten(
                    after.digest, last.erased + after.erased, last.blank_lines + after.blank_lines
                )
            found[before] = last
        return found

    def taken_out(self) -> dict[str, Rewritten]:
        """Digest of each file that is there now and was rewritten, to all that went of it."""
        steps = self.rewritten()
        latest = self.latest()
        followers = {step.digest for step in steps.values()}
        return {latest[one].digest: latest[one] for one in steps if one not in followers}

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}-{os.getpid()}")
        partial.write_text(f"{text}\n" if text else "", encoding="utf-8")
        sync_folder(partial)
        os.replace(partial, path)
        sync_folder(path.parent)


def marks_of(tombstones: Tombstones, ids: Iterable[tuple[Any, str]]) -> list[Mark]:
    """Marks of identifiers, each once, in an order that tells nothing of who came first."""
    return sorted({tombstones.mark(kind, value) for kind, value in ids})
