from typing import Any

import pytest

from lead_warehouse.contract import load_contract
from lead_warehouse.landing.header import (
    Header,
    optional_columns,
    read_header,
    required_columns,
)
from lead_warehouse.landing.held import HeldFile
from lead_warehouse.mapping import Input

CONTRACT = load_contract()


def an_input(columns: dict[str, Any] | None = None, **settings: Any) -> Input:
    mapped = {
        "table": "leads",
        "columns": columns or {"lead_id": "id", "email": "mail", "created_at": "made"},
    }
    return Input.model_validate({"name": "leads", "files": "*.csv", "tables": [mapped], **settings})


LEADS = an_input()


def read(content: bytes, one: Input = LEADS) -> Header:
    return read_header(one, CONTRACT, [content])


def held(content: bytes, one: Input = LEADS) -> str:
    with pytest.raises(HeldFile) as reason:
        read(content, one)
    return str(reason.value)


def test_columns_are_those_of_the_first_line() -> None:
    assert read(b"id,mail,made\n1,2,3\n") == Header(1, ("id", "mail", "made"), (), ())


def test_blank_lines_before_the_header_are_skipped() -> None:
    header = read(b"\r\n \t\n\nid,mail,made\n")
    assert (header.line, header.width) == (4, 3)


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r", b""])
def test_the_header_ends_at_any_newline(newline: bytes) -> None:
    assert read(b"id,mail,made" + newline).columns == ("id", "mail", "made")


def test_the_header_may_come_in_several_chunks() -> None:
    assert read_header(LEADS, CONTRACT, [b"\ni", b"d,ma", b"il,made\r", b"\n1"]) == Header(
        2, ("id", "mail", "made"), (), ()
    )


def test_names_may_be_quoted_and_padded() -> None:
    assert read(b'"id", mail ,"made","a ""b"", c"\n').columns == ("id", "mail", "made", 'a "b", c')


def test_names_are_cut_at_the_declared_delimiter() -> None:
    header = read(b"id;mail;made;a,b\n", an_input(delimiter=";"))
    assert header.columns == ("id", "mail", "made", "a,b")


def test_columns_without_a_name_are_told_apart_by_their_place() -> None:
    header = read(b"id,,made, ,\n")
    assert header.columns == ("id", "(column 2)", "made", "(column 4)", "(column 5)")


def test_fault_25_the_order_of_columns_does_not_matter() -> None:
    header = read(b"made,id,mail\n")
    assert header == Header(1, ("made", "id", "mail"), (), ())


def test_fault_25_a_new_column_is_recorded() -> None:
    assert read(b"id,mail,made,score\n").unmapped == ("score",)


def test_an_ignored_column_is_not_recorded() -> None:
    one = an_input(ignore_columns=["score"])
    assert read(b"id,mail,made,score,tier\n", one).unmapped == ("tier",)


def test_fault_25_a_missing_optional_column_is_recorded() -> None:
    assert read(b"id\n").missing == ("made", "mail")


def test_fault_25_a_missing_required_column_holds_the_file_and_names_it() -> None:
    message = held(b"mail,made\n")
    assert message.startswith("required column missing: 'id'; ")
    assert "name the new column in the mapping or deliver the file again" in message


def test_fault_25_a_renamed_required_column_is_named_with_the_nearest_one() -> None:
    one = an_input({"lead_id": "Contact ID"})
    assert "required column missing: 'Contact ID' (nearest: Contact Id)" in held(
        b"Mail,Contact Id,Made\n", one
    )


def test_column_names_are_matched_exactly() -> None:
    assert "'id'" in held(b"ID,mail,made\n")


def test_several_missing_columns_are_all_named() -> None:
    one = an_input({"lead_id": {"join": ["first", "second"]}})
    assert "required columns missing: 'first', 'second'; " in held(b"x,y\n", one)


@pytest.mark.parametrize("delimiter", [";", "|", "\t"])
def test_a_header_in_one_column_asks_for_its_delimiter(delimiter: str) -> None:
    message = held(delimiter.join(["id", "mail", "made"]).encode())
    assert f"is the delimiter {delimiter!r}, not ','?" in message


@pytest.mark.parametrize(
    ("content", "name"), [(b"id,mail,made,id\n", "id"), (b"id,mail,made,Mail\n", "mail")]
)
def test_a_repeated_column_holds_the_file(content: bytes, name: str) -> None:
    assert f"column '{name}' stands twice in the header" in held(content)


