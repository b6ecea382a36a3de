"""Families of rules: which seeds and models belong together, and what a change of them makes stale.

Most tables are built anew at each refresh. Those over all interactions are kept and only the leads
that something new concerns are replaced in them; what they hold follows from the SQL and the seeds
that made them. So each family of models (a folder of ``models/intermediate``) has a digest, and
where it differs from that of the generation built upon, the kept tables that follow from the family
are built whole.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_REFERENCE = re.compile(r"""ref\(\s*['"](\w+)['"]\s*\)""")
_IS_KEPT = re.compile(r"""materialized\s*=\s*['"]incremental['"]""")
_READS_ITSELF = re.compile(r"\{\{\s*this\s*\}\}")
INTERMEDIATE = Path("models/intermediate")
CARRIES_ON = "incremental"
"""Family that says whom a landing concerns. All kept tables follow from it: what it overlooked
stays wrong in them until they are built whole."""


@dataclass(frozen=True)
class _Node:
    """A model or seed: its text, its family (none for staging, marts and seeds), what it reads."""

    text: bytes
    family: str | None = None
    reads: frozenset[str] = frozenset()
    is_kept: bool = False
    reads_itself: bool = False


class Families:
    """The families of a dbt project.

    Args:
        project: folder of the project, with the rules in force.
    """

    def __init__(self, project: Path) -> None:
        self._project = project
        self._nodes = {path.stem: _seed(path) for path in (project / "seeds").rglob("*.csv")}
        self._nodes |= {
            path.stem: _model(path, project) for path in (project / "models").rglob("*.sql")
        }

    @cached_property
    def digests(self) -> dict[str, str]:
        """Family to digest of its models, of the seeds and staging models they read, and of all
        macros."""
        macros = sorted((self._project / "macros").rglob("*.sql"))
        shared = b"".join(path.read_bytes() for path in macros)
        names = sorted({node.family for node in self._nodes.values() if node.family})
        return {family: self._digest(family, shared) for family in names}

    @cached_property
    def kept(self) -> dict[str, frozenset[str]]:
        """Table that is kept from refresh to refresh, to the families it follows from."""
        return {
            name: frozenset(
                found for one in self._upstream(name) if (found := self._nodes[one].family)
            )
            | {CARRIES_ON}
            for name, node in sorted(self._nodes.items())
            if node.is_kept
        }

    @cached_property
    def carried_on(self) -> frozenset[str]:
        """Tables whose next build reads the last: kept ones, and those that name ``{{ this }}``."""
        return frozenset(
            name for name, node in self._nodes.items() if node.is_kept or node.reads_itself
        )

    def changed(self, before: Mapping[str, str]) -> frozenset[str]:
        """Families whose digest was another one, or none, before."""
        return frozenset(
            name for name, digest in self.digests.items() if before.get(name) != digest
        )

    def stale(self, before: Mapping[str, str]) -> list[str]:
        """Kept tables that follow from a changed family."""
        changed = self.changed(before)
        return [table for table, families in self.kept.items() if families & changed]

    def reading(self, seeds: Iterable[str]) -> frozenset[str]:
        """Families that read one of the seeds."""
        wanted = set(seeds)
        return frozenset(
            node.family
            for name, node in self._nodes.items()
            if node.family and wanted & self._plain_upstream(name)
        )

    def _digest(self, family: str, shared: bytes) -> str:
        own = {name for name, node in self._nodes.items() if node.family == family}
        read = {one for name in own for one in self._plain_upstream(name)}
        digest = hashlib.sha256(shared)
        for name in sorted(own | read):
            digest.update(f"\n{name}\n".encode() + self._nodes[name].text)
        return digest.hexdigest()

    def _upstream(self, name: str) -> set[str]:
        """A node and all that it is made of."""
        return self._walk([name], lambda node: True)

    def _plain_upstream(self, name: str) -> set[str]:
        """What a node reads that no family owns, seeds and staging models."""
        return self._walk(self._nodes[name].reads, lambda node: node.family is None)

    def _walk(self, start: Iterable[str], follow: Callable[[_Node], bool]) -> set[str]:
        found: set[str] = set()
        waiting = [name for name in start if name in self._nodes and follow(self._nodes[name])]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += [
                    one
                    for one in self._nodes[name].reads
                    if one in self._nodes and follow(self._nodes[one])
                ]
        return found


def _seed(path: Path) -> _Node:
    return _Node(path.read_bytes())


def _model(path: Path, project: Path) -> _Node:
    text = path.read_text(encoding="utf-8")
    folder = path.parent.relative_to(project)
    return _Node(
        text.encode(),
        folder.name if folder.parent == INTERMEDIATE else None,
        frozenset(_REFERENCE.findall(text)),
        bool(_IS_KEPT.search(text)),
        bool(_READS_ITSELF.search(text)),
    )
