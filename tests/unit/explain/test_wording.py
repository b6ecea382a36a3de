"""Sentences: both languages say the same, numbers and instants as each writes them."""

import string
from datetime import datetime
from decimal import Decimal

import pytest

from lead_warehouse.explain.explanation import Explanation, Row
from lead_warehouse.explain.wording import INTERACTIONS_SHOWN, LANGUAGES, in_words, phrases

NOON = datetime(2026, 1, 15, 12)
LEAD = {
    "job_title": None,
    "company_name": None,
    "country_code": None,
    "is_profiling_objected": False,
    "is_of_customer": False,
}
SCORE: Row = {
    "temperature_label": "Hot",
    "grade": "A2",
    "priority": 2,
    "fit_score": Decimal(85),
    "fit_ceiling": Decimal(85),
    "fit_coverage": Decimal(100),
    "intent_score": Decimal("40.04"),
    "is_hand_raised": False,
    "is_excluded": False,
    "is_mql_blocked_by_unknown": False,
    "is_worth_enriching": False,
    "min_fit_score": Decimal(60),
    "min_intent_score": Decimal(40),
    "profile_label": "SaaS",
    "excluding_criterion_label": None,
    "blocking_criterion_label": None,
}


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def explanation(language: str = "en", **parts: object) -> Explanation:
    score = {**SCORE, **parts.pop("score", {})}  # type: ignore[dict-item]
    base: dict[str, object] = {"contributions": [], "machines": [], "stages": [], **parts}
    return Explanation("L-1", NOON, "run", language, dict(LEAD), score, **base)  # type: ignore[arg-type]


def signal(worth: str, **changes: object) -> Row:
    return {
        "score": "intent", "kind": "signal", "rule": "page", "rule_group": "web",
        "label": "Page visited", "occurred_at": NOON, "undecayed_points": Decimal(worth),
        "points": Decimal(worth), "score_points": Decimal(worth), "note": None,
        "cap_points": Decimal(20), "full_points": Decimal(100), **changes,
    }  # fmt: skip


def stage(to_stage: str, **changes: object) -> Row:
    return {
        "basis": "rules", "to_stage": to_stage, "label": to_stage.title(),
        "transitioned_at": NOON, "trigger_label": "Something happened", "interaction_label": None,
        "reason_label": None, "skipped_stages": None, "is_effective": True, "trigger": "x",
        "evidence": "stage change", "timer_ends_at": None, **changes,
    }  # fmt: skip


def test_both_languages_have_the_same_sentences_with_the_same_places() -> None:
    assert set(phrases()) == set(LANGUAGES)
    english, french = phrases()["en"], phrases()["fr"]
    assert list(english) == list(french)
    for key, sentence in english.items():
        assert places(sentence) == places(french[key]), key
        assert sentence.strip() and french[key].strip()


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Hot, grade A2, priority 2: fit 85, intent 40."),
        ("fr", "Hot, note A2, priorité 2 : adéquation 85, intention 40."),
    ],
)
def test_whole_numbers_have_no_decimal(language: str, expected: str) -> None:
    assert in_words(explanation(language))[1] == expected


def test_numbers_and_instants_are_written_as_the_language_does() -> None:
    lines = in_words(explanation("fr", score={"intent_score": Decimal("12.34")}))
    assert lines[0] == "L-1 · au 15/01/2026 12:00 UTC"
    assert "intention 12,3." in lines[1]


def test_the_strongest_signals_are_shown_and_the_others_added_up() -> None:
    signals = [signal("2")] * INTERACTIONS_SHOWN + [signal("0.5")] * 3
    lines = in_words(explanation(contributions=signals))
    assert lines.count("      +2 Page visited, today") == INTERACTIONS_SHOWN
    assert "    +1.5 further interactions: 3" in lines


def test_what_one_decimal_cannot_show_is_added_to_the_others() -> None:
    lines = in_words(explanation(contributions=[signal("2"), signal("0.06"), signal("0.05")]))
    assert lines[-3:] == [
        "      +2 Page visited, today",
        "    +0.1 Page visited, today",
        "      +0 further interactions: 1",
    ]


