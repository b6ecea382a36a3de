import pytest

from tests.changed_rules import ChangedRules


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("Info", "write 'info'"),
        ("info@example.com", "write 'info'"),
        ("info+news", "write 'info'"),
        ("@example.com", "write what stands before the at sign"),
    ],
)
def test_a_mailbox_that_matches_no_address_is_told_how_to_be_written(
    rules: ChangedRules, written: str, advice: str
) -> None:
    place = rules.change("role_mailboxes", "accueil", local_part=written)
    [said] = rules.said_of(place)
    assert said.startswith(f"local_part '{written}' would match no address: ")
    assert said.endswith(f"; {advice}")


@pytest.mark.parametrize("written", ["service.achats", "no_reply", "équipe"])
def test_a_mailbox_as_addresses_are_compared_is_good(rules: ChangedRules, written: str) -> None:
    rules.change("role_mailboxes", "accueil", local_part=written)
    assert rules.problems() == []


def test_a_mailbox_stands_there_once(rules: ChangedRules) -> None:
    first = rules.line("role_mailboxes", "accueil")
    place = rules.add("role_mailboxes", "accueil")
    assert rules.said_of(place) == [f"local_part 'accueil': line {first} has the same; keep one"]


@pytest.mark.parametrize(
    ("column", "value", "least"),
    [("max_leads_per_email", "0", 1), ("max_leads_per_visitor", "-1", 0)],
)
def test_limits_of_sharing_are_in_range(
    rules: ChangedRules, column: str, value: str, least: int
) -> None:
    place = rules.change("identity", "5", **{column: value})
    assert rules.said_of(place) == [
        f"{column} '{value}' is out of range; it must be {least} or more and 1000 or less"
    ]


def test_the_limits_are_one_row(rules: ChangedRules) -> None:
    place = rules.add("identity", "5", "5", "true")
    assert rules.said_of(place) == ["holds 2 rows and must hold 1; keep or add as many"]


def test_whether_tags_are_ignored_is_yes_or_no(rules: ChangedRules) -> None:
    place = rules.change("identity", "5", is_email_tag_ignored="maybe")
    assert rules.said_of(place) == ["is_email_tag_ignored 'maybe' is not true or false"]
