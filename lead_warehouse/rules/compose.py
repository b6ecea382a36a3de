"""The seeds of a run, and the digest of the rules among them."""

import hashlib
import shutil
from pathlib import Path

from lead_warehouse.rules.check import check_rules
from lead_warehouse.rules.files import RULES


def compose_seeds(seeds: Path, rules_dir: Path | None, target: Path) -> None:
    """Write the seeds of a run into ``target``: ``seeds``, with the CSVs of ``rules_dir`` on top.

    Raises:
        UserError: there is no folder ``rules_dir``.
        RulesError: the rules are wrong; nothing is written.
    """
    checked = check_rules(seeds, rules_dir)
    shutil.copytree(seeds, target)
    for path in checked.files.own:
        shutil.copyfile(path, target / RULES / path.name)


def rules_digest(seeds: Path) -> str:
    """Digest of the rule files in ``seeds/rules``."""
    digest = hashlib.sha256()
    for path in sorted((seeds / RULES).glob("*.csv")):
        digest.update(f"{path.name}\n".encode() + path.read_bytes() + b"\n")
    return digest.hexdigest()
