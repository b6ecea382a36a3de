"""Random histories that conform to the rules, and random rules that conform to their seeds."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.oracle.fit import Value, with_derived
from tests.oracle.intent import Interaction
from tests.oracle.lifecycle import (
    Acts,
    Answer,
    Contact,
    History,
    Objection,
    Rejection,
    Version,
)
from tests.oracle.rules import (
    Criterion,
    NegativeStep,
    Rules,
    Signal,
    SignalGroup,
    SignalPattern,
)

START = datetime(2010, 1, 1)
FIFTEEN_YEARS = timedelta(days=15 * 365)


def decimals(low: str, high: str, places: int = 6) -> SearchStrategy[Decimal]:
    """As ``decimal(18, 6)`` holds them; whole and half numbers are frequent."""
    least, most = Decimal(low), Decimal(high)
    halves = st.integers(int(least * 2), int(most * 2)).map(lambda number: Decimal(number) / 2)
    fine = st.decimals(least, most, places=places, allow_nan=False, allow_infinity=False)
    return st.one_of(halves.filter(lambda number: least <= number <= most), fine)


def instants(
    start: datetime = START, length: timedelta = FIFTEEN_YEARS
) -> SearchStrategy[datetime]:
    """To the microsecond; midnights and noons are frequent, since edges are there."""
    end = start + length
    any_instant = st.datetimes(start, end)
    midnights = any_instant.map(lambda at: at.replace(hour=0, minute=0, second=0, microsecond=0))
    return st.one_of(any_instant, midnights.filter(lambda at: at >= start))


@st.composite
def rule_sets(draw: st.DrawFn, base: Rules) -> Rules:
    """``base`` with other signals, half-lives, caps, steps and thresholds."""
    groups = [f"group_{number}" for number in range(draw(st.integers(1, 4)))]
    signals = [f"signal_{number}" for number in range(draw(st.integers(1, 6)))]
    steps = [f"step_{number}" for number in range(draw(st.integers(0, 3)))]
    return replace(
        base,
        criteria=(*base.criteria, *draw(_more_criteria(base))),
        signal_groups={
            group: SignalGroup(group, draw(decimals("1", "365")), draw(decimals("1", "100")))
            for group in groups
        },
        signals={signal: draw(_signals(signal, groups)) for signal in signals},
        negative_steps={
            step: NegativeStep(
                step,
                -draw(decimals("0.5", "60")),
                draw(decimals("0.5", "120")),
                draw(st.sampled_from(["gone", "unfit"])),
            )
            for step in steps
        },
        negative_caps={
            group: draw(st.none() | decimals("0.5", "60")) for group in ("gone", "unfit")
        },
        patterns=tuple(draw(_patterns([*signals, *steps]))),
        scoring=replace(
            base.scoring,
            reference_points=draw(decimals("10", "200")),
            hand_raise_days=draw(decimals("0.5", "60")),
        ),
        thresholds={
            profile: replace(
                threshold,
                min_fit_score=draw(decimals("0", "60")),
                min_intent_score=(reached := draw(decimals("1", "25"))),
                exit_intent_score=draw(decimals("0.5", str(reached - Decimal("0.1")))),
                exit_dwell_days=draw(st.integers(1, 60)),
            )
            for profile, threshold in base.thresholds.items()
        },
    )


SUITED = {
    "text": "equals not_equals in not_in starts_with ends_with contains not_contains "
    "contains_word not_contains_word",
    "number": "equals not_equals in not_in between not_between at_least at_most more_than "
    "less_than",
    "country": "equals not_equals in not_in in_region not_in_region",
    "list": "contains_any contains_all contains_none has_at_least",
    "boolean": "is_true is_false",
}
OF_ALL = ["is_known", "is_unknown"]
TEXTS = ["Énergie", "retail", "head of IT", "IT", "R&D", "a-b", "manager", "staff"]


OF_ACCOUNTS = {"sector_code", "account_tier"}
"""Attributes that only a company's record has; these histories are of leads alone."""


@st.composite
def _more_criteria(draw: st.DrawFn, base: Rules) -> list[Criterion]:
    """Of every operator some, in groups of their own or together with other attributes."""
    found = []
    for profile in sorted(base.profiles):
        # Two required of one attribute may exclude everybody, which the rules check refuses.
        required = {
            one.attribute for one in base.criteria if one.profile == profile and one.is_required
        }
        for number in range(draw(st.integers(4, 10))):
            attribute = draw(st.sampled_from(sorted(base.value_types.keys() - OF_ACCOUNTS)))
            kind = base.value_types[attribute]
            operator = draw(st.sampled_from([*SUITED[kind].split(), *OF_ALL]))
            points = draw(decimals("-30", "30").filter(bool))
            is_required = points > 0 and draw(st.integers(0, 19)) == 0 and attribute not in required
            if is_required:
                required.add(attribute)
            found.append(
                Criterion(
                    profile=profile,
                    criterion=f"more_{number}",
                    criterion_group=draw(st.sampled_from(["size", "more", f"more_{number}"])),
                    attribute=attribute,
                    operator=operator,
                    operand=_told(attribute, operator, draw(_operands(operator, kind, base)), base),
                    points=points,
                    is_required=is_required,
                )
            )
    return found


