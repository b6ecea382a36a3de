import pytest

from lead_warehouse.errors import UserError
from lead_warehouse.refresh.accepted import accepted_tables


def test_a_mart_needs_no_schema_and_all_of_them_one_word() -> None:
    assert accepted_tables(["dim_leads", "raw.leads", "marts.dim_leads"]) == [
        "marts.dim_leads",
        "raw.leads",
    ]
    assert {"marts.dim_leads", "marts.rpt_funnel_steps"} < set(accepted_tables(["marts.*"]))
    assert {"raw.leads", "raw.quarantined_rows"} < set(accepted_tables(["raw.*"]))
    assert accepted_tables([]) == []


def test_a_table_there_is_not_is_told_with_the_nearest() -> None:
    with pytest.raises(UserError, match="no table 'dim_lead'; did you mean 'dim_leads'"):
        accepted_tables(["dim_lead"])