def test_a_faded_signal_says_what_it_was_worth() -> None:
    faded = signal("5", points=Decimal("2.5"), score_points=Decimal("2.5"),
                   occurred_at=datetime(2026, 1, 8, 23))  # fmt: skip
    assert "    +2.5 Page visited, 7 days ago (5 then)" in in_words(
        explanation(contributions=[faded])
    )


def test_what_has_faded_by_less_than_a_decimal_is_fresh() -> None:
    minutes_old = signal("10", points=Decimal("9.998"), score_points=Decimal("9.998"))
    lines = in_words(explanation(contributions=[minutes_old]))
    assert "     +10 Page visited, today" in lines


def test_days_are_those_of_the_calendar() -> None:
    yesterday = signal("5", occurred_at=datetime(2026, 1, 14, 23, 59))
    assert "      +5 Page visited, yesterday" in in_words(explanation(contributions=[yesterday]))


def test_what_a_cap_and_a_clamp_take_away_is_told() -> None:
    cap = signal("-3", kind="cap", rule="web", label="Web visits", undecayed_points=None)
    floor = signal("4", kind="clamp", rule="floor", label=None, undecayed_points=None)
    lines = in_words(explanation(contributions=[cap, floor]))
    assert "      -3 Web visits: more than 20 does not count" in lines
    assert "      +4 a score does not fall below 0" in lines


def test_what_is_missing_is_told_until_sales_has_taken_the_lead_up() -> None:
    low = {"intent_score": Decimal(10), "fit_score": Decimal(50), "is_worth_enriching": True}
    lines = in_words(explanation(score=low, stages=[stage("lead")]))
    assert "  - fit is 50, 60 is needed" in lines
    assert "  - what is unknown could bring the fit to 85: worth finding out" in lines
    assert "  - intent is 10, 40 is needed" in lines
    taken_up = in_words(explanation(score=low, stages=[stage("sal")]))
    assert not any("needed" in line for line in taken_up)
    reached = in_words(explanation(stages=[stage("lead")]))
    assert "What is missing for an MQL" not in reached


def test_the_crm_is_quoted_where_it_says_otherwise() -> None:
    crm = stage("customer", basis="crm")
    lines = in_words(explanation(stages=[crm, stage("mql")]))
    assert "The CRM says Customer, since 2026-01-15 12:00." in lines
    agreeing = in_words(explanation(stages=[stage("mql", basis="crm"), stage("mql")]))
    assert not any(line.startswith("The CRM") for line in agreeing)


def test_a_reason_and_a_skipped_stage_belong_to_the_sentence() -> None:
    booked = stage("sal", reason_label="Trade show", skipped_stages="mql")
    lines = in_words(explanation(stages=[booked]))
    assert lines[2] == (
        "Sal since 2026-01-15 12:00: something happened (Trade show); skipped: MQL."
    )


def test_points_are_told_as_parts_of_a_hundred_whatever_the_scale() -> None:
    half = Decimal(50)
    faded = signal("40", points=Decimal(30), score_points=Decimal(60), full_points=half)
    cap = signal("-3", kind="cap", label="Web visits", undecayed_points=None, full_points=half)
    lines = in_words(explanation(contributions=[faded, cap]))
    assert "     +60 Page visited, today (80 then)" in lines
    assert "      -3 Web visits: more than 40 does not count" in lines


def test_what_speaks_against_a_lead_is_never_cut() -> None:
    refused = signal("-40", kind="step", label="Said not to be interested")
    lines = in_words(explanation(contributions=[*(signal("2") for _ in range(9)), refused]))
    assert "     -40 Said not to be interested, today" in lines
    assert "      +6 further interactions: 3" in lines


@pytest.mark.parametrize(
    ("lead", "stages", "expected"),
    [
        ({"is_profiling_objected": True}, [], "  - the person objected to profiling"),
        (
            {"is_of_customer": True},
            [],
            "  - the company is a customer: its owner takes care of it",
        ),
        (
            {},
            [stage("recycled", timer_ends_at=datetime(2026, 4, 1))],
            "  - sales or nurture let it rest until 2026-04-01 00:00; a request re-enters at once",
        ),
    ],
)
def test_what_keeps_a_lead_with_enough_points_from_qualifying_is_told(
    lead: Row, stages: list[Row], expected: str
) -> None:
    told = explanation(stages=stages)
    told.lead.update(lead)
    assert expected in in_words(told)


