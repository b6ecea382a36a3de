"""Columns of flat exports, on data that nobody here wrote where it is there."""

import csv
import zipfile
from pathlib import Path

import numpy as np
import pytest

from lead_warehouse import PROJECT_DIR
from lead_warehouse.calibrate.attributes import Export, judge, judge_groups, read_export
from lead_warehouse.calibrate.declaration import (
    Attribute,
    Declaration,
    Outcome,
    load_declaration,
)
from lead_warehouse.errors import UserError

EXAMPLES = PROJECT_DIR / "examples"


def shared(folder: Path, name: str) -> Path:
    if not (folder / name).exists():
        pytest.skip(f"no {name} in the shared data")
    return folder / name


def test_x_education_by_fit_and_by_behaviour(shared_data: Path) -> None:
    file = shared(shared_data, "x_education/leads.csv")
    declared = load_declaration(EXAMPLES / "x_education" / "attributes.yml")
    fit, both = judge_groups(read_export(file, declared), declared)
    assert (fit.judged, fit.reached, fit.is_out_of_time) == (9240, 3561, False)
    assert fit.area.value == pytest.approx(0.774, abs=0.005)
    assert both.area.value == pytest.approx(0.893, abs=0.005)


def test_tags_that_are_known_only_at_the_outcome_are_refused(tmp_path: Path) -> None:
    text = (EXAMPLES / "x_education" / "attributes.yml").read_text()
    path = tmp_path / "declared.yml"
    path.write_text(text + "    - {column: Tags, known: outcome}\n")
    with pytest.raises(UserError, match="column Tags is known only at the outcome") as refused:
        load_declaration(path)
    assert str(refused.value).count("\n") == 0
    path.write_text(text + "    - {column: Converted, known: record}\n")
    with pytest.raises(UserError, match="column Converted is the outcome itself"):
        load_declaration(path)


def bank(shared_data: Path, tmp_path: Path) -> Path:
    with zipfile.ZipFile(shared(shared_data, "uci_bank/bank-additional.zip")) as archive:
        name = "bank-additional/bank-additional-full.csv"
        (tmp_path / "bank.csv").write_bytes(archive.read(name))
    return tmp_path / "bank.csv"


def test_the_bank_with_and_without_its_leak_and_by_date(shared_data: Path, tmp_path: Path) -> None:
    file = bank(shared_data, tmp_path)
    declared = load_declaration(EXAMPLES / "uci_bank" / "attributes.yml")
    honest = [one for group in declared.groups.values() for one in group]
    leak = Attribute(column="duration", known="record", kind="number")
    wider = declared.model_copy(update={"groups": {**declared.groups, "leak": [leak]}})
    export = read_export(file, wider)
    without = judge(export, honest, None, ("honest",))
    with_leak = judge(export, [*honest, leak], None, ("leak",))
    assert without.area.value == pytest.approx(0.791, abs=0.002)
    assert with_leak.area.value == pytest.approx(0.935, abs=0.002)
    # Out of time the same columns tell far less: what cross-validation says is the economy of the
    # very weeks that are judged.
    by_date = judge(export, honest, declared.in_time, ("honest",))
    assert by_date.is_out_of_time
    assert (by_date.trained, by_date.judged) == (28831, 12357)
    assert by_date.area.value == pytest.approx(0.667, abs=0.005)
    assert by_date.lift == pytest.approx(1.87, abs=0.03)


def test_olist_learned_before_march_2018_and_judged_after(
    shared_data: Path, tmp_path: Path
) -> None:
    folder = shared(shared_data, "olist")
    with (folder / "olist_closed_deals_dataset.csv").open(newline="") as file:
        won = {row["mql_id"] for row in csv.DictReader(file)}
    with (folder / "olist_marketing_qualified_leads_dataset.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    with (tmp_path / "olist.csv").open("w", newline="") as joined:
        writer = csv.DictWriter(joined, [*rows[0], "is_won"])
        writer.writeheader()
        writer.writerows({**row, "is_won": int(row["mql_id"] in won)} for row in rows)
    declared = load_declaration(EXAMPLES / "olist" / "attributes.yml")
    origin, page = judge_groups(read_export(tmp_path / "olist.csv", declared), declared)
    assert (origin.trained, origin.judged, origin.reached) == (4171, 3829, 480)
    assert origin.area.value == pytest.approx(0.605, abs=0.005)
    assert page.area.value == pytest.approx(0.667, abs=0.005)


def declaration() -> Declaration:
    return Declaration(
        outcome=Outcome(column="won", reached=["1"]),
        groups={"fit": [Attribute(column="size", known="record", kind="number")]},
    )


def test_too_few_leads_are_told_with_the_number_it_takes() -> None:
    reached = np.arange(120) < 49
    export = Export(reached, {"size": ["1"] * 120})
    with pytest.raises(UserError, match="of the 120 all leads 49 reached the outcome; it takes 50"):
        judge_groups(export, declaration())


def test_a_column_that_is_not_there_is_named_with_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("won,siz\n1,2\n")
    with pytest.raises(UserError, match="there is no column size"):
        read_export(path, declaration())


def test_texts_that_say_nothing_are_read_as_unknown(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("won,size\n1,Select\n0,\n0,3\n")
    declared = declaration().model_copy(update={"missing": ["Select"]})
    export = read_export(path, declared)
    assert export.columns["size"] == [None, None, "3"]
    assert export.reached.tolist() == [True, False, False]
