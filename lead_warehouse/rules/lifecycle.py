"""What stages, transitions and timers must be to make a state machine that leads can go through."""

from collections import defaultdict
from collections.abc import Iterator

from lead_warehouse.rules.problems import Problem, quoted, remedy
from lead_warehouse.rules.rows import RuleSet, Stage, Timer, Transition


def lifecycle_problems(rules: RuleSet) -> Iterator[Problem]:
    """Rows one by one, then the machine as a whole."""
    transitions = rules.rows(Transition)
    for transition in transitions:
        if transition.to_stage == transition.from_stage:
            yield transition.problem(
                f"to_stage {quoted(transition.to_stage)} is where the lead is; name another stage"
            )
    yield from _ambiguous(transitions)
    for timer in rules.rows(Timer):
        yield from timer.out_of("after_days", least=0)
    yield from _timers(rules)
    if (stages := rules.all_rows(Stage)) is not None:
        yield from _positions(stages)
        yield from _out_of_final(stages, transitions)
        if (whole := rules.all_rows(Transition)) is not None:
            yield from _starts(whole)
            yield from _ways(stages, whole)


def _ambiguous(transitions: list[Transition]) -> Iterator[Problem]:
    first: dict[tuple[str | None, int], int] = {}
    for row in transitions:
        key = row.from_stage, row.precedence
        if key in first:
            yield row.problem(
                f"precedence {quoted(row.precedence)} of from_stage {_name(row.from_stage)} is "
                f"that of line {first[key]} too; give each its own"
            )
        first.setdefault(key, row.line)


def _name(stage: str | None) -> str:
    return "(empty)" if stage is None else quoted(stage)


def _timers(rules: RuleSet) -> Iterator[Problem]:
    """Waits for a timer that the stage has not, and timers that nobody waits for."""
    timers, transitions = rules.all_rows(Timer), rules.all_rows(Transition)
    if timers is not None:
        running = defaultdict(set)
        for timer in timers:
            running[timer.stage].add(timer.trigger)
        for row in rules.rows(Transition):
            known = running[row.from_stage or ""]
            if row.not_before is not None and row.not_before not in known:
                stage = _name(row.from_stage)
                yield row.problem(
                    f"not_before {quoted(row.not_before)} is no timer of from_stage {stage} "
                    f"in lifecycle_timers.csv{remedy(row.not_before, known)}"
                )
    if transitions is not None:
        used = {(row.from_stage, name) for row in transitions for name in _waits_for(row)}
        for timer in rules.rows(Timer):
            if (timer.stage, timer.trigger) not in used:
                yield timer.problem(
                    f"trigger {quoted(timer.trigger)} of stage {quoted(timer.stage)} moves nothing;"
                    " add its row to lifecycle_transitions.csv, or a not_before, or remove it"
                )


def _waits_for(row: Transition) -> set[str | None]:
    return {row.trigger, row.not_before}


def _positions(stages: list[Stage]) -> Iterator[Problem]:
    """The main path is counted from 1 on, without a gap."""
    placed = sorted(
        (row for row in stages if row.position is not None), key=lambda row: row.position or 0
    )
    if not placed:
        yield Problem(Stage.table, 1, "no stage has a position; count the main path from 1 on")
    for expected, row in enumerate(placed, start=1):
        if row.position != expected:
            yield row.problem(
                f"position {quoted(row.position)} must be {expected}: positions count from 1 on "
                "without gap or repetition"
            )
            return


def _out_of_final(stages: list[Stage], transitions: list[Transition]) -> Iterator[Problem]:
    final = {row.stage for row in stages if row.is_final}
    for row in transitions:
        if row.from_stage in final:
            yield row.problem(
                f"from_stage {_name(row.from_stage)} is final, nothing leaves it; remove the row "
                "or set is_final to false in lifecycle_stages.csv"
            )


def _starts(transitions: list[Transition]) -> Iterator[Problem]:
    starts = [row for row in transitions if row.from_stage is None]
    if not starts:
        text = "no row has an empty from_stage; add the one with which leads start"
        yield Problem(Transition.table, 1, text)
    for row in starts[1:]:
        yield row.problem(
            f"from_stage is empty as on line {starts[0].line}; keep one row with which leads start"
        )


def _ways(stages: list[Stage], transitions: list[Transition]) -> Iterator[Problem]:
    """Stages that no lead can come to, and stages that a lead which came cannot leave."""
    ways = defaultdict(set)
    for row in transitions:
        if row.to_stage != row.from_stage:
            ways[row.from_stage].add(row.to_stage)
    reached: set[str] = set()
    ahead = set(ways[None])
    while ahead:
        stage = ahead.pop()
        reached.add(stage)
        ahead |= ways[stage] - reached
    for found in stages:
        name = quoted(found.stage)
        if found.stage not in reached and ways[None]:
            yield found.problem(
                f"stage {name} cannot be reached from the start; "
                "add a transition to it in lifecycle_transitions.csv"
            )
        if found.stage in reached and not ways[found.stage] and not found.is_final:
            yield found.problem(
                f"stage {name} leads nowhere and is not final; "
                "add a transition out of it in lifecycle_transitions.csv, or set is_final to true"
            )
