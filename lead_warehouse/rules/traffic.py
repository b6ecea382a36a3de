"""What patterns of assets and rules of traffic must be to make sense."""

import re
from collections.abc import Iterator

from lead_warehouse.nearest import did_you_mean
from lead_warehouse.rules.interaction_types import scored_types, type_problems
from lead_warehouse.rules.problems import Problem, quoted, remedy
from lead_warehouse.rules.rows import (
    NegativeGroup,
    NegativeStep,
    Row,
    RuleSet,
    SignalGroup,
    SignalPattern,
    TrafficAgent,
    TrafficBurst,
    TrafficHoneypot,
    TrafficLead,
    TrafficOpening,
    TrafficOverride,
    TrafficReason,
)
from lead_warehouse.rules.words import folded

SHORTEST_TERM = 3
"""Letters without which a term would be found in browsers too."""
LONGEST_BURST = 3600
"""Seconds; people come back within hours, so what is rarer says nothing of machines."""
BY_HAND = "by_hand"
DOMAINS = ("mail_domain", "company_domain")
"""Attributes of a lead that are domains, of which rules name the bare name."""


def pattern_problems(rules: RuleSet) -> Iterator[Problem]:
    """Patterns that find something, lead to a type that counts, and change what it counts."""
    scored = scored_types(rules)
    for row in rules.rows(SignalPattern):
        yield from type_problems(row, row.interaction_type, scored)
        yield from _pattern(row, row.match, row.pattern)
        yield from row.out_of("weight_factor", least=0)
        if row.counts_as is not None and scored is not None and row.counts_as not in scored:
            yield row.problem(
                f"counts_as {quoted(row.counts_as)} is in neither signals.csv nor "
                f"negative_steps.csv{remedy(row.counts_as, scored)}"
            )
        is_same = row.counts_as in (None, row.interaction_type)
        if is_same and row.weight_factor in (None, 1):
            yield row.problem(
                "counts_as and weight_factor change nothing; fill one of them or remove the row"
            )
        is_unscored = scored is not None and row.interaction_type not in scored
        if is_unscored and row.counts_as is None:
            yield row.problem(
                f"interaction_type {quoted(row.interaction_type)} has no points that a factor "
                "could change; fill counts_as"
            )


def negative_group_problems(rules: RuleSet) -> Iterator[Problem]:
    """Caps above 0, and no name that the ledger could mistake for another group or a step."""
    signal_groups = {one.signal_group for one in rules.rows(SignalGroup)}
    steps = {one.interaction_type for one in rules.rows(NegativeStep)}
    for group in rules.rows(NegativeGroup):
        yield from group.out_of("cap_points", above=0)
        if group.negative_group in signal_groups:
            yield group.problem(
                f"negative_group {quoted(group.negative_group)} is a group of signals too; "
                "give it another name"
            )
        if group.negative_group in steps:
            yield group.problem(
                f"negative_group {quoted(group.negative_group)} is a type of negative_steps.csv "
                "too; give it another name"
            )


def traffic_problems(rules: RuleSet) -> Iterator[Problem]:
    """Terms that no browser holds, bursts that no person makes, decisions on one thing."""
    scored = scored_types(rules) or set()
    for agent in rules.rows(TrafficAgent):
        yield from _agent(agent)
        if agent.interaction_type is not None:
            yield from type_problems(agent, agent.interaction_type, scored)
    for burst in rules.rows(TrafficBurst):
        yield from _burst(burst, scored)
    for trap in rules.rows(TrafficHoneypot):
        yield from type_problems(trap, trap.interaction_type, scored)
        yield from trap.out_of("before_seconds", least=0)
        yield from trap.out_of("after_seconds", least=0)
        if (trap.match is None) != (trap.pattern is None):
            yield trap.problem("match and pattern go together; fill both or none")
        elif trap.match is not None and trap.pattern is not None:
            yield from _pattern(trap, trap.match, trap.pattern)
        elif trap.interaction_type in scored:
            yield trap.problem(
                f"interaction_type {quoted(trap.interaction_type)} is what people do, since "
                "points are given for it; name the asset that is a trap in pattern"
            )
    for opening in rules.rows(TrafficOpening):
        yield from type_problems(opening, opening.interaction_type, scored)
        yield from opening.out_of("min_count", least=1)
    for lead in rules.rows(TrafficLead):
        if lead.operand != folded(lead.operand):
            yield lead.problem(
                f"operand {quoted(lead.operand)} would match nothing: values are compared in "
                f"lower case and without accents; write {quoted(folded(lead.operand))}"
            )
        elif lead.attribute in DOMAINS and lead.operand != (bare := _bare_domain(lead)):
            yield lead.problem(
                f"operand {quoted(lead.operand)} would match nothing: of addresses and sites the "
                f"domain is compared; write {quoted(bare)}"
            )
    yield from _overrides(rules)


