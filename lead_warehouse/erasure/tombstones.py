"""Marks of erased persons: a keyed hash of each identifier tells that one comes back, not whose."""

import hmac
import re
from collections.abc import Callable, Iterable
from typing import Literal

Kind = Literal["lead", "contact", "visitor", "email"]
Mark = tuple[str, str]
"""Kind and keyed hash of an identifier."""

IsErased = Callable[[Kind, str], bool]

KIND_NAMES: tuple[Kind, ...] = ("lead", "contact", "visitor", "email")

TOKEN = re.compile(r"[\w.+-]+(?:@[\w.-]+)?")
"""What in a text may be an identifier."""

_TAG = re.compile(r"^([^@+]+)\+[^@]*@")


class Tombstones:
    """The marks of one key.

    Args:
        marks: of everybody who was erased.
    """

    def __init__(self, key: bytes, marks: Iterable[Mark] = ()) -> None:
        self._key = key
        self._marks = frozenset(marks)
        self._known: dict[tuple[str, str], bool] = {}

    def __bool__(self) -> bool:
        return bool(self._marks)

    @property
    def check(self) -> str:
        """Tells whether a key is the one that made the marks, and nothing of it."""
        return self._hash("key", "check")

    def mark(self, kind: Kind, value: str) -> Mark:
        """The mark of an identifier."""
        return kind, self._hash(kind, plain(kind, value))

    def is_erased(self, kind: Kind, value: str) -> bool:
        """Whether an identifier is that of somebody who was erased."""
        key = kind, plain(kind, value)
        if key not in self._known:
            self._known[key] = (kind, self._hash(*key)) in self._marks
        return self._known[key]

    def _hash(self, kind: str, value: str) -> str:
        return hmac.digest(self._key, f"{kind}\0{value}".encode(), "sha256").hex()


def plain(kind: Kind, value: str) -> str:
    """An identifier as it is compared: of addresses the mailbox, whatever its case and tag."""
    text = value.strip()
    return _TAG.sub(r"\1@", text.lower()) if kind == "email" else text