def test_a_repeated_column_that_nobody_maps_is_a_new_column() -> None:
    header = read(b"id,note,mail,Note,made,note\n")
    told = ("note", "Note (column 4)", "note (column 6)")
    assert header.columns == ("id", "note", "mail", told[1], "made", told[2])
    assert header.unmapped == told


def test_a_repeated_column_that_is_ignored_is_ignored_each_time() -> None:
    one = an_input(ignore_columns=["note"])
    assert read(b"id,note,mail,note,made\n", one).unmapped == ()


def test_the_name_of_a_repeated_column_is_no_other_column_s() -> None:
    columns = read(b"id,note,note,note (column 3),,(column 5)\n").columns
    assert len({name.casefold() for name in columns}) == 6


@pytest.mark.parametrize("name", ["file_line", "File_Line"])
def test_a_column_named_like_the_line_number_holds_the_file_only_where_mapped(name: str) -> None:
    content = f"id,mail,made,{name}\n".encode()
    header = read(content)
    assert header.unmapped == header.columns[3:] == (f"{name} (column 4)",)
    because = f"column '{name}' has the name under which lines are numbered here; rename it"
    assert held(content, an_input({"lead_id": "id", "email": name})) == because


def test_a_quoted_name_may_go_on_over_lines() -> None:
    header = read(b'\nid,"Company\r\n size ",mail,made\n1,2,3,4\n')
    assert header == Header(3, ("id", "Company size", "mail", "made"), ("Company size",), ())


@pytest.mark.parametrize("content", [b"id,pr\xe9nom\n", b'id,"mail"x\n', b'id,"mail\nma"de\n'])
def test_a_header_that_cannot_be_read_holds_the_file(content: bytes) -> None:
    assert held(content).startswith("the header cannot be read")


@pytest.mark.parametrize("lines", [0, 3, 5000])
def test_a_quoted_name_that_is_never_closed_holds_the_file(lines: int) -> None:
    message = held(b'id,mail,"made\n' + b"1,2,x\n" * lines)
    assert message.startswith("the header cannot be read (a quoted name is never closed)")


def test_records_are_not_taken_for_a_part_of_the_header() -> None:
    content = b'id,mail,"made\n1,a,b\n2,c,"\n'
    assert "records follow inside a quoted name" in held(content)


@pytest.mark.parametrize(
    "content", [b'{"id": 1, "mail": "x"}\n', b'[{"id": 1}]', b"[\n {\n", b"{\n", b'{"id": {\n']
)
def test_json_read_as_csv_is_held_with_what_to_do(content: bytes) -> None:
    assert held(content).startswith("JSON, read as CSV; write one object on each line, and end")


def test_a_header_in_brackets_is_no_json() -> None:
    assert read(b"[id],id\n").columns == ("[id]", "id")


def test_a_nul_byte_in_the_header_holds_the_file() -> None:
    assert held(b"id,mail,made,x\0y\n").startswith("the header cannot be read")


@pytest.mark.parametrize("content", [b"", b"\n", b" \r\n\t\n"])
def test_fault_26_a_file_without_a_header_has_the_columns_that_are_read(content: bytes) -> None:
    assert read(content) == Header(0, ("id", "made", "mail"), (), ())


def test_fault_26_a_header_without_rows_is_read() -> None:
    assert read(b"id,mail,made").line == 1


def test_columns_behind_required_ones_known_at_and_when_are_required() -> None:
    one = Input.model_validate(
        {
            "name": "x",
            "files": "*.csv",
            "known_at": "seen",
            "tables": [
                {
                    "table": "opportunities",
                    "when": {"column": "won"},
                    "columns": {
                        "opportunity_id": {"join": [{"constant": "o"}, "a", "b"]},
                        "status": {"column": "state", "values": {"x": "won"}},
                        "amount": "value",
                        "currency": {"constant": "EUR"},
                        "stage": "state",
                    },
                },
                {"table": "leads", "columns": {"lead_id": "a", "source": "origin"}},
            ],
        }
    )
    assert required_columns(one, CONTRACT) == {"seen", "won", "a", "b", "state"}
    assert optional_columns(one, CONTRACT) == {"value", "origin"}
