"""Copy the published generation to where ``profiles.yml`` looks, for work by hand with dbt."""

import shutil
import sys
from pathlib import Path

from lead_warehouse import PROJECT_DIR
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


if __name__ == "__main__":
    sys.stdout.write(f"{copy_for_development(StateDirectory(Path(sys.argv[1])))}\n")
