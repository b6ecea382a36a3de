import gzip
from pathlib import Path

import duckdb
import pytest

from lead_warehouse.errors import UserError
from lead_warehouse.landing.preview import CheckedFile, preview
from lead_warehouse.mapping.load import MappingError

MAPPING = """\
version: 1
inputs:
  - name: leads
    files: leads*.csv
    ignore_columns: [shoe size]
    tables:
      - table: leads
        columns: {lead_id: id, email: mail}
      - table: interactions
        columns:
          interaction_id: id
          interaction_type: {constant: fair}
          occurred_at: at
  - name: deals
    files: deals/*.csv
    delimiter: ";"
    tables:
      - table: opportunities
        columns: {opportunity_id: id, status: state}
"""
LEADS_TABLES = ["leads", "interactions"]


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "mapping.yml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    (folder / "deals").mkdir(parents=True)
    (folder / "leads.csv").write_bytes(b"id,mail,at\n1,a@b.example,x\n")
    (folder / "deals" / "q1.csv").write_bytes(b"id;state\n")
    return folder


def test_files_that_fit_are_listed_in_the_mapping_s_order(mapping: Path, inputs: Path) -> None:
    assert preview(mapping, inputs) == [
        CheckedFile("leads", "leads.csv", LEADS_TABLES),
        CheckedFile("deals", "deals/q1.csv", ["opportunities"]),
    ]


def test_only_headers_are_read(mapping: Path, inputs: Path) -> None:
    (inputs / "leads.csv").write_bytes(b'id,mail,at\n1,"\xff\0')
    assert preview(mapping, inputs)[0].held_because is None


def test_columns_that_do_not_fit_are_told(mapping: Path, inputs: Path) -> None:
    (inputs / "leads.csv").write_bytes(b"at,new,id,shoe size,newer\n")
    assert preview(mapping, inputs)[0] == CheckedFile(
        "leads", "leads.csv", LEADS_TABLES, unmapped=("new", "newer"), missing=("mail",)
    )


def test_every_matching_file_is_checked(mapping: Path, inputs: Path) -> None:
    (inputs / "leads2.csv").write_bytes(b"\xef\xbb\xbfid,at\r\n")
    (inputs / "leads3.csv").write_bytes(gzip.compress(b"nr,at\n"))
    found = preview(mapping, inputs)
    assert [file.file_name for file in found[:3]] == ["leads.csv", "leads2.csv", "leads3.csv"]
    assert [file.held_because is None for file in found[:3]] == [True, True, False]
    assert found[1].missing == ("mail",)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"mail,at\n", "required column missing: 'id'"),
        (b"id,mail,at,at\n", "column 'at' stands twice"),
        (b"id;mail;at\n", "is the delimiter ';', not ','?"),
        (b"\xff\xfei\0d\0", "UTF-16 by its byte-order mark"),
        (b"\xe9id\n", "the header cannot be read"),
        (gzip.compress(b"id,mail,at\n", mtime=0)[:15], "damaged gzip stream"),
    ],
)
def test_a_file_that_a_refresh_would_hold_is_told_why(
    mapping: Path, inputs: Path, content: bytes, reason: str
) -> None:
    (inputs / "leads.csv").write_bytes(content)
    found = preview(mapping, inputs)
    assert reason in str(found[0].held_because)
    assert found[1].held_because is None


def test_parquet_files_are_checked_as_csv_files_are(mapping: Path, inputs: Path) -> None:
    mapping.write_text(MAPPING.replace("leads*.csv", "leads*.parquet"), encoding="utf-8")
    duckdb.sql("select 1 as at, 2 as id, 3 as new").write_parquet(str(inputs / "leads1.parquet"))
    duckdb.sql("select 1 as at, 2 as idd").write_parquet(str(inputs / "leads2.parquet"))
    (inputs / "leads3.parquet").write_bytes(b"id,mail,at\n")
    (inputs / "leads4.parquet").write_bytes(b"PAR1 and no more")
    duckdb.sql("select 1 as at, {'a': 1} as id").write_parquet(str(inputs / "leads5.parquet"))
    first, *others = preview(mapping, inputs)[:5]
    assert first == CheckedFile(
        "leads", "leads1.parquet", LEADS_TABLES, unmapped=("new",), missing=("mail",)
    )
    for file, reason in zip(
        others,
        (
            "required column missing: 'id' (nearest: idd)",
            "not a Parquet file",
            "damaged Parquet file (No magic bytes found at end of it); deliver the file again",
            "column 'id' is of type struct",
        ),
        strict=True,
    ):
        assert reason in str(file.held_because)


def test_an_empty_file_would_land(mapping: Path, inputs: Path) -> None:
    (inputs / "leads.csv").write_bytes(b"")
    assert preview(mapping, inputs)[0].held_because is None


def test_an_input_without_a_file_is_told(mapping: Path, inputs: Path) -> None:
    (inputs / "deals" / "q1.csv").unlink()
    reason = f"no file matches 'deals/*.csv' below {inputs}"
    assert preview(mapping, inputs) == [
        CheckedFile("leads", "leads.csv", LEADS_TABLES),
        CheckedFile("deals", "-", ["opportunities"], held_because=reason),
    ]


def test_a_missing_folder_is_told_with_the_option_that_names_it(
    mapping: Path, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=r"no folder .*gone; name the folder .* with --input"):
        preview(mapping, tmp_path / "gone")


def test_a_mapping_that_is_wrong_is_told_before_any_file_is_read(
    mapping: Path, tmp_path: Path
) -> None:
    mapping.write_text(MAPPING.replace("lead_id: id", "lead: id"), encoding="utf-8")
    with pytest.raises(MappingError, match=r"mapping\.yml:8: 'lead' is not a column of 'leads'"):
        preview(mapping, tmp_path / "gone")


def test_fault_52_a_file_that_leads_outside_is_refused(mapping: Path, inputs: Path) -> None:
    (inputs / "leads9.csv").symlink_to(mapping)
    with pytest.raises(UserError, match="leads outside"):
        preview(mapping, inputs)


def test_checking_changes_nothing(mapping: Path, inputs: Path) -> None:
    before = sorted(inputs.parent.rglob("*"))
    preview(mapping, inputs)
    assert sorted(inputs.parent.rglob("*")) == before
