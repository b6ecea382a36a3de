from pathlib import Path
from textwrap import dedent, indent

import pytest

from lead_warehouse.contract import load_contract
from lead_warehouse.errors import UserError
from lead_warehouse.mapping import Constant, FromColumn, Join, Mapping, When, load_mapping
from lead_warehouse.mapping.load import MappingError

PROJECT = Path(__file__).parents[3]

# Nine lines, so that what a test adds below `columns` starts on line 10.
LEADS = """\
version: 1
inputs:
  - name: leads
    files: leads*.csv
    delimiter: ","
    tables:
      - table: leads
        columns:
          lead_id: id
"""


def with_columns(text: str) -> str:
    """The mapping of leads with further columns, from line 10 on."""
    return LEADS + indent(dedent(text).lstrip("\n"), " " * 10)


def with_setting(text: str) -> str:
    """The mapping of leads with the setting on line 5 replaced."""
    return LEADS.replace('delimiter: ","', text)


def load(folder: Path, text: str) -> Mapping:
    path = folder / "mapping.yml"
    path.write_text(text, encoding="utf-8")
    return load_mapping(path)


def problems(folder: Path, text: str) -> list[str]:
    """The problems of a mapping, without the path of the file before the line."""
    with pytest.raises(MappingError) as error:
        load(folder, text)
    assert str(error.value) == "\n".join(error.value.problems)
    path = f"{folder / 'mapping.yml'}:"
    assert all(line.startswith(path) for line in error.value.problems)
    return [line.removeprefix(path) for line in error.value.problems]


# Mappings that are right


@pytest.mark.parametrize(
    "path",
    [
        "examples/leadforge/mapping.yml",
        "examples/olist/mapping.yml",
        "lead_warehouse/simulate/mapping.yml",
    ],
)
def test_the_mappings_of_the_project_are_right(path: str) -> None:
    assert load_mapping(PROJECT / path).inputs


def test_what_is_not_said_has_a_default(tmp_path: Path) -> None:
    (one,) = load(tmp_path, LEADS).inputs
    assert (one.delimiter, one.encoding, one.decimal_mark, one.time_zone) == (
        ",",
        "utf-8",
        ".",
        "UTC",
    )
    assert (one.date_format, one.timestamp_format, one.known_at) == ("%Y-%m-%d", None, None)
    assert one.tables[0].columns == {"lead_id": FromColumn(column="id")}


def test_a_column_may_be_a_name_a_constant_or_a_join(tmp_path: Path) -> None:
    mapping = load(
        tmp_path,
        with_columns(
            """
            email: {column: mail, values: {none: null}}
            source: {constant: fair}
            is_listed: {constant: true}
            employee_count: {constant: 12}
            account_id: {join: [country, {constant: x}, {column: site}], separator: ":"}
            """
        ),
    )
    assert mapping.inputs[0].tables[0].columns == {
        "lead_id": FromColumn(column="id"),
        "email": FromColumn(column="mail", values={"none": None}),
        "source": Constant(constant="fair"),
        "is_listed": Constant(constant="true"),
        "employee_count": Constant(constant="12"),
        "account_id": Join(
            join=[FromColumn(column="country"), Constant(constant="x"), FromColumn(column="site")],
            separator=":",
        ),
    }


def test_a_known_at_column_may_be_a_name(tmp_path: Path) -> None:
    (one,) = load(tmp_path, with_setting("known_at: seen")).inputs
    assert one.known_at == FromColumn(column="seen")


def test_a_table_may_be_fed_by_some_records_only(tmp_path: Path) -> None:
    text = LEADS.replace("columns:", "when: {column: kind, values: [lead]}\n        columns:")
    assert load(tmp_path, text).inputs[0].tables[0].when == When(column="kind", values=["lead"])


@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris", "America/Argentina/Buenos_Aires"])
def test_any_iana_time_zone_is_known(tmp_path: Path, zone: str) -> None:
    assert load(tmp_path, with_setting(f"time_zone: {zone}")).inputs[0].time_zone == zone


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\\t", " "])
def test_any_common_delimiter_is_taken(tmp_path: Path, delimiter: str) -> None:
    assert load(tmp_path, with_setting(f'delimiter: "{delimiter}"')).inputs


@pytest.mark.parametrize("pattern", ["leads.csv", "in/*.csv", "**/leads*.csv", "a..b.csv"])
def test_a_pattern_below_the_input_folder_is_taken(tmp_path: Path, pattern: str) -> None:
    text = LEADS.replace("leads*.csv", f'"{pattern}"')
    assert load(tmp_path, text).inputs[0].files == pattern


