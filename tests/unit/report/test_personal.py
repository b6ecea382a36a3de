"""What the site may not show is refused by name."""

from pathlib import Path

import duckdb
import pytest

from lead_warehouse import PROJECT_DIR
from lead_warehouse.errors import UserError
from lead_warehouse.report.export import export
from lead_warehouse.report.personal import tagged_columns
from lead_warehouse.state.generations import Generation

TAGGED = tagged_columns(PROJECT_DIR / "models")


@pytest.fixture
def generation(tmp_path: Path) -> Generation:
    folder = tmp_path / "generation"
    folder.mkdir()
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute("create schema marts; create schema raw; create schema intermediate")
        connection.execute("create table raw.refresh_context as select 'abc' as rules_digest")
        connection.execute(
            "create table marts.dim_leads as select 'L-' || n as lead_id, 'a@b.fr' as email,"
            " 'Ada' as first_name, case when n < 4 then 'FR' else 'DE' end as country_code,"
            " 'U-1' as owner_id, case n when 1 then 'ada@b.fr' else '' end as job_title,"
            " timestamp '2026-01-01 23:30:00' as created_at from range(1, 13) as numbers (n)"
        )
        connection.execute("create table intermediate.int_leads as from marts.dim_leads")
        connection.execute("create view marts.fct_leads as select * from warehouse.marts.dim_leads")
    return Generation("run", folder, {"as_of": "2026-01-01 00:00:00", "digest": "x"})


def exported(generation: Generation, tmp_path: Path, sql: str, *, internal: bool = True) -> Path:
    query, target = tmp_path / "people.sql", tmp_path / "report.duckdb"
    query.write_text(sql)
    export(generation, [query], target, TAGGED, is_internal=internal)
    return target


def rows(target: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(target), read_only=True) as connection:
        return connection.execute("from people").fetchall()


def test_tags_of_the_models_are_found() -> None:
    assert {"email", "first_name", "last_name", "phone"} <= TAGGED["dim_leads"]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select email from marts.dim_leads", "dim_leads.email"),
        ("select email as contact from marts.dim_leads", "dim_leads.email"),
        ("select lower(leads.first_name) as name from marts.dim_leads as leads", "first_name"),
        ("select * from marts.dim_leads", "takes *"),
        ("select leads.* from marts.dim_leads as leads", "takes *"),
        ("with people as (select * from marts.dim_leads) select lead_id from people", "takes *"),
        ("select lead_id from marts.dim_leads where email like 'a%'", "dim_leads.email"),
        ("select lead_id from intermediate.int_leads", "intermediate.int_leads"),
        ("select lead_id from raw.leads", "raw.leads"),
        ("select lead_id from warehouse.marts.dim_leads", "names a database"),
        ("select columns('.*name') from marts.dim_leads", "takes *"),
        ("select owner_id from marts.dim_leads", "owner_id"),
        ("select lead_id, job_title from marts.dim_leads", "look like mail addresses"),
        ("select 1 as one; select 2 as two", "one statement"),
    ],
)
def test_fault_55_personal_data_fail_the_build_with_the_query_named(
    generation: Generation, tmp_path: Path, sql: str, said: str
) -> None:
    with pytest.raises(UserError, match="people") as refused:
        exported(generation, tmp_path, sql)
    assert said in str(refused.value)


def test_what_is_not_personal_leaves_with_instants_as_text(
    generation: Generation, tmp_path: Path
) -> None:
    sql = "select lead_id, created_at from marts.dim_leads order by 1 limit 1"
    assert rows(exported(generation, tmp_path, sql)) == [("L-1", "2026-01-01 23:30")]


def test_small_groups_are_masked_in_the_published_site_only(
    generation: Generation, tmp_path: Path
) -> None:
    sql = (
        "select country_code, masked(count(*), count(*)) as lead_count"
        " from marts.dim_leads group by country_code order by country_code"
    )
    assert rows(exported(generation, tmp_path, sql)) == [("DE", 9), ("FR", 3)]
    assert rows(exported(generation, tmp_path, sql, internal=False)) == [("DE", 9), ("FR", None)]


@pytest.mark.parametrize(("people", "shown"), [(0, 0), (1, None), (4, None), (5, 5)])
def test_a_group_is_shown_when_empty_or_of_five(
    generation: Generation, tmp_path: Path, people: int, shown: int | None
) -> None:
    sql = f"select masked({people}, {people}) as lead_count"
    assert rows(exported(generation, tmp_path, sql, internal=False)) == [(shown,)]


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(0, 20, 0.5), (5, 20, 0.5), (3, 20, None), (3, 3, None), (0, 4, None), (0.5, 20, None)],
)
def test_a_rate_is_shown_when_neither_its_part_nor_its_whole_is_small(
    generation: Generation, tmp_path: Path, part: float, whole: int, shown: float | None
) -> None:
    sql = f"select masked_rate(cast(0.5 as double), {part}, {whole}) as some_rate"
    assert rows(exported(generation, tmp_path, sql, internal=False)) == [(shown,)]
    assert rows(exported(generation, tmp_path, sql)) == [(0.5,)]


def test_words_of_the_data_are_said_in_both_languages(
    generation: Generation, tmp_path: Path
) -> None:
    sql = (
        "select said_en(word) as en, said_fr(word) as fr"
        " from (values ('trade_show'), ('new_thing'), (null)) as words (word)"
    )
    assert rows(exported(generation, tmp_path, sql)) == [
        ("trade show", "salon"),
        ("new thing", "new thing"),
        (None, None),
    ]


def test_a_small_count_that_was_not_masked_fails_the_build(
    generation: Generation, tmp_path: Path
) -> None:
    sql = "select country_code, count(*) as lead_count from marts.dim_leads group by country_code"
    with pytest.raises(UserError, match=r"people: lead_count has 1 cells of fewer than 5"):
        exported(generation, tmp_path, sql, internal=False)
    exported(generation, tmp_path, f"-- not people: lead_count\n{sql}", internal=False)


def test_a_query_that_does_not_run_is_named(generation: Generation, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"report query people: .*no_such_column"):
        exported(generation, tmp_path, "select no_such_column from marts.dim_leads")
