"""The tests of each row of docs/faults.md, by their names; run as a module it writes them there."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from lead_warehouse import PROJECT_DIR

PAGE = PROJECT_DIR / "docs" / "faults.md"
TESTS = PROJECT_DIR / "tests"
ROW = re.compile(r"\| (\d+) \| (.+) \| (.+) \| ?(.*) ?\|")
LATER = {
    **dict.fromkeys(range(37, 48), "*later: activation*"),
}
AWAITED: dict[int, str] = {}
"""Rows whose tests come with another part of the same change; none may stay here."""


def collect(folder: Path = TESTS) -> dict[int, list[str]]:
    """Row to its tests as ``file::name``, in order, without running anything."""
    found: dict[int, list[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        for name in _functions(ast.parse(path.read_text(encoding="utf-8"))):
            if row := re.match(r"test_fault_(\d+)_", name):
                found.setdefault(int(row[1]), []).append(
                    f"{path.relative_to(folder.parent).as_posix()}::{name}"
                )
    return found


def _functions(tree: ast.Module) -> Iterator[str]:
    """Names of the functions that pytest would take for tests of a module."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name


def rows(text: str) -> dict[int, list[str]]:
    """Row to the tests that the page names."""
    return {
        int(match[1]): re.findall(r"`([^`]+::[^`]+)`", match[4])
        for match in map(ROW.fullmatch, text.splitlines())
        if match
    }


def render(text: str, tests: dict[int, list[str]]) -> str:
    """The page with the tests of each row in its last column."""
    return "".join(f"{_row(line, tests)}\n" for line in text.splitlines())


def _row(line: str, tests: dict[int, list[str]]) -> str:
    match = ROW.fullmatch(line)
    if match is None:
        return line
    number = int(match[1])
    names = "<br>".join(f"`{one}`" for one in tests.get(number, []))
    cell = names or LATER.get(number) or f"*awaited: {AWAITED.get(number, 'nothing')}*"
    return f"| {number} | {match[2]} | {match[3]} | {cell} |"


if __name__ == "__main__":
    PAGE.write_text(render(PAGE.read_text(encoding="utf-8"), collect()), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
