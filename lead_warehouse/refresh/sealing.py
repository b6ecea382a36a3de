"""What an audited build becomes: a file without the audit's rows, and its manifest."""

from pathlib import Path
from typing import Any

from lead_warehouse.clock import utc_now
from lead_warehouse.refresh.base import file_digest
from lead_warehouse.refresh.context import RefreshContext
from lead_warehouse.refresh.premises import KEY, Premises
from lead_warehouse.state.digest import TableDigest, combined_digest
from lead_warehouse.state.engine import open_to_write, spill_of
from lead_warehouse.state.generations import refuse_stale_log, remove_folder


def take_inputs(building: Path) -> list[dict[str, Any]]:
    """Drop the rows that the audit stored, and tell which files the build holds.

    Raises:
        RunFailed: a write-ahead log lies beside the build.
    """
    with open_to_write(building) as connection:
        connection.execute("drop schema if exists audit cascade")
        cursor = connection.execute(
            "select input_name, file_digest, file_name, received_at from raw.landed_files "
            "where status = 'landed' order by all"
        )
        names = [column[0] for column in cursor.description or []]
        inputs = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        connection.execute("checkpoint")
    refuse_stale_log(building)
    return inputs


def remove_spill(building: Path) -> None:
    """Remove what engines put aside while they built and checked; dbt's is named by DuckDB."""
    for folder in (spill_of(building), building.with_name(building.name + ".tmp")):
        remove_folder(folder)


def manifest_of(
    run_id: str,
    building: Path,
    context: RefreshContext,
    *,
    tables: dict[str, TableDigest],
    inputs: list[dict[str, Any]],
    versions: dict[str, str],
    erasures: list[str],
    premises: Premises,
) -> dict[str, Any]:
    """What a generation is known by: instants, rules, what it was built from, digests of the
    file and of each table."""
    return {
        "run_id": run_id,
        "sealed_at": utc_now(),
        "as_of": context.as_of,
        "is_past": context.is_past,
        "rules_digest": context.rules_digest,
        "digest": combined_digest(tables),
        "file": {"bytes": building.stat().st_size, "sha256": file_digest(building)},
        "tables": {name: digest.told() for name, digest in tables.items()},
        "inputs": inputs,
        "versions": versions,
        "erasures": erasures,
        KEY: premises,
    }