# Files that are no mapping


def test_a_missing_file_is_told_with_the_option_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no mapping file at .*gone\.yml; name one with --mapping"):
        load_mapping(tmp_path / "gone.yml")


def test_a_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yml"
    path.write_bytes(b"version: 1 # \xff")
    with pytest.raises(UserError, match=r"mapping\.yml cannot be read"):
        load_mapping(path)


def test_a_folder_is_no_mapping(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        load_mapping(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "version: 1\n\tinputs: []\n",
        "inputs: [",
        "a: b: c",
        "? [a, b]\n: c\n",
        "a: !!python/object/apply:os.getcwd []",
    ],
)
def test_what_is_not_yaml_is_told_on_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserError, match=r"mapping\.yml is not valid YAML: ") as error:
        load(tmp_path, text)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n", "leads\n", "7\n"])
def test_yaml_that_is_no_mapping_is_told_how_to_start(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserError, match="holds no mapping; start it with 'version: 1'"):
        load(tmp_path, text)


def test_a_file_that_holds_itself_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        load(tmp_path, "version: 1\ninputs: &all\n  - *all\n")


# Settings


def test_an_unknown_setting_is_named_with_its_line_and_the_nearest_one(tmp_path: Path) -> None:
    assert problems(tmp_path, with_setting("time_zon: UTC")) == [
        "5: 'time_zon' is not a setting here; did you mean 'time_zone'?"
    ]


def test_a_setting_like_no_other_gets_no_hint(tmp_path: Path) -> None:
    assert problems(tmp_path, with_setting("xyzzy: 1")) == ["5: 'xyzzy' is not a setting here"]


def test_fault_50_sql_has_no_place_in_a_mapping(tmp_path: Path) -> None:
    found = problems(tmp_path, with_columns("email: {sql: lower(mail)}"))
    assert "10: 'sql' is not a setting here" in "\n".join(found)


def test_a_setting_of_another_place_is_not_its_own_remedy(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, with_columns("email: {constant: x, column: y}"))
    assert problem.startswith("10: 'column' is not a setting here")
    assert "did you mean 'column'" not in problem


def test_a_missing_setting_is_told_where_it_belongs(tmp_path: Path) -> None:
    text = LEADS.replace("    files: leads*.csv\n", "")
    assert problems(tmp_path, text) == ["3: 'files' is missing; add it, or 'database' and 'table'"]


def test_all_problems_are_told_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    text = with_setting("colour: red").replace("version: 1", "version: 2")
    found = problems(tmp_path, text.replace("files: leads*.csv", "files: /etc/passwd"))
    assert [line.split(":")[0] for line in found] == ["1", "4", "5"]


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        (
            "time_zone: Paris",
            "'Paris' is not a time zone; use an IANA name such as Europe/Paris",
        ),
        (
            "time_zone: UTC+2",
            "'UTC+2' is not a time zone; use an IANA name such as Europe/Paris",
        ),
        (
            "encoding: utf8",
            "'encoding' must be 'utf-8', 'latin-1', 'cp1252' or 'utf-16', not 'utf8'",
        ),
        ('decimal_mark: "·"', "'decimal_mark' must be '.' or ',', not '·'"),
        ("delimiter: '\"'", "'\"' cannot delimit columns; use ',', ';', '|' or a tab"),
        ('delimiter: "\\n"', "'\\n' cannot delimit columns; use ',', ';', '|' or a tab"),
        ("delimiter: é", "'é' cannot delimit columns; use ',', ';', '|' or a tab"),
    ],
)
def test_a_setting_out_of_range_is_told_with_what_it_may_be(
    tmp_path: Path, setting: str, problem: str
) -> None:
    assert problems(tmp_path, with_setting(setting)) == [f"5: {problem}"]


@pytest.mark.parametrize("delimiter", ['";;"', '""', '"\\0"', "7", '"7"'])
def test_what_cannot_delimit_is_refused(tmp_path: Path, delimiter: str) -> None:
    (problem,) = problems(tmp_path, with_setting(f"delimiter: {delimiter}"))
    assert problem.startswith("5: ")


@pytest.mark.parametrize("name", ["Leads", "my-leads", "1leads", "leads'; drop", '""'])
def test_an_input_has_a_plain_name(tmp_path: Path, name: str) -> None:
    (problem,) = problems(tmp_path, LEADS.replace("name: leads", f"name: {name}"))
    assert problem.startswith("3: ")


