import pytest

from lead_warehouse.landing.notation import Kind, Notation, notation
from lead_warehouse.mapping import FromColumn, Input

ONE = Input.model_validate(
    {
        "name": "crm",
        "files": "*.parquet",
        "empty_values": ["-"],
        "date_format": "%d/%m/%Y",
        "timestamp_format": "%d/%m/%Y %H:%M",
        "time_zone": "Europe/Paris",
        "decimal_mark": ",",
        "tables": [{"table": "leads", "columns": {"lead_id": "id"}}],
    }
)
OWN = FromColumn(column="c", format="%Y%m%d", time_zone="Asia/Tokyo", decimal_mark=".")


def test_text_is_written_as_the_input_declares() -> None:
    assert notation(FromColumn(column="c"), ONE) == Notation(
        ["-"], "%d/%m/%Y", "%d/%m/%Y %H:%M", "Europe/Paris", ","
    )


def test_what_a_column_declares_beats_the_input() -> None:
    assert notation(OWN, ONE, "text") == Notation(["-"], "%Y%m%d", "%Y%m%d", "Asia/Tokyo", ".")


@pytest.mark.parametrize(
    ("kind", "date_format", "timestamp_format"),
    [
        ("number", "%Y-%m-%d", None),
        ("boolean", "%Y-%m-%d", None),
        ("date", "%Y-%m-%d", "%Y-%m-%d"),
        ("timestamp", "%Y-%m-%d 00:00:00", None),
        ("instant", "%Y-%m-%d", None),
    ],
)
def test_of_a_typed_column_only_the_time_zone_is_declared(
    kind: Kind, date_format: str, timestamp_format: str | None
) -> None:
    assert notation(OWN, ONE, kind) == Notation(
        [], date_format, timestamp_format, "Asia/Tokyo", "."
    )
    assert notation(FromColumn(column="c"), ONE, kind).time_zone == "Europe/Paris"
