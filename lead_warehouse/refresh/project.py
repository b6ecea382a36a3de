"""The dbt project of a run: this checkout as it is now, with the rules in force.

It lies at a constant path in the state directory, so that dbt's partial parse holds, and a model
edited during a run changes nothing half-way.
"""

import shutil
from pathlib import Path

from lead_warehouse import PROJECT_DIR
from lead_warehouse.refresh.parsed import PARSED, take_parsed
from lead_warehouse.rules import compose_seeds, rules_digest

PARTS = ("dbt_project.yml", "profiles.yml", "models", "macros", "tests/data")


def compose_project(target: Path, rules_dir: Path | None, source: Path = PROJECT_DIR) -> str:
    """Lay the dbt project out in ``target``, keeping what dbt parsed there before.

    Returns:
        the digest of the rules in force.

    Raises:
        UserError: the rules in force are wrong; ``target`` stays as it was.
    """
    fresh = target.with_name(f".{target.name}-fresh")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        for part in PARTS:
            origin, copy = source / part, fresh / part
            copy.parent.mkdir(parents=True, exist_ok=True)
            if origin.is_dir():
                shutil.copytree(origin, copy)
            else:
                shutil.copy2(origin, copy)
        compose_seeds(source / "seeds", rules_dir, fresh / "seeds")
        if (target / PARSED).exists():
            (target / PARSED).rename(fresh / PARSED)
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
        take_parsed(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return rules_digest(target / "seeds")