def test_input_names_are_unique(tmp_path: Path) -> None:
    again = LEADS.removeprefix("version: 1\ninputs:\n")
    assert problems(tmp_path, LEADS + again) == [
        "10: input 'leads' is declared twice; give each input its own name"
    ]


@pytest.mark.parametrize("pattern", ["/etc/passwd", "../leads.csv", "a/../../b.csv", "..", '""'])
def test_fault_52_a_pattern_cannot_leave_the_input_folder(tmp_path: Path, pattern: str) -> None:
    (problem,) = problems(tmp_path, LEADS.replace("leads*.csv", pattern))
    assert problem.startswith("4: ")
    assert "must be relative to the input folder, without '..'; name the folder" in problem


def test_a_pattern_that_cannot_be_looked_up_is_refused(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, LEADS.replace("leads*.csv", "leads**.csv"))
    assert problem.startswith("4: ")


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ("%d/%m/%Q", "'%Q' is not allowed; use %Y, %y, %m, %d, %H, %M, %S, %f, %p, %I, %b, %B, %z"),
        ("%c", "'%c' is not allowed; use %Y, %y, %m, %d, %H, %M, %S, %f, %p, %I, %b, %B, %z"),
        ("%%", "'%%' is not allowed; use %Y, %y, %m, %d, %H, %M, %S, %f, %p, %I, %b, %B, %z"),
        ("%-d", "'%-' is not allowed; use %Y, %y, %m, %d, %H, %M, %S, %f, %p, %I, %b, %B, %z"),
        ("dd/mm/yyyy", "'dd/mm/yyyy' has no directive; write it like %d/%m/%Y"),
    ],
)
@pytest.mark.parametrize("setting", ["date_format", "timestamp_format"])
def test_a_format_holds_known_directives_only(
    tmp_path: Path, setting: str, form: str, problem: str
) -> None:
    assert problems(tmp_path, with_setting(f'{setting}: "{form}"')) == [f"5: {problem}"]


def test_a_format_may_not_end_in_a_percent_sign(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, with_setting('date_format: "%Y-%m-%"'))
    assert problem.startswith("5: ")


@pytest.mark.parametrize(
    "setting",
    [
        "date_format:",
        "date_format: 2024",
        "date_format: [a]",
        "timestamp_format: 2024",
        "time_zone:",
        "time_zone: 2",
        "time_zone: [UTC]",
        "empty_values:",
        "empty_values: x",
        "ignore_columns: x",
        "encoding: [a]",
        "decimal_mark:",
    ],
)
def test_a_setting_of_another_type_is_told(tmp_path: Path, setting: str) -> None:
    found = problems(tmp_path, with_setting(setting))
    assert [line.split(":")[0] for line in found] == ["5"]


# Repeated keys


def test_a_key_that_stands_twice_is_told_with_its_second_line(tmp_path: Path) -> None:
    assert problems(tmp_path, with_columns("email: a\nemail: b")) == [
        "11: 'email' stands twice; keep one"
    ]
    assert problems(
        tmp_path, with_columns("provenance: {column: p, values: {d: direct, d: x}}")
    ) == ["10: 'd' stands twice; keep one"]
    assert problems(tmp_path, LEADS + "version: 1\n") == ["10: 'version' stands twice; keep one"]


def test_a_quoted_key_is_the_same_key(tmp_path: Path) -> None:
    assert problems(tmp_path, with_columns('"lead_id": b')) == [
        "10: 'lead_id' stands twice; keep one"
    ]


# Columns


@pytest.mark.parametrize("source", ["", "~", "[a]"])
def test_a_column_without_a_source_is_told(tmp_path: Path, source: str) -> None:
    found = problems(tmp_path, with_columns(f"email: {source}"))
    assert all(line.startswith("10: ") for line in found)


def test_a_part_of_a_join_without_a_source_is_told_with_its_line(tmp_path: Path) -> None:
    found = problems(tmp_path, with_columns("email:\n  join:\n    - a\n    - [5]"))
    assert found
    assert all(line.startswith("13: ") for line in found)


@pytest.mark.parametrize("source", ["{}", "{join: []}", '""', "{constant: }", "{constant: [a]}"])
def test_a_source_that_says_nothing_is_told(tmp_path: Path, source: str) -> None:
    (problem,) = problems(tmp_path, with_columns(f"email: {source}"))
    assert problem.startswith("10: ")


