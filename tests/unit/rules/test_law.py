import pytest

from tests.changed_rules import ChangedRules


def test_policies_as_shipped_are_good(rules: ChangedRules) -> None:
    assert rules.problems() == []


@pytest.mark.parametrize(
    ("table", "cells", "values", "said"),
    [
        (
            "contact_policies",
            "answering_email",
            {"request_days": ""},
            "request_days is empty, so a request could be answered for ever; fill it",
        ),
        (
            "contact_policies",
            "prospecting_email_de",
            {"request_days": "30"},
            "request_days '30' means nothing where ground_needed is 'consent'; empty it",
        ),
        (
            "contact_policies",
            "prospecting_email_de",
            {"ground_needed": "request", "request_days": "30"},
            "a request is no ground for 'prospecting'; name consent or legitimate_interest",
        ),
        (
            "contact_policies",
            "prospecting_email_de",
            {"country_code": "GE RMANY"},
            "country_code 'GE RMANY' is no ISO 3166-1 alpha-2 code",
        ),
        (
            "contact_policies",
            "prospecting_email_de",
            {"source_url": "a book"},
            "source_url 'a book' cannot be looked up; begin it with https://",
        ),
        (
            "contact_policies",
            "tracking_web_de",
            {"channel": "any"},
            "channel 'any' of purpose 'tracking' is not in contact_purposes.csv; add it there, or "
            "nobody asks for the policy",
        ),
        (
            "tracking_policies",
            "page_elsewhere",
            {"interaction_type": "Page"},
            "interaction_type 'Page' has capitals or blanks around it, and types are compared in "
            "lower case; write 'page'",
        ),
        (
            "tracking_policies",
            "page_elsewhere",
            {"country_code": "EUROPE"},
            "country_code 'EUROPE' is no ISO 3166-1 alpha-2 code",
        ),
        (
            "person_acts",
            "unsubscribe",
            {"objects_to_purpose": ""},
            "objects_to_channel names no purpose; fill objects_to_purpose",
        ),
        (
            "person_acts",
            "click",
            {"resets_retention": "false"},
            "interaction_type 'click' neither resets the clock nor objects to anything; remove the "
            "row",
        ),
        (
            "retention_policies",
            "FR",
            {"retention_days": "29"},
            "notice_days '30' must be 29 or less: the data would be gone before the person is told",
        ),
    ],
)
def test_a_row_that_makes_no_sense_is_told(
    rules: ChangedRules, table: str, cells: str, values: dict[str, str], said: str
) -> None:
    place = rules.change(table, cells, **values)
    assert any(one.startswith(said) for one in rules.said_of(place)), rules.problems()


def test_notices_may_be_due_when_the_data_go(rules: ChangedRules) -> None:
    rules.change("retention_policies", "FR", retention_days="30")
    assert rules.problems() == []


def test_everybody_is_covered(rules: ChangedRules) -> None:
    rules.drop("contact_policies", "prospecting_email_elsewhere")
    rules.drop("contact_reasons", "objected")
    rules.change("retention_policies", "*", country_code="BE")
    line = rules.line("contact_purposes", "prospecting", "email")
    assert rules.problems() == [
        f"contact_purposes.csv:{line}: no policy of 'prospecting' by 'email' holds everywhere; add "
        "a row with * and * to contact_policies.csv",
        "contact_reasons.csv:1: reason 'objected' has no words; add its row",
        "retention_policies.csv:1: no row holds everywhere; add one with country_code *",
    ]


def test_tracking_without_consent_has_its_reason(rules: ChangedRules) -> None:
    place = rules.change("tracking_policies", "page_elsewhere", needs_consent="true")
    assert rules.problems() == []
    rules.drop("traffic_reasons", "no_tracking_consent")
    assert rules.said_of(place) == [
        "needs_consent is true and traffic_reasons.csv has no row 'no_tracking_consent', so "
        "nothing would come of it; add the row"
    ]