@pytest.mark.parametrize("evidence", ["attribute", "expiry", "timer", "permission"])
def test_a_crossing_without_an_interaction_says_so(evidence: str) -> None:
    crossed = stage("mql", trigger="thresholds_reached", evidence=evidence)
    because = phrases()["en"][f"cause_{evidence}"]
    assert in_words(explanation(stages=[crossed]))[2].endswith(f"something happened ({because}).")


def test_a_lead_record_is_nothing_a_crm_says() -> None:
    made = stage("lead", basis="crm", evidence="lead record")
    lines = in_words(explanation(stages=[made, stage("mql")]))
    assert not any(line.startswith("The CRM") for line in lines)


def machines(**values: object) -> dict[str, object]:
    return {
        "reason_label": "made by a mail scanner",
        "interaction_count": 12,
        "burst_count": 1,
        "is_burst": True,
        "seconds": 9,
        "types": "Link clicked in an e-mail",
        **values,
    }


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {},
            "12 interactions within 9 s count nothing, made by a mail scanner "
            "(Link clicked in an e-mail)",
        ),
        (
            {"seconds": 0},
            "12 interactions within 1 s count nothing, made by a mail scanner "
            "(Link clicked in an e-mail)",
        ),
        (
            {"burst_count": 3},
            "12 interactions in 3 bursts count nothing, made by a mail scanner "
            "(Link clicked in an e-mail)",
        ),
        (
            {"is_burst": False, "burst_count": 1},
            "12 interactions count nothing, made by a mail scanner (Link clicked in an e-mail)",
        ),
        (
            {"is_burst": False, "burst_count": 0, "interaction_count": 1},
            "1 interaction counts nothing, made by a mail scanner (Link clicked in an e-mail)",
        ),
    ],
)
def test_what_machines_did_is_one_line(values: dict[str, object], said: str) -> None:
    lines = in_words(explanation(machines=[machines(**values)]))
    assert f"         {said}" in lines


def test_what_machines_did_is_told_in_french_and_not_among_the_interactions() -> None:
    told = machines(reason_label="par un filtre de messagerie", types="Lien cliqué")
    screened = {**signal("0"), "undecayed_points": Decimal(3), "note": "mail_scanner"}
    lines = in_words(explanation("fr", contributions=[screened], machines=[told]))
    assert (
        "         12 interactions en 9 s ne comptent pas, par un filtre de messagerie (Lien cliqué)"
        in lines
    )
    assert "         aucune interaction ne compte" in lines


ACCOUNT: Row = {
    "account_id": "A-1",
    "account_name": "Acme",
    "matched_by": "email_domain",
    "is_ambiguous": True,
    "grade": "A1",
    "intent_score": Decimal("55.55"),
    "reason": "2 people known, 1 engaged; most by Events; missing: User",
}


def test_the_company_is_named_and_what_is_missing_of_its_buying_group() -> None:
    lines = in_words(explanation(account=ACCOUNT))
    at = lines.index("Company: Acme (A-1), by the domain of the mail address, which others share.")
    assert lines[at + 1] == (
        "The company as a whole: grade A1, intent 55.6; "
        "2 people known, 1 engaged; most by Events; missing: User."
    )


def test_of_an_earlier_instant_the_company_is_named_only() -> None:
    account = {**ACCOUNT, "account_name": None, "grade": None, "is_ambiguous": False}
    lines = in_words(explanation("fr", account={**account, "matched_by": "account_id"}))
    assert "Entreprise : A-1, selon sa fiche." in lines
    assert not [line for line in lines if "dans son ensemble" in line]


def test_each_way_of_matching_has_its_words() -> None:
    ways = ("account_id", "registration_number", "contact_account", "company_domain")
    for language in LANGUAGES:
        assert {f"matched_{way}" for way in (*ways, "email_domain")} <= set(phrases()[language])
