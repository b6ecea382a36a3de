"""Tables whose change somebody lets through: ``refresh --accept-change``."""

from collections.abc import Iterable
from pathlib import Path

from lead_warehouse import PROJECT_DIR
from lead_warehouse.contract import load_contract
from lead_warehouse.contract.raw_schema import raw_tables
from lead_warehouse.errors import UserError
from lead_warehouse.nearest import did_you_mean


def accepted_tables(names: Iterable[str], project: Path = PROJECT_DIR) -> list[str]:
    """The tables meant, as ``schema.table``; ``marts.*`` is all marts, a mart needs no schema.

    Raises:
        UserError: there is no such table.
    """
    marts = {path.stem: f"marts.{path.stem}" for path in (project / "models/marts").rglob("*.sql")}
    raw = [f"raw.{name}" for name in raw_tables(load_contract())]
    known = {**marts, **{name: name for name in [*marts.values(), *raw]}}
    found: list[str] = []
    for name in names:
        if name in ("raw.*", "marts.*"):
            found += raw if name == "raw.*" else list(marts.values())
            continue
        if name not in known:
            raise UserError(
                f"--accept-change: no table '{name}'{did_you_mean(name, known)}; name a mart, or "
                "a table of raw as raw.<table>"
            )
        found.append(known[name])
    return sorted(set(found))
