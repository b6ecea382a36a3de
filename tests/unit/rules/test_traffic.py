import csv
import io
import json

import pytest

from lead_warehouse import PROJECT_DIR
from lead_warehouse.rules.crawlers import rows, terms
from tests.changed_rules import ChangedRules

BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) "
    "SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 "
    "Safari/537.36 OPR/115.0.0.0",
    "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Microsoft Outlook 16.0.5000)",
)


def shipped(table: str, folder: str) -> list[dict[str, str]]:
    with (PROJECT_DIR / "seeds" / folder / f"{table}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("table", "row", "values", "said"),
    [
        ("signal_patterns", "pricing", {"weight_factor": "0"}, None),
        (
            "signal_patterns",
            "pricing",
            {"weight_factor": "-0.5"},
            "weight_factor '-0.5' must be 0 or more",
        ),
        ("signal_patterns", "pricing", {"pattern": ""}, "pattern is empty; fill it"),
        (
            "signal_patterns",
            "pricing",
            {"interaction_type": "pages"},
            "interaction_type 'pages' is scored by no rule; did you mean 'page'?",
        ),
        ("signal_patterns", "pricing", {"interaction_type": "product_page"}, None),
        (
            "traffic_openings",
            "opened_and_nothing_else",
            {"interaction_type": "opne"},
            "interaction_type 'opne' is scored by no rule; did you mean 'open'?",
        ),
        (
            "traffic_honeypots",
            "trap_page",
            {"interaction_type": "pge"},
            "interaction_type 'pge' is scored by no rule; did you mean 'page'?",
        ),
        (
            "person_acts",
            "click",
            {"interaction_type": "clik"},
            "interaction_type 'clik' is scored by no rule; did you mean 'click'?",
        ),
        (
            "traffic_leads",
            "own_mail_domain",
            {"operand": "@vendor.example"},
            "operand '@vendor.example' would match nothing: of addresses and sites the domain is "
            "compared; write 'vendor.example'",
        ),
        (
            "traffic_leads",
            "own_company_domain",
            {"operand": "https://www.vendor.example/about"},
            "operand 'https://www.vendor.example/about' would match nothing: of addresses and "
            "sites the domain is compared; write 'vendor.example'",
        ),
        (
            "traffic_leads",
            "own_company_domain",
            {"match": "ends_with", "operand": ".vendor.example"},
            None,
        ),
        (
            "signal_patterns",
            "pricing",
            {"pattern": "*"},
            "pattern '*' says nothing of an asset; write a path such as /pricing",
        ),
        (
            "signal_patterns",
            "pricing",
            {"match": "equals"},
            "a star in pattern '*/pricing' is a star, unless match is glob; write glob",
        ),
        (
            "signal_patterns",
            "pricing",
            {"pattern": "/pricing?plan=x"},
            "pattern '/pricing?plan=x' has a query or fragment, and assets are compared without; "
            "leave it out",
        ),
        (
            "signal_patterns",
            "pricing",
            {"counts_as": "pricing_pag"},
            "counts_as 'pricing_pag' is in neither signals.csv nor negative_steps.csv; "
            "did you mean 'pricing_page'?",
        ),
        (
            "signal_patterns",
            "pricing",
            {"counts_as": ""},
            "counts_as and weight_factor change nothing; fill one of them or remove the row",
        ),
        (
            "signal_patterns",
            "pricing",
            {"counts_as": "page", "weight_factor": "1"},
            "counts_as and weight_factor change nothing; fill one of them or remove the row",
        ),
        (
            "signal_patterns",
            "pricing",
            {"interaction_type": "game", "counts_as": "", "weight_factor": "2"},
            "interaction_type 'game' has no points that a factor could change; fill counts_as",
        ),
        (
            "signal_patterns",
            "pricing",
            {"interaction_type": "Page"},
            "interaction_type 'Page' would match nothing: types are compared in lower case; "
            "write 'page'",
        ),
        (
            "signal_patterns",
            "pricing",
            {"match": "regex"},
            "match 'regex' is not known; use one of contains, equals, glob, starts_with",
        ),
        ("negative_groups", "careers", {"cap_points": "0.000001"}, None),
        (
            "negative_groups",
            "careers",
            {"cap_points": "0"},
            "cap_points '0' must be greater than 0",
        ),
        (
            "traffic_agents",
            "scanner_by_name",
            {"term": "LinkScanner"},
            "term 'LinkScanner' would match nothing: user agents are compared in lower case; "
            "write 'linkscanner'",
        ),
        (
            "traffic_agents",
            "scanner_by_name",
            {"term": "x"},
            "term 'x' is too short, browsers hold it too; write at least 3 letters",
        ),
        (
            "traffic_agents",
            "scanner_by_name",
            {"term": ""},
            "match 'contains' needs a term; fill it",
        ),
        (
            "traffic_agents",
            "listed_crawler",
            {"term": "bot"},
            "term is not looked at where match is listed; empty it",
        ),
        ("traffic_bursts", "clicks_at_once", {"min_count": "2"}, None),
        (
            "traffic_bursts",
            "clicks_at_once",
            {"min_count": "1"},
            "min_count '1' must be 2 or more",
        ),
        (
            "traffic_bursts",
            "clicks_at_once",
            {"within_seconds": "0"},
            "within_seconds '0' must be 1 or more",
        ),
        (
            "traffic_bursts",
            "clicks_at_once",
            {"within_seconds": "3601"},
            "within_seconds '3601' must be 3600 or less",
        ),
        (
            "traffic_bursts",
            "clicks_at_once",
            {"min_types": "2"},
            "min_types '2' cannot be reached with 1 types and min_count '5'; lower it",
        ),
        (
            "traffic_bursts",
            "clicks_at_once",
            {"interaction_types": "click|"},
            "interaction_types 'click|' must be types in lower case with bars between, such as "
            "page|click",
        ),
        (
            "traffic_bursts",
            "clicks_at_once",
            {"interaction_types": "click|click"},
            "interaction_types 'click|click' repeats a type",
        ),
        (
            "traffic_bursts",
            "clicks_at_once",
            {"interaction_types": "clik"},
            "interaction_types names 'clik', which no rule scores; did you mean 'click'?",
        ),
        ("traffic_bursts", "clicks_at_once", {"interaction_types": "link_followed"}, None),
        (
            "traffic_bursts",
            "clicks_at_once",
            {"zero_because": "robot"},
            "zero_because 'robot' is not in traffic_reasons.csv; did you mean 'bot'?",
        ),
        (
            "traffic_honeypots",
            "trap_type",
            {"interaction_type": "page"},
            "interaction_type 'page' is what people do, since points are given for it; name the "
            "asset that is a trap in pattern",
        ),
        (
            "traffic_honeypots",
            "trap_page",
            {"match": ""},
            "match and pattern go together; fill both or none",
        ),
        (
            "traffic_honeypots",
            "trap_page",
            {"before_seconds": "-1"},
            "before_seconds '-1' must be 0 or more",
        ),
        (
            "traffic_openings",
            "opened_and_nothing_else",
            {"min_count": "0"},
            "min_count '0' must be 1 or more",
        ),
        (
            "traffic_leads",
            "test_company",
            {"operand": "Société"},
            "operand 'Société' would match nothing: values are compared in lower case and without "
            "accents; write 'societe'",
        ),
    ],
)
def test_a_rule_of_traffic_that_makes_no_sense_is_refused(
    rules: ChangedRules, table: str, row: str, values: dict[str, str], said: str | None
) -> None:
    place = rules.change(table, row, **values)
    assert rules.said_of(place) == ([said] if said else [])


