"""Which seeds other rules change, and what is built for it."""

from pathlib import Path

import duckdb
import pytest

from lead_warehouse.compare.changed_rules import changed_seeds, same_logic, selection
from lead_warehouse.compare.revision import rules_of
from lead_warehouse.errors import UserError
from lead_warehouse.refresh.kept_tables import BuiltWhole

DECLARED = """
seeds:
  - name: {name}
    config:
      column_types:
        key: varchar
        points: decimal(9, 3)
"""


def seeds(folder: Path) -> Path:
    for kind, name in (("rules", "signals"), ("reference", "countries")):
        (folder / kind).mkdir(parents=True)
        (folder / kind / f"_{kind}__seeds.yml").write_text(DECLARED.format(name=name))
        (folder / kind / f"{name}.csv").write_text("key,points\na,1\nb,\n")
    return folder


def test_a_seed_differs_by_its_rows_and_not_by_how_they_are_written(tmp_path: Path) -> None:
    folder = seeds(tmp_path / "seeds")
    with duckdb.connect() as connection:
        connection.execute("create schema seeds")
        assert changed_seeds(connection, folder) == ["signals", "countries"]
        for name in ("signals", "countries"):
            connection.execute(
                f"create table seeds.{name} as select * from (values ('b', null), ('a', 1.0)) "
                "as rows (key, points)"
            )
        assert changed_seeds(connection, folder) == []
        (folder / "rules" / "signals.csv").write_text("key,points\na,1.5\nb,\n")
        assert changed_seeds(connection, folder) == ["signals"]
        (folder / "rules" / "signals.csv").write_text("key,points\na,1\nb,\nb,\n")
        assert changed_seeds(connection, folder) == ["signals"]


def test_only_what_lies_between_the_change_and_what_is_compared_is_built() -> None:
    whole = [BuiltWhole("int_kept", "rules changed")]
    assert selection(["signals"], whole, ["one", "two"]) == [
        "signals+,+one",
        "signals+,+two",
        "int_kept+,+one",
        "int_kept+,+two",
    ]
    assert selection([], [], ["one"]) == []


def test_models_that_are_others_are_seen(tmp_path: Path) -> None:
    for side in ("built", "project"):
        (tmp_path / side / "models").mkdir(parents=True)
        (tmp_path / side / "macros").mkdir()
        (tmp_path / side / "models" / "one.sql").write_text("select 1")
    assert same_logic(tmp_path / "built", tmp_path / "project")
    (tmp_path / "project" / "models" / "one.sql").write_text("select 2")
    assert not same_logic(tmp_path / "built", tmp_path / "project")
    (tmp_path / "project" / "models" / "one.sql").write_text("select 1")
    (tmp_path / "project" / "models" / "two.sql").write_text("select 1")
    assert not same_logic(tmp_path / "built", tmp_path / "project")


def test_rules_are_a_folder_or_a_revision(tmp_path: Path) -> None:
    with rules_of(str(tmp_path)) as folder:
        assert folder == tmp_path
    with rules_of(None) as folder:
        assert folder is None
    for name in ("no-such-revision", "--upload-pack=x"):
        with pytest.raises(UserError, match="is no folder, and no revision"), rules_of(name):
            pass
