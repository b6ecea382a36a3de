"""A model that memory does not suffice for beside another is built by itself."""

from lead_warehouse.memory import MEMORY_VARIABLE
from tests.small_project import Small

TOO_MUCH = "select list(range) as numbers from range(40000000)"
BESIDE_ANOTHER = "{% if target.threads > 1 %}" + TOO_MUCH + "{% else %}select 1 as n{% endif %}"
MEMORY = {MEMORY_VARIABLE: "100MB"}


def test_fault_18_models_that_memory_ran_out_for_are_built_again_one_at_a_time(
    small: Small,
) -> None:
    small.write("fits", "select 1 as n")
    small.write("too_much", BESIDE_ANOTHER)
    small.write("follows", "select n + 1 as n from {{ ref('too_much') }}")
    results = small.run(**MEMORY)
    assert {name: one.status for name, one in results.items()} == {
        "fits": "success",
        "too_much": "success",
        "follows": "success",
    }
    assert small.ask("select n from marts.follows") == [(2,)]
    assert "memory ran out: 2 models are built again, one at a time" in small.told
    assert sum("marts.fits" in line and "created" in line for line in small.told) == 1
    kept = {path.name for path in (small.folder / "runs").iterdir()}
    assert kept == {"dbt_run_results.json", "dbt_run_again_results.json"}


def test_fault_18_what_memory_never_suffices_for_fails_once_more_and_leaves_what_was_there(
    small: Small,
) -> None:
    small.write("too_much", "select 1 as n")
    assert small.run()["too_much"].status == "success"
    small.write("too_much", TOO_MUCH)
    small.write("follows", "select * from {{ ref('too_much') }}")
    results = small.run(**MEMORY)
    assert "Out of Memory Error" in str(results["too_much"].message)
    assert (results["too_much"].status, results["follows"].status) == ("error", "skipped")
    assert small.ask("select n from marts.too_much") == [(1,)]


def test_fault_18_a_kept_table_has_its_rows_once_when_it_is_built_again(small: Small) -> None:
    def write(n: str) -> None:
        small.write(
            "kept",
            "{{ config(incremental_strategy='replace_touched_leads') }}"
            "-- depends_on: {{ ref('int_leads_touched') }}\n"
            f"select unnest(['a', 'b']) as lead_id, {n} as n",
            "incremental",
        )

    small.write("int_leads_touched", "select 'b' as lead_id")
    write("1")
    assert small.run()["kept"].status == "success"
    write("{% if target.threads > 1 %}(" + TOO_MUCH + "){% else %}2{% endif %}")
    assert small.run(**MEMORY)["kept"].status == "success"
    assert len([line for line in small.told if "one at a time" in line]) == 1
    assert small.ask("select lead_id, n from marts.kept order by lead_id") == [("a", 1), ("b", 2)]


def test_fault_18_what_deleted_rows_keep_in_memory_is_given_back_before_a_model_is_built_again(
    small: Small,
) -> None:
    small.write(
        "deleted_from",
        "{{ config(post_hook={'sql': 'delete from {{ this }} where n % 2000 = 1', "
        "'transaction': False}) }}"
        "select range as n from range(11000000)",
    )
    small.write(
        "much",
        "-- depends_on: {{ ref('deleted_from') }}\n"
        "select list(range) as numbers from range(2500000)",
    )
    results = small.run(**MEMORY)
    assert {name: one.status for name, one in results.items()} == {
        "deleted_from": "success",
        "much": "success",
    }
    assert "memory ran out: 1 model is built again, one at a time" in small.told


def test_another_error_is_not_tried_again(small: Small) -> None:
    small.write("wrong", "select nothing from nowhere")
    assert small.run()["wrong"].status == "error"
    assert not any("one at a time" in line for line in small.told)