def _pattern(row: Row, match: str, pattern: str) -> Iterator[Problem]:
    if not pattern.strip("/*?# ") and (match, pattern) != ("equals", "/"):
        yield row.problem(
            f"pattern {quoted(pattern)} says nothing of an asset; write a path such as /pricing"
        )
    if "*" in pattern and match in ("equals", "starts_with", "contains"):
        yield row.problem(
            f"a star in pattern {quoted(pattern)} is a star, unless match is glob; write glob"
        )
    if "?" in pattern or "#" in pattern:
        yield row.problem(
            f"pattern {quoted(pattern)} has a query or fragment, and assets are compared without; "
            "leave it out"
        )


def _agent(row: TrafficAgent) -> Iterator[Problem]:
    if row.match == "listed":
        if row.term is not None:
            yield row.problem("term is not looked at where match is listed; empty it")
        return
    if row.term is None:
        yield row.problem(f"match {quoted(row.match)} needs a term; fill it")
    elif row.term != row.term.lower():
        yield row.problem(
            f"term {quoted(row.term)} would match nothing: user agents are compared in lower "
            f"case; write {quoted(row.term.lower())}"
        )
    elif row.match != "equals" and len(row.term) < SHORTEST_TERM:
        yield row.problem(
            f"term {quoted(row.term)} is too short, browsers hold it too; write at least "
            f"{SHORTEST_TERM} letters"
        )


def _burst(row: TrafficBurst, scored: set[str]) -> Iterator[Problem]:
    yield from row.out_of("min_count", least=2)
    yield from row.out_of("min_types", least=1)
    yield from row.out_of("within_seconds", least=1, greatest=LONGEST_BURST)
    types = row.interaction_types.split("|")
    if row.min_types > min(len(types), row.min_count):
        yield row.problem(
            f"min_types {quoted(row.min_types)} cannot be reached with {len(types)} types and "
            f"min_count {quoted(row.min_count)}; lower it"
        )
    if len(set(types)) < len(types):
        yield row.problem(f"interaction_types {quoted(row.interaction_types)} repeats a type")
    for one in types:
        if not re.fullmatch(r"[^\s|A-Z](?:[^|A-Z]*[^\s|A-Z])?", one):
            yield row.problem(
                f"interaction_types {quoted(row.interaction_types)} must be types in lower case "
                "with bars between, such as page|click"
            )
        elif one not in scored and (hint := did_you_mean(one, scored)):
            yield row.problem(f"interaction_types names {quoted(one)}, which no rule scores{hint}")


def _bare_domain(lead: TrafficLead) -> str:
    """The operand without what stands around a domain in an address or a site.

    What ends or begins anywhere (``.example``) may have its dots.
    """
    host = re.sub(r"^.*(://|@)", "", lead.operand)
    host = re.sub(r"[/?#:].*$", "", host)
    return re.sub(r"^www\.|\.$", "", host) if lead.match == "equals" else host


def _overrides(rules: RuleSet) -> Iterator[Problem]:
    rows = rules.rows(TrafficOverride)
    reasons = rules.all_rows(TrafficReason)
    if rows and reasons is not None and BY_HAND not in {one.zero_because for one in reasons}:
        text = f"{BY_HAND} is missing, which decisions in traffic_overrides.csv need; add it"
        yield Problem(TrafficReason.table, 1, text)
    first: dict[tuple[str, str], int] = {}
    for row in rows:
        targets = [
            (column, value)
            for column in ("interaction_id", "lead_id", "domain")
            if (value := getattr(row, column)) is not None
        ]
        if len(targets) != 1:
            yield row.problem("fill exactly one of interaction_id, lead_id, domain")
            continue
        (target,) = targets
        if target[0] == "domain" and target[1] != folded(target[1]):
            yield row.problem(
                f"domain {quoted(target[1])} would match nothing; write {quoted(folded(target[1]))}"
            )
        if target in first:
            yield row.problem(
                f"{target[0]} {quoted(target[1])} is decided in line {first[target]} already; "
                "keep one"
            )
        first.setdefault(target, row.line)
