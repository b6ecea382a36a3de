"""Where the databases of a mapping are: the operator says it, the mapping only names them."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

from lead_warehouse.landing.held import HeldFile

VARIABLE_PREFIX = "LEAD_WAREHOUSE_SOURCE_"
FORMS = "postgresql://user:password@host/database, sqlite:path or duckdb:path"
HIDDEN = "***"

SQLITE_MAGIC = b"SQLite format 3\0"
DUCKDB_MAGIC = b"DUCK"
_DUCKDB_MAGIC_AT = 8

Engine = Literal["duckdb", "sqlite", "postgres"]

_PART = r"[^\s:/?#\[\]@]*"
_POSTGRES = re.compile(
    rf"postgres(?:ql)?://(?:(?P<user>{_PART})(?::(?P<password>{_PART}))?@)?"
    rf"(?:[\w.,:-]*|\[[\da-fA-F:.]+\](?::\d+)?)/(?P<database>[^\s/?#]+)(?:\?(?P<options>\S*))?"
)


@dataclass(frozen=True)
class DatabaseSource:
    """A database to read.

    Attributes:
        address: a path, or the address of a server, with its password.
        label: what to call it in messages.
        secrets: texts that no message may show.
    """

    engine: Engine
    address: str = field(repr=False)
    label: str
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def without_secrets(self, text: str) -> str:
        """A text of an engine in one line, without what must not be shown."""
        for secret in sorted((self.address, *self.secrets), key=len, reverse=True):
            if secret:
                text = text.replace(secret, self.label if secret == self.address else HIDDEN)
        return " ".join(text.split())


def variable_of(database: str) -> str:
    """The environment variable that says where a database is."""
    return f"{VARIABLE_PREFIX}{database.upper()}"


def named_source(database: str) -> DatabaseSource:
    """The database of a name, as the operator's environment says.

    Raises:
        HeldFile: nothing says where it is, or what does cannot be read.
    """
    variable = variable_of(database)
    address = os.environ.get(variable, "").strip()
    if not address:
        raise HeldFile(
            f"nothing says where database '{database}' is; set {variable} to one of {FORMS}"
        )
    scheme, _, rest = address.partition(":")
    if scheme in ("sqlite", "duckdb") and rest:
        # sqlite:///x is written too; an absolute path keeps one slash.
        path = Path(re.sub(r"^//(?=/)", "", rest)).expanduser()
        if not path.is_file():
            raise HeldFile(f"no file where {variable} says database '{database}' is; correct it")
        source = file_source(path, database)
        if source.engine != scheme:
            raise HeldFile(
                f"{variable} says {scheme}, and the file is of {source.engine}; correct it"
            )
        return source
    if (found := _POSTGRES.fullmatch(address)) is None:
        # Its parts are not shown: any of them may be a password.
        raise HeldFile(
            f"{variable} is no address of a database; write it as one of {FORMS}, "
            "with %40 for an @ in a password"
        )
    return DatabaseSource(
        "postgres",
        _with_limits(address, found["options"]),
        database,
        (address, *_secrets(found["password"], found["options"])),
    )


def file_source(path: Path, label: str) -> DatabaseSource:
    """The database in a file, which its first bytes tell.

    Raises:
        HeldFile: it is none, or it cannot be read.
    """
    try:
        with path.open("rb") as file:
            first = file.read(len(SQLITE_MAGIC))
    except OSError as error:
        raise HeldFile(f"cannot be read ({error.strerror}); see to its permissions") from None
    if first == SQLITE_MAGIC:
        return DatabaseSource("sqlite", str(path.resolve()), label)
    if first[_DUCKDB_MAGIC_AT : _DUCKDB_MAGIC_AT + len(DUCKDB_MAGIC)] == DUCKDB_MAGIC:
        return DatabaseSource("duckdb", str(path.resolve()), label)
    raise HeldFile("no SQLite and no DuckDB database, whatever its name; deliver it again")


def _secrets(password: str | None, options: str | None) -> tuple[str, ...]:
    """Passwords as they are written in an address, and as they are meant."""
    written = [password or ""]
    for option in (options or "").split("&"):
        name, _, value = option.partition("=")
        if "password" in name.casefold() or "token" in name.casefold():
            written.append(value)
    return tuple({text for one in written if one for text in (one, unquote(one))})


def _with_limits(address: str, options: str | None) -> str:
    """An address that gives up on a server that does not answer."""
    if "connect_timeout=" in (options or ""):
        return address
    return f"{address}{'&' if options else '?' if options is None else ''}connect_timeout=10"