def test_two_patterns_of_a_type_never_have_the_same_precedence(rules: ChangedRules) -> None:
    place = rules.change("signal_patterns", "tarifs", precedence="10")
    [said] = rules.said_of(place)
    assert said.startswith("interaction_type 'page', precedence '10': line 2 has the same")


def test_a_negative_group_is_no_step_by_itself(rules: ChangedRules) -> None:
    place = rules.add("negative_groups", "unsubscribe", "", "Left", "Parti")
    assert rules.problems() == [
        f"{place}: negative_group 'unsubscribe' is a type of negative_steps.csv too; "
        "give it another name"
    ]


def test_a_negative_group_is_no_group_of_signals(rules: ChangedRules) -> None:
    place = rules.add("negative_groups", "web", "", "Web", "Web")
    assert rules.said_of(place) == [
        "negative_group 'web' is a group of signals too; give it another name"
    ]


DECISION = ("machine", "someone", "2026-01-31", "looked at it")


@pytest.mark.parametrize(
    ("decisions", "said"),
    [
        ([("one", "i1", "", "", *DECISION), ("two", "", "i1", "", *DECISION)], []),
        (
            [("one", "i1", "a", "", *DECISION)],
            ["traffic_overrides.csv:2: fill exactly one of interaction_id, lead_id, domain"],
        ),
        (
            [("one", "", "", "", *DECISION)],
            ["traffic_overrides.csv:2: fill exactly one of interaction_id, lead_id, domain"],
        ),
        (
            [("one", "", "a", "", *DECISION), ("two", "", "a", "", "human", *DECISION[1:])],
            ["traffic_overrides.csv:3: lead_id 'a' is decided in line 2 already; keep one"],
        ),
        (
            [("one", "", "", "X.example", *DECISION)],
            ["traffic_overrides.csv:2: domain 'X.example' would match nothing; write 'x.example'"],
        ),
        (
            [("one", "", "a", "", "human", "", "2026-01-31", "")],
            [
                "traffic_overrides.csv:2: decided_by is empty; fill it",
                "traffic_overrides.csv:2: reason is empty; fill it",
            ],
        ),
    ],
)
def test_a_decision_is_on_one_thing_once_and_says_who_and_why(
    rules: ChangedRules, decisions: list[tuple[str, ...]], said: list[str]
) -> None:
    for decision in decisions:
        rules.add("traffic_overrides", *decision)
    assert rules.problems() == said