def test_a_problem_inside_a_column_is_told_with_its_own_line(tmp_path: Path) -> None:
    text = """
        created_at:
          column: made
          format: "%Q"
          time_zone: Paris
    """
    assert [line.split(":")[0] for line in problems(tmp_path, with_columns(text))] == ["12", "13"]


def test_a_problem_of_a_later_input_is_told_with_its_own_line(tmp_path: Path) -> None:
    again = LEADS.removeprefix("version: 1\ninputs:\n").replace("name: leads", "name: more")
    text = LEADS + again.replace("lead_id: id", "lead_id: id\n          emial: mail")
    assert problems(tmp_path, text) == [
        "17: 'emial' is not a column of 'leads'; did you mean 'email'?"
    ]


# Against the contract


def test_an_unknown_table_is_named_with_the_nearest_one(tmp_path: Path) -> None:
    assert problems(tmp_path, LEADS.replace("table: leads", "table: opportunitys")) == [
        "7: 'opportunitys' is not a canonical table; did you mean 'opportunities'?"
    ]


def test_an_unknown_column_is_named_with_the_nearest_one(tmp_path: Path) -> None:
    assert problems(tmp_path, with_columns("crated_at: made")) == [
        "10: 'crated_at' is not a column of 'leads'; did you mean 'created_at'?"
    ]


def test_provenance_columns_cannot_be_mapped(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, with_columns("file_digest: x"))
    assert problem.startswith("10: 'file_digest' is not a column of 'leads'")


@pytest.mark.parametrize("table", sorted(load_contract().tables))
def test_every_required_column_must_be_mapped(tmp_path: Path, table: str) -> None:
    columns = load_contract().tables[table].columns
    optional = next((name for name in columns if not columns[name].required), None)
    required = [name for name in columns if columns[name].required]
    mapped = optional or required.pop()
    text = LEADS.replace("table: leads", f"table: {table}").replace("lead_id: id", f"{mapped}: x")
    assert problems(tmp_path, text) == sorted(
        f"7: table '{table}' needs column '{name}'; map it" for name in required
    )


@pytest.mark.parametrize(
    "source",
    [
        "{constant: Direct}",
        "{column: p, values: {d: Direct}}",
        "{column: p, values: {a: Direct, b: direct}}",
    ],
)
def test_a_value_that_the_contract_does_not_know_is_told(tmp_path: Path, source: str) -> None:
    assert problems(tmp_path, with_columns(f"provenance: {source}")) == [
        "10: 'Direct' is not a value of 'provenance'; use one of direct, indirect"
    ]


def test_a_value_may_be_mapped_to_nothing(tmp_path: Path) -> None:
    assert load(tmp_path, with_columns("provenance: {column: p, values: {x: null}}")).inputs


@pytest.mark.parametrize(
    ("column", "problem"),
    [
        (
            "email: {column: x, format: '%Y'}",
            "'email' is a string; 'format' is for dates and timestamps",
        ),
        (
            "employee_count: {column: x, format: '%Y'}",
            "'employee_count' is a bigint; 'format' is for dates and timestamps",
        ),
        (
            "email: {column: x, time_zone: UTC}",
            "'email' is a string; 'time_zone' is for timestamps",
        ),
        (
            "created_at: {column: x, decimal_mark: ','}",
            "'created_at' is a timestamp; 'decimal_mark' is for numbers",
        ),
        (
            "employee_count: {join: [a, b]}",
            "'employee_count' is a bigint and cannot be joined; only strings can",
        ),
        (
            "source: {column: x, other_values: reject}",
            "'source' rejects other values but lists none; add 'values'",
        ),
        (
            "source: {column: x, values: {}, other_values: reject}",
            "'source' rejects other values but lists none; add 'values'",
        ),
    ],
)
def test_a_rule_that_does_not_fit_the_type_is_told(
    tmp_path: Path, column: str, problem: str
) -> None:
    assert problems(tmp_path, with_columns(column)) == [f"10: {problem}"]


def test_a_time_zone_does_not_fit_a_date(tmp_path: Path) -> None:
    text = LEADS.replace("table: leads", "table: campaigns").replace("lead_id", "campaign_id")
    assert problems(tmp_path, text + "          starts_on: {column: x, time_zone: UTC}\n") == [
        "10: 'starts_on' is a date; 'time_zone' is for timestamps"
    ]


@pytest.mark.parametrize(
    "column",
    [
        "annual_revenue: {column: x, decimal_mark: ','}",
        "created_at: {column: x, format: '%d/%m/%Y', time_zone: Europe/Paris}",
        "source: {column: x, values: {a: b}, other_values: reject}",
    ],
)
def test_a_rule_that_fits_the_type_is_taken(tmp_path: Path, column: str) -> None:
    assert load(tmp_path, with_columns(column)).inputs


