"""Read YAML that the project itself wrote."""

from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The loader written in C where PyYAML has it: the other takes seconds for all models."""


def parse_yaml(text: str) -> Any:
    """What a text says, plain values only.

    Raises:
        yaml.YAMLError: it is no YAML.
    """
    return yaml.load(text, Loader=_LOADER)


def read_yaml(path: Path) -> Any:
    """What a file says; see ``parse_yaml``."""
    return parse_yaml(path.read_text(encoding="utf-8"))
