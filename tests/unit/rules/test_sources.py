import pytest

from tests.changed_rules import ChangedRules


@pytest.mark.parametrize(
    ("table", "cells", "values", "said"),
    [
        (
            "source_mappings",
            "webinar",
            {"recorded_source": "-"},
            "no condition is filled, so every source would be of channel 'webinar'; fill "
            "recorded_source, utm_source or utm_medium",
        ),
        (
            "source_mappings",
            "partner",
            {"recorded_source": "Paid-SEARCH"},
            "says what precedence 201 says already, since case, accents, blanks and marks do not "
            "count; remove one of them",
        ),
        (
            "target_metrics",
            "won_deals",
            {"stage": "mql"},
            "measure 'won_deals' and stage do not agree; leave stage empty",
        ),
        (
            "target_metrics",
            "mql",
            {"stage": ""},
            "measure 'stage_entries' and stage do not agree; fill stage",
        ),
        (
            "target_metrics",
            "won_deals",
            {"metric": "Won deals"},
            "metric 'Won deals' would match no target; write 'won_deals'",
        ),
    ],
)
def test_a_row_that_makes_no_sense_is_told(
    rules: ChangedRules, table: str, cells: str, values: dict[str, str], said: str
) -> None:
    place = rules.change(table, cells, **values)
    assert said in rules.said_of(place), rules.problems()