def test_decisions_need_their_reason(rules: ChangedRules) -> None:
    rules.drop("traffic_reasons", "by_hand")
    assert rules.problems() == []
    rules.add("traffic_overrides", "one", "i1", "", "", *DECISION)
    [said] = rules.problems()
    assert said.startswith("traffic_reasons.csv:1: by_hand is missing")


def test_no_shipped_term_is_in_a_browser() -> None:
    listed = shipped("crawler_agents", "reference")
    own = [one for one in shipped("traffic_agents", "rules") if one["match"] != "listed"]
    for browser in BROWSERS:
        for terms_of, text in ((listed, browser), (own, browser.lower())):
            found = [
                one["term"]
                for one in terms_of
                if (one["match"] == "contains" and one["term"] in text)
                or (one["match"] == "starts_with" and text.startswith(one["term"]))
                or (one["match"] == "equals" and text == one["term"])
            ]
            assert found == [], browser


def test_crawlers_become_plain_terms_and_what_is_none_is_left_out() -> None:
    patterns = [
        "Googlebot\\/",
        "Googlebot\\/Image",  # found by the one above
        "[wW]ordy",
        "^Seek",
        "^ab",
        "Yeti",  # too short
        "Ahrefs(Bot|SiteAudit)",
        "Spider[\\s\\S]*spider",
        "SSL Labs$",
        "feed \\(by\\)",
    ]
    assert terms(patterns) == [
        ("contains", "feed (by)"),
        ("contains", "Googlebot/"),
        ("starts_with", "Seek"),
        ("contains", "Wordy"),
        ("contains", "wordy"),
    ]


def test_the_list_of_crawlers_is_written_with_its_version() -> None:
    made = list(rows(io.StringIO(json.dumps([{"pattern": "Examplebot"}])), "1.2.3"))
    assert made == [["term", "match", "list_version"], ["Examplebot", "contains", "1.2.3"]]
