from decimal import Decimal
from types import NoneType
from typing import get_args

import pytest

from lead_warehouse import PROJECT_DIR
from lead_warehouse.rules.cells import Line, Table
from lead_warehouse.rules.declared import read_declared
from lead_warehouse.rules.rows import Row, RuleSet, Stage

DECLARED = {
    name: seed
    for folder in ("rules", "reference")
    for name, seed in read_declared(PROJECT_DIR / "seeds" / folder).items()
}
TYPES = {"varchar": str, "integer": int, "boolean": bool, "decimal": Decimal}


@pytest.mark.parametrize("model", Row.__subclasses__(), ids=lambda model: model.__name__)
def test_a_row_asks_of_its_cells_what_is_declared(model: type[Row]) -> None:
    """Else a row would be passed over in silence, or a check never see an empty cell."""
    columns = DECLARED[model.table].columns
    for name, field in model.model_fields.items():
        if name != "line":
            kinds = set(get_args(field.annotation)) or {field.annotation}
            assert kinds - {NoneType} == {TYPES[columns[name].kind.partition("(")[0]]}, name
            assert (NoneType in kinds) != columns[name].is_required, name


def test_rows_with_a_cell_that_cannot_be_read_are_no_basis_for_all_rows() -> None:
    table = Table("lifecycle_stages", DECLARED["lifecycle_stages"])
    table.lines = [
        Line(2, {"stage": "lead", "position": 1, "is_final": False}),
        Line(3, {"stage": "mql", "position": 2}),
    ]
    rules = RuleSet({"lifecycle_stages": table})
    assert [row.line for row in rules.rows(Stage)] == [2]
    assert rules.all_rows(Stage) is None
    table.lines.pop()
    assert rules.all_rows(Stage) == rules.rows(Stage)
    table.is_complete = False
    assert rules.all_rows(Stage) is None