@pytest.mark.parametrize(
    "rule", ["format: '%Y'", "time_zone: UTC", "decimal_mark: ','", "other_values: reject"]
)
def test_a_part_of_a_join_has_no_rule_that_would_be_passed_over(tmp_path: Path, rule: str) -> None:
    found = problems(tmp_path, with_columns(f"account_id: {{join: [a, {{column: b, {rule}}}]}}"))
    assert found


@pytest.mark.parametrize("rule", ["decimal_mark: ','", "other_values: reject"])
def test_known_at_has_no_rule_that_would_be_passed_over(tmp_path: Path, rule: str) -> None:
    assert problems(tmp_path, with_setting(f"known_at: {{column: seen, {rule}}}"))


# Values are read as they are written


@pytest.mark.parametrize("text", ["NO", "yes", "010", "12:30", "1_000", "1e3", "2026-01-31"])
def test_a_value_is_the_text_that_was_written(tmp_path: Path, text: str) -> None:
    (one,) = load(tmp_path, with_columns(f"country_code: {{constant: {text}}}")).inputs
    assert one.tables[0].columns["country_code"] == Constant(constant=text)
    mapped = with_columns(f"country_code: {{column: c, values: {{{text}: {text}, Select: null}}}}")
    (one,) = load(tmp_path, mapped).inputs
    source = one.tables[0].columns["country_code"]
    assert isinstance(source, FromColumn)
    assert source.values == {text: text, "Select": None}


@pytest.mark.parametrize(
    ("column", "value"),
    [("employee_count", "abc"), ("employee_count", "1.5"), ("is_listed", "maybe")],
)
def test_a_constant_fits_the_type_of_its_column(tmp_path: Path, column: str, value: str) -> None:
    (problem,) = problems(tmp_path, with_columns(f"{column}: {{constant: {value}}}"))
    assert problem.startswith(f"10: '{value}' is no ")


def test_an_alias_is_refused_before_it_unfolds(tmp_path: Path) -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with pytest.raises(UserError, match="uses a YAML alias"):
        load(tmp_path, bomb)


# Parquet


@pytest.mark.parametrize("pattern", ["leads*.parquet", "**/LEADS.PARQUET"])
def test_a_pattern_that_ends_in_parquet_is_for_parquet(tmp_path: Path, pattern: str) -> None:
    text = with_setting('decimal_mark: ","').replace("leads*.csv", f'"{pattern}"')
    assert load(tmp_path, text).inputs[0].form == "parquet"
    assert load(tmp_path, LEADS).inputs[0].form == "csv"


@pytest.mark.parametrize("setting", ["delimiter", "encoding"])
def test_settings_of_csv_are_refused_for_parquet(tmp_path: Path, setting: str) -> None:
    value = {"delimiter": '","', "encoding": "utf-8"}[setting]
    text = with_setting(f"{setting}: {value}").replace("leads*.csv", "leads*.parquet")
    assert problems(tmp_path, text) == [
        f"5: '{setting}' is for CSV; a Parquet file says it, so remove it"
    ]


# JSON lines


@pytest.mark.parametrize("pattern", ["*.jsonl", "**/LEADS.NDJSON", "a.jsonl.gz"])
def test_a_pattern_that_ends_in_jsonl_is_for_json_lines(tmp_path: Path, pattern: str) -> None:
    text = with_setting("encoding: utf-16").replace("leads*.csv", f'"{pattern}"')
    assert load(tmp_path, text).inputs[0].form == "json"
    assert problems(tmp_path, LEADS.replace("leads*.csv", f'"{pattern}"')) == [
        "5: 'delimiter' is for CSV; JSON has none, so remove it"
    ]


# Tables of databases


TABLE = LEADS.replace('    delimiter: ","\n', "").replace(
    "    files: leads*.csv\n", "    database: crm\n    table: public.contacts\n"
)


def test_a_table_of_a_named_database_is_an_input(tmp_path: Path) -> None:
    (one,) = load(tmp_path, TABLE).inputs
    assert (one.form, one.database, one.table) == ("table", "crm", "public.contacts")
    text = TABLE.replace("database: crm", "files: '**/*.sqlite'")
    assert load(tmp_path, text).inputs[0].form == "table"


