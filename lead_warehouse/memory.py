"""How much memory a refresh may take, and what to do when it does not suffice."""

import os
import re
from pathlib import Path

import duckdb

from lead_warehouse.errors import RunFailed, UserError
from lead_warehouse.sql import literal

MEMORY_VARIABLE = "LEAD_WAREHOUSE_MEMORY"
"""Memory of a refresh, as in ``4GB``; ``profiles.yml`` reads it too."""

DEFAULT_MEMORY = "2GB"
SMALLEST_BYTES = 64_000_000

_UNITS = {"MB": 10**6, "GB": 10**9, "TB": 10**12, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40}
_RESERVE_BYTES = 600_000_000
"""What landing itself takes beside the engine: Python, libraries, the batch being framed."""

_OUT_OF_MEMORY = "Out of Memory Error"
_EXHAUSTED = rf"{_OUT_OF_MEMORY}|No space left on device|max_temp_directory_size"


def memory_bytes() -> int:
    """Memory that a refresh may take.

    Raises:
        UserError: the variable is no amount of memory, or too small for anything.
    """
    text = os.environ.get(MEMORY_VARIABLE) or DEFAULT_MEMORY
    match = re.fullmatch(r"(\d+(?:\.\d+)?) ?([KMGT]i?B)", text, re.IGNORECASE)
    amount = float(match[1]) * _UNITS.get(match[2].upper(), 0) if match else 0
    if amount < SMALLEST_BYTES:
        raise UserError(
            f"{MEMORY_VARIABLE}: {text!r} is not an amount of memory of at least "
            f"{SMALLEST_BYTES // 10**6} MB; write it like {DEFAULT_MEMORY}"
        )
    return int(amount)


def limit_memory(
    connection: duckdb.DuckDBPyConnection, spill: Path | None, share: float = 1
) -> None:
    """Keep an engine that lands files within its share of the memory.

    Args:
        spill: folder for what does not fit, made when needed; without one nothing may spill.
    """
    total = memory_bytes()
    # Of little, half is the engine's: the reserve is for batches, and nothing has any then.
    engine = max(total - _RESERVE_BYTES, total // 2)
    connection.execute(f"set memory_limit = '{int(engine * share)}B'")
    connection.execute(f"set temp_directory = {literal(str(spill or ''))}")


def memory_settings(spill: Path) -> dict[str, str]:
    """Settings of an engine that has the memory of a refresh to itself, as dbt's has.

    Args:
        spill: folder for what does not fit, made when needed.
    """
    return {"memory_limit": f"{memory_bytes()}B", "temp_directory": str(spill)}


def ran_out(message: str) -> bool:
    """Whether an engine's words tell that its memory ran out, rather than a disk."""
    return _OUT_OF_MEMORY in message


def exhausted(message: str, doing: str) -> RunFailed | None:
    """The error to raise where an engine's words tell that memory or disk ran out."""
    found = re.search(_EXHAUSTED, message)
    if found is None:
        return None
    return RunFailed(
        f"memory or disk ran out while {doing} ({found[0]}); readers keep the published "
        f"generation. Raise {MEMORY_VARIABLE} (now "
        f"{os.environ.get(MEMORY_VARIABLE) or DEFAULT_MEMORY}), or free space in the state "
        "directory, where what does not fit in memory is put"
    )