def _told(attribute: str, operator: str, operand: str, base: Rules) -> str:
    """The operand, or one that job titles tell where the rules check refuses any other."""
    told = {one.value for one in base.title_terms if one.attribute == attribute}
    values = sorted(told - {"unknown"})
    if not values or operator not in ("equals", "not_equals", "in", "not_in"):
        return operand
    return "|".join(values[TEXTS.index(word) % len(values)] for word in operand.split("|"))


def _operands(operator: str, kind: str, base: Rules) -> SearchStrategy[str]:
    match operator:
        case "is_true" | "is_false" | "is_known" | "is_unknown":
            return st.just("")
        case "between" | "not_between":
            return st.sampled_from(["50..500", "500..501", "0.5..2000"])
        case "in_region" | "not_in_region":
            return st.sampled_from(["europe", "dach|nordics", "north_america"])
        case "has_at_least":
            return st.sampled_from(["1", "2", "3"])
        case "at_least" | "at_most" | "more_than" | "less_than":
            return st.sampled_from(["0", "50", "500", "499.5"])
        case _:
            words = {"number": ["50", "500", "2000.0"], "country": ["FR", "DE", "US"]}
            one = st.sampled_from(words.get(kind, TEXTS))
            is_single = operator in ("equals", "not_equals")
            return one if is_single else st.lists(one, min_size=1, max_size=3).map("|".join)


@st.composite
def _signals(draw: st.DrawFn, name: str, groups: Sequence[str]) -> Signal:
    signal = Signal(
        interaction_type=name,
        signal_group=draw(st.sampled_from(groups)),
        points=draw(st.one_of(st.just(Decimal(0)), decimals("0.5", "60"))),
        is_hand_raise=draw(st.booleans()),
    )
    if draw(st.booleans()):
        return signal
    return replace(
        signal,
        reference_depth=draw(decimals("0.5", "120")),
        depth_unit=draw(st.sampled_from(["minutes", "pages", "percent"])),
        min_depth_factor=draw(decimals("0", "1")),
        max_depth_factor=draw(decimals("1", "3")),
    )


@st.composite
def _patterns(draw: st.DrawFn, types: Sequence[str]) -> list[SignalPattern]:
    """Each changes what an asset counts as, how much it counts, or both."""
    patterns = []
    for number in range(draw(st.integers(0, 4))):
        interaction_type = draw(st.sampled_from([*types, "unheard_of"]))
        # What earns nothing by itself has no points that a factor alone could change.
        is_scored = interaction_type != "unheard_of"
        counts_as = draw(
            st.none() | st.sampled_from(types) if is_scored else st.sampled_from(types)
        )
        factors = decimals("0", "3") if counts_as is None else st.none() | decimals("0", "3")
        match, pattern = draw(
            st.sampled_from(
                [("equals", "/one"), ("starts_with", "/one"), ("glob", "*/two"), ("glob", "/o*")]
            )
        )
        patterns.append(
            SignalPattern(
                pattern_name=f"pattern_{number}",
                interaction_type=interaction_type,
                match=match,
                pattern=pattern,
                precedence=number + 1,
                counts_as=counts_as,
                weight_factor=draw(factors),
            )
        )
    return patterns


ASSETS = (
    None, None, None, "/", "/One/", "/one?from=mail", "/onés", "/one/two", "/FR/two/",
    "https://www.vendor.example/one", "/pricing", "/fr/tarifs/", "/careers/dev", "a paper",
)  # fmt: skip
AGENTS = (*[None] * 6, "Mozilla/5.0 Firefox/128.0", "Mozilla/5.0 SomeCrawler/2")