@pytest.mark.parametrize(
    "name",
    [
        "contacts; drop table leads",
        "contacts where true",
        "read_csv('/etc/passwd')",
        "'x\"y'",
        "../contacts",
        "a.b.c",
        "a.",
        ".a",
        "1a",
        "'a\n'",
        "''",
        "contacts--",
    ],
)
def test_fault_50_a_table_is_a_plain_name(tmp_path: Path, name: str) -> None:
    for text in (TABLE, TABLE.replace("database: crm", "files: crm.sqlite")):
        (problem,) = problems(
            tmp_path,
            text.replace("public.contacts", f'"{name}"'.replace("\"'", "'").replace("'\"", "'")),
        )
        assert "is no name of a table; write table or schema.table" in problem


@pytest.mark.parametrize(
    "name", ["../crm", "CRM", "$HOME", "postgresql://u:p@h/d", "sqlite:x.db", "a b", "{{ x }}"]
)
def test_fault_50_a_database_is_a_name_and_no_address(tmp_path: Path, name: str) -> None:
    found = problems(tmp_path, TABLE.replace("database: crm", f'database: "{name}"'))
    assert any("is no name of a database" in problem for problem in found)


@pytest.mark.parametrize("pattern", ["../crm.sqlite", "/srv/crm.db", "a/../../crm.duckdb"])
def test_fault_52_a_database_file_lies_below_the_input_folder(tmp_path: Path, pattern: str) -> None:
    text = TABLE.replace("database: crm", f"files: {pattern}")
    assert any("must be relative to the input folder" in one for one in problems(tmp_path, text))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    table: public.contacts\n", "", "a database needs 'table'"),
        ("    database: crm\n    table: public.contacts\n", "    files: a.db\n", "needs 'table'"),
        ("    database: crm\n", "    files: a.csv\n", "'table' is for databases"),
        ("    database: crm\n", "    files: a.db\n    database: crm\n", "exclude each other"),
        (
            "    table: public.contacts\n",
            "    table: c\n    delimiter: ';'\n",
            "a database says it",
        ),
        ("    table: public.contacts\n", "    table: c\n    encoding: cp1252\n", "a database says"),
    ],
)
def test_settings_of_databases_and_files_do_not_mix(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert any(message in problem for problem in problems(tmp_path, TABLE.replace(old, new)))


# Lists and marks of thousands


def test_lists_are_declared_for_columns_that_hold_several_values(tmp_path: Path) -> None:
    (one,) = load(tmp_path, with_columns("tech_stack: {column: t, list_separator: '|'}")).inputs
    source = one.tables[0].columns["tech_stack"]
    assert isinstance(source, FromColumn)
    assert source.list_separator == "|"
    load(tmp_path, with_columns("strategic_issues: {column: t, list_format: postgres}"))


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("email: {column: t, list_separator: '|'}", "'email' holds no list; 'list_separator' is"),
        ("email: {column: t, list_format: json}", "'email' holds no list; 'list_format' is for"),
        (
            "tech_stack: {column: t, list_format: json, list_separator: '|'}",
            "'tech_stack' is a list written in one way",
        ),
        (
            "tech_stack: {column: t, list_format: json, values: {a: b}}",
            "'tech_stack' is a list, whose items are not mapped",
        ),
        ("tech_stack: {column: t, list_separator: a}", "'a' cannot separate items"),
        ("tech_stack: {column: t, list_separator: '||'}", "'||' cannot separate items"),
        ("tech_stack: {column: t, list_separator: '\"'}", "cannot separate items"),
        ("tech_stack: {column: t, list_format: yaml}", "'list_format' must be 'json' or"),
        ("email: {column: t, thousands_mark: ','}", "'thousands_mark' is for numbers"),
        (
            "employee_count: {column: t, thousands_mark: '.'}",
            "'.' cannot be both decimal_mark and thousands_mark",
        ),
    ],
)
def test_a_rule_that_cannot_hold_is_told(tmp_path: Path, column: str, message: str) -> None:
    (problem,) = problems(tmp_path, with_columns(column))
    assert problem.startswith("10: ")
    assert message in problem


def test_a_mark_of_the_input_is_held_against_that_of_a_column(tmp_path: Path) -> None:
    text = with_setting("thousands_mark: ','") + "          employee_count: c\n"
    load(tmp_path, text)
    both = with_setting("thousands_mark: ','") + (
        "          employee_count: {column: c, decimal_mark: ','}\n"
    )
    assert problems(tmp_path, both) == [
        "10: ',' cannot be both decimal_mark and thousands_mark; change one"
    ]
