from pathlib import Path

import pytest

from tests.changed_rules import ChangedRules


@pytest.fixture
def rules(tmp_path: Path) -> ChangedRules:
    return ChangedRules(tmp_path)
