"""Keep secrets out of what is written down: logs, reports, the ledger's messages."""

import os
import re
from collections.abc import Mapping
from typing import Any

REDACTED = "[redacted]"
SHORTEST_SECRET = 4
"""Shorter values, such as ``1``, would blot out text that says nothing of them."""

_SECRET_NAME = re.compile(
    r"secret|passw|pwd|token|credential|apikey|private|passphrase|dsn|_auth\b|(^|_)key(_|$)",
    re.IGNORECASE,
)
_PATH_NAME = re.compile(r"^(OLD)?PWD$|_(FILE|PATH|DIR|FOLDER|HOME|SOCK)$", re.IGNORECASE)
"""Where something lies, be it a secret: an absolute path under such a name says no more."""

_URL_PASSWORD = re.compile(r"(?<=://)([^\s/:@]*):([^\s/@]+)@")
_NAMED_PASSWORD = re.compile(r"\b(password|passwd|pwd)(\s*=\s*)('[^']*'|\"[^\"]*\"|[^\s;&]+)", re.I)
_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(\.[\w-]+)+")


def redact(value: Any) -> Any:
    """A value with every secret in its strings replaced, however deep they lie.

    Secret are the values of environment variables whose name says so, passwords inside any
    variable that is a connection string, and passwords of connection strings in the text itself.
    Where a variable's name says that it is a path, its value is one.
    """
    return _replace(value, _secrets(os.environ))


def without_persons(text: str) -> str:
    """A text without e-mail addresses, as a database repeats them in its errors."""
    return _EMAIL.sub("[address]", text)


def _secrets(environment: Mapping[str, str]) -> list[str]:
    found: set[str] = set()
    for name, value in environment.items():
        is_path = _PATH_NAME.search(name) and value.startswith("/")
        if _SECRET_NAME.search(name) and not is_path:
            found.add(value)
        found.update(match[2] for match in _URL_PASSWORD.finditer(value))
        found.update(match[3].strip("'\"") for match in _NAMED_PASSWORD.finditer(value))
    # The longest first: one secret may be the beginning of another.
    return sorted((one for one in found if len(one) >= SHORTEST_SECRET), key=len, reverse=True)


def _replace(value: Any, secrets: list[str]) -> Any:
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, REDACTED)
        value = _URL_PASSWORD.sub(rf"\1:{REDACTED}@", value)
        return _NAMED_PASSWORD.sub(rf"\1\2{REDACTED}", value)
    if isinstance(value, Mapping):
        return {_replace(key, secrets): _replace(one, secrets) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_replace(one, secrets) for one in value]
    return value
