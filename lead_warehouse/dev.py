"""Copy the published generation, where ``profiles.yml`` looks or elsewhere, for work with dbt."""

import shutil
import sys
from pathlib import Path

from lead_warehouse import PROJECT_DIR
from lead_warehouse.errors import UserError
from lead_warehouse.state.generations import Generations
from lead_warehouse.state.layout import WAREHOUSE_FILE, StateDirectory

DEVELOPMENT = PROJECT_DIR / ".warehouse" / "dev" / WAREHOUSE_FILE


def copy_for_development(state: StateDirectory, target: Path = DEVELOPMENT) -> Path:
    """Copy the published database to ``target``, where dbt may change it.

    Raises:
        UserError: nothing is published.
    """
    source = Generations(state).find(None).database
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    shutil.copyfile(source, target)
    return target


def main(state: str, target: str = str(DEVELOPMENT)) -> int:
    """Copy, say where to, or say why not in one line."""
    try:
        copied = copy_for_development(StateDirectory(Path(state)), Path(target))
    except UserError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    sys.stdout.write(f"{copied}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
