"""What a change of rules would do, as Markdown for a pull request."""

from collections.abc import Iterable, Iterator

from lead_warehouse.compare.impact import WEEKS, Figure, Impact

GROUPS = ("kept", "gained", "lost")
OUTCOMES = {"sql": "sales-qualified", "won": "won"}
LIMITS = {
    "stage_changed_rate": "leads whose stage changes",
    "mql_volume_change_rate": "change of MQLs a week",
    "rep_utilization": "highest load of a rep that rises, over capacity",
}


def as_markdown(impact: Impact, rules: str) -> str:
    """The whole report; names of leads only where they were asked for."""
    return "\n".join(_lines(impact, rules)) + "\n"


def _lines(impact: Impact, rules: str) -> Iterator[str]:
    yield f"## Rules `{rules}` beside those in force"
    yield ""
    changed = ", ".join(f"`{one}`" for one in impact.changed) or "nothing"
    yield f"Changed: {changed}. As of {impact.as_of} (UTC), run {impact.run_id}."
    yield ""
    yield from _limits(impact)
    yield from _mqls(impact)
    yield from _conversions(impact)
    yield from _grades(impact)
    yield from _loads(impact)
    if impact.names is not None:
        yield "### Leads that enter or leave MQL"
        yield ""
        yield from _table(
            impact.names.columns, ([_cell(one) for one in row] for row in impact.names.values)
        )


def _limits(impact: Impact) -> Iterator[str]:
    rows = [
        [
            LIMITS.get(one.component, one.component),
            _rate(one.after),
            _rate(one.limit),
            "**passed**" if one.is_beyond_limit else "kept",
        ]
        for one in impact.of("limit")
    ]
    yield from _table(["limit", "value", "at most", ""], rows)


def _mqls(impact: Impact) -> Iterator[str]:
    now, volume = impact.value("mql_now", "all"), impact.value("mqls_per_week", "all")
    entered = impact.value("mql_now", "entered").after
    left = impact.value("mql_now", "left").before
    yield "### MQLs"
    yield ""
    yield f"{_count(entered)} leads would enter MQL now, {_count(left)} would leave it."
    yield ""
    rows = [
        ["MQLs now", _count(now.before), _count(now.after)],
        [f"MQLs a week, of the last {WEEKS}", _plain(volume.before), _plain(volume.after)],
        *(
            [one.component, _count(one.before), _count(one.after)]
            for one in impact.of("mqls_in_week")
        ),
    ]
    yield from _table(["", "before", "after"], rows)


def _conversions(impact: Impact) -> Iterator[str]:
    yield "### What became of them in the past"
    yield ""
    rows = []
    for group in GROUPS:
        ever = impact.value("mql_ever", group)
        row = [group, _count(max(ever.before or 0, ever.after or 0))]
        for outcome in OUTCOMES:
            of = f"{outcome}_of_{group}"
            leads = impact.value(of, "leads").before or 0
            reached = impact.value(of, "reached").before or 0
            rate = f"{reached / leads:.1%}" if leads else "–"
            row.append(f"{_count(reached)} of {_count(leads)} ({rate})")
        rows.append(row)
    yield from _table(["MQLs ever", "leads", *OUTCOMES.values()], rows)


def _grades(impact: Impact) -> Iterator[str]:
    counts = {tuple(one.component.split(" -> ")): one.before for one in impact.of("grade")}
    before, after = (sorted({pair[i] for pair in counts}) for i in (0, 1))
    yield "### Leads by grade, before (down) and after (across)"
    yield ""
    yield from _table(
        ["", *after],
        ([one, *(_count(counts.get((one, other), 0)) for other in after)] for one in before),
    )


def _loads(impact: Impact) -> Iterator[str]:
    capacity = {one.component: one.before for one in impact.of("capacity_per_week")}
    yield "### MQLs a week and rep"
    yield ""
    yield from _table(
        ["owner", "before", "after", "capacity"],
        (
            [
                one.component or "nobody",
                _plain(one.before),
                _plain(one.after),
                _count(capacity.get(one.component)),
            ]
            for one in impact.of("load_per_week")
        ),
    )


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    names = list(columns)
    yield f"| {' | '.join(names)} |"
    yield f"|{'---|' * len(names)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _cell(value: object) -> str:
    return "" if value is None else str(value).replace("|", "\\|")


def _count(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def _plain(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f}"


def _rate(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def limit_in_words(figure: Figure) -> str:
    """A passed limit in a line."""
    return (
        f"{LIMITS.get(figure.component, figure.component)}: {_rate(figure.after)}, "
        f"at most {_rate(figure.limit)} (change_limits.csv)"
    )