@st.composite
def interactions(
    draw: st.DrawFn, rules: Rules, at: SearchStrategy[datetime], max_size: int = 40
) -> list[Interaction]:
    """Of the types the rules know, and of one they do not; in any order, with ties."""
    types = sorted({*rules.signals, *rules.negative_steps, "unheard_of"})
    # Without some weight on what earns much, few leads would ever cross a threshold.
    types += sorted(kind for kind, signal in rules.signals.items() if signal.points >= 10) * 2
    units = sorted({one.depth_unit for one in rules.signals.values() if one.depth_unit})
    depths = st.none() | st.floats(-5, 500) | st.integers(-5, 500).map(float)
    one = st.builds(
        Interaction,
        interaction_type=st.sampled_from(types),
        at=at,
        depth=depths,
        depth_unit=st.sampled_from([None, "furlongs", *units]),
        asset=st.sampled_from(ASSETS),
        user_agent=st.sampled_from(AGENTS),
    )
    return draw(st.lists(one, min_size=draw(st.integers(0, max_size // 2)), max_size=max_size))


@st.composite
def raw_attributes(draw: st.DrawFn, rules: Rules) -> dict[str, Value]:
    """Fields of a lead: mostly what some profile looks for, else something near, or nothing."""
    sought = draw(st.none() | st.sampled_from(sorted(rules.profiles)))
    fields: dict[str, Value] = {}
    for attribute, kind in rules.value_types.items():
        operands = sorted({one.operand for one in rules.criteria if one.attribute == attribute})
        anything = st.none() | _near(kind, [one for one in operands if one])
        matching = [
            _matching(one, kind, rules)
            for one in rules.criteria
            if one.profile == sought and one.attribute == attribute and one.points > 0
        ]
        is_aimed_at = matching and draw(st.integers(0, 9)) < 9
        fields[attribute] = draw(st.one_of(matching) if is_aimed_at else anything)
    domain = st.sampled_from([*sorted(rules.free_mail_domains)[:3], "example.com", "Example.org "])
    fields["email"] = draw(st.none() | st.just("nobody") | domain.map("someone@{}".format))
    fields["job_title"] = draw(_titles(sought, rules))
    fields["lead_type"] = draw(st.sampled_from([None, None, "online", "online", "Student "]))
    return fields


def _near(kind: str, operands: Sequence[str]) -> SearchStrategy[Value]:
    """Values at the edges of ``operands``, or beside them."""
    words = [word for operand in operands for word in operand.split("|")]
    match kind:
        case "number":
            bounds = [int(Decimal(part)) for word in words if word for part in word.split("..")]
            edges = [edge + step for edge in bounds for step in (-1, 0, 1)]
            return st.sampled_from(edges or [0]) | st.integers(0, 100_000)
        case "boolean":
            return st.booleans()
        case "list":
            items = st.sampled_from([*words, "abacus", "Abacus", ""])
            return st.lists(items, max_size=3).map("; ".join)
        case "country":
            names = ["FR", "DE", "CH", "US", "fr ", "FRA", "Allemagne", "U.S.A.", "Narnia", "ZZ"]
            return st.sampled_from(names)
        case _:
            some = [*words, *(f"{word} & more" for word in words), *(f"X{word}" for word in words)]
            return st.sampled_from([*some, "Other", " "])


def _matching(criterion: Criterion, kind: str, rules: Rules) -> SearchStrategy[Value]:
    """Values that meet ``criterion``, where that is easily said."""
    words = criterion.operand.split("|")
    values: list[Value]
    match criterion.operator:
        case "between":
            low, high = map(Decimal, criterion.operand.split(".."))
            return st.integers(math.ceil(low), math.floor(high))
        case "at_least" | "more_than":
            low = Decimal(criterion.operand)
            return st.integers(math.ceil(low), math.ceil(3 * low) + 1)
        case "in_region":
            codes = sorted({code for region in words for code in rules.regions[region]})
            values = [code.upper() for code in codes]
        case "is_true" | "is_false":
            values = [criterion.operator == "is_true"]
        case "in" | "equals" if kind == "number":
            values = [int(Decimal(word)) for word in words]
        case "contains_all":
            values = ["; ".join(words)]
        case "in" | "equals" | "contains_any" | "starts_with" | "ends_with" | "contains":
            values = [*words, *(word.title() for word in words)]
        case _:
            return _near(kind, [criterion.operand])
    return st.sampled_from(values)


@st.composite
def _titles(draw: st.DrawFn, sought: str | None, rules: Rules) -> str | None:
    """Words of a title that tell what the profile looks for, or any."""
    if sought is None or not draw(st.integers(0, 3)):
        terms = [*(one.term for one in rules.title_terms), "Équipe", "&", "de la"]
        return draw(st.none() | st.lists(st.sampled_from(terms), max_size=4).map(" ".join))
    words = []
    for attribute in ("job_seniority", "job_function"):
        values = {
            value
            for one in rules.criteria
            if (one.profile, one.attribute) == (sought, attribute)
            for value in one.operand.split("|")
        }
        terms = [
            one.term
            for one in rules.title_terms
            if one.attribute == attribute and one.value in values
        ]
        words += [draw(st.sampled_from(terms))] if terms else []
    return ", ".join(words).capitalize()


@st.composite
def versions(
    draw: st.DrawFn, rules: Rules, created_at: datetime, later: SearchStrategy[datetime]
) -> list[Version]:
    """The first is known when the lead is created; each instant has one."""
    others = draw(st.lists(later.filter(lambda at: at > created_at), max_size=3, unique=True))
    return [
        Version(at, with_derived(draw(raw_attributes(rules)), rules))
        for at in [created_at, *sorted(others)]
    ]


@st.composite
def contacts(draw: st.DrawFn, rules: Rules, at: SearchStrategy[datetime]) -> list[Contact]:
    """Attempts to reach the person, few of them answered; whole cadences are frequent."""
    start = draw(at)
    steps = rules.cadence_steps
    hours = draw(st.lists(st.integers(0, 72), min_size=steps - 1, max_size=steps + 2))
    tried = [start + timedelta(hours=sum(hours[:number])) for number in range(len(hours) + 1)]
    unanswered = st.sampled_from([None, "no_answer", "voicemail", "Left word"])
    made = [Contact(one, draw(unanswered)) for one in tried]
    others = st.builds(
        Contact,
        at=st.sampled_from([*tried, tried[-1] + timedelta(days=1), tried[-1] + timedelta(hours=9)]),
        outcome=st.sampled_from([None, "connected", "no_answer"]),
        is_inbound=st.booleans(),
        is_automatic=st.booleans(),
    )
    return [*made, *draw(st.lists(others, max_size=draw(st.sampled_from([0, 0, 2]))))]


@st.composite
def acts(
    draw: st.DrawFn, rules: Rules, at: SearchStrategy[datetime], asked: Sequence[datetime] = ()
) -> Acts:
    """What people and the CRM recorded; every other lead has nothing of it but objections, and
    calls in vain. Calls often begin when something was ``asked``."""
    pairs = st.tuples(at, at).filter(lambda two: two[0] != two[1])
    objected = draw(st.none() | st.none() | pairs)
    objections = []
    if objected is not None:
        objections = [Objection(min(objected), draw(st.sampled_from([None, max(objected)])))]
    begins = st.one_of(at, st.sampled_from(sorted(asked))) if asked else at
    called = draw(st.just([]) | contacts(rules, begins))
    if draw(st.booleans()):
        return Acts(objections=objections, contacts=called)
    some = partial(st.lists, max_size=2)
    deals = st.lists(at, max_size=draw(st.integers(0, 1)))
    reasons = st.sampled_from(sorted(rules.returns_to))
    return Acts(
        meetings_booked=draw(some(at)),
        accepted=draw(some(at)),
        rejections=draw(some(st.builds(Rejection, at=at, reason=reasons))),
        answers=draw(answers(rules, at)),
        deals_opened=draw(deals),
        deals_won=draw(deals),
        deals_lost=draw(deals),
        objections=objections,
        contacts=called,
    )


@st.composite
def answers(draw: st.DrawFn, rules: Rules, at: SearchStrategy[datetime]) -> list[Answer]:
    """Mostly confirmed: four in a row are rare otherwise."""
    criteria = sorted(rules.dimensions)
    text = st.sampled_from(["yes", "yes", "yes", None])
    status = st.sampled_from(["confirmed", "confirmed", "confirmed", "denied", "unknown"])
    found = []
    for number in range(draw(st.integers(0, 10))):
        framework, criterion = draw(st.sampled_from(criteria))
        found.append(
            Answer(
                answer_id=f"answer_{number:02}",
                at=draw(at),
                framework=framework,
                criterion=criterion,
                status=draw(status),
                answer=draw(text),
                evidence=draw(text),
                answered_by=draw(text),
            )
        )
    if draw(st.booleans()):
        return found
    at_once = draw(at)
    return found + [
        Answer(f"four_{dimension}", at_once, *pair, "confirmed", "yes", "mail", "rep")
        for dimension, pair in sorted({rules.dimensions[one]: one for one in criteria}.items())
    ]


@st.composite
def histories(draw: st.DrawFn, rules: Rules, length: timedelta = timedelta(days=400)) -> History:
    """One lead, with bursts of interactions; some come before it was created."""
    created_at = draw(instants())
    later = instants(created_at, length)
    bursts = [
        instants(start - timedelta(days=5), timedelta(days=15))
        for start in [created_at, *draw(st.lists(later, max_size=2))]
    ]
    done = draw(interactions(rules, st.one_of(later, *bursts), max_size=25))
    return History(
        created_at=created_at,
        versions=draw(versions(rules, created_at, later)),
        interactions=done,
        acts=draw(acts(rules, later, [one.at for one in done])),
    )


def as_of_times(history: History) -> SearchStrategy[datetime]:
    """Instants up to some months after the last interaction of ``history``."""
    last = max([history.created_at, *(one.at for one in history.interactions)])
    return instants(history.created_at, last - history.created_at + timedelta(days=200))
