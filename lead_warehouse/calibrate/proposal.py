"""A folder of proposed rules with the evidence for them; the rules in force stay as they are."""

import csv
import io
from pathlib import Path

from lead_warehouse.calibrate.verdict import TooFew, Verdict
from lead_warehouse.errors import UserError

EVIDENCE = "EVIDENCE.md"


def write_proposal(verdict: Verdict, rules: Path, folder: Path) -> list[Path]:
    """Write what the past would have otherwise, and why.

    Args:
        rules: folder of the rules in force, which the proposal starts from.

    Returns:
        the files written; rules only where something is proposed.

    Raises:
        UserError: the folder holds something already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"--out: {folder} holds something already; name a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    half_lives = proposed_half_lives(verdict)
    points = {one.interaction_type: one.factor for one in verdict.points if one.differs}
    written = [
        *_changed(
            rules / "signal_groups.csv", folder, "signal_group", "half_life_days", half_lives
        ),
        *_changed(
            rules / "signals.csv",
            folder,
            "interaction_type",
            "points",
            {name: factor for name, factor in points.items() if factor > 0},
            is_factor=True,
        ),
    ]
    evidence = folder / EVIDENCE
    evidence.write_text(in_words(verdict), encoding="utf-8")
    return [*written, evidence]


def proposed_half_lives(verdict: Verdict) -> dict[str, float]:
    """Half-lives to change: where decay helps and the one in force is ruled out."""
    if not verdict.helps:
        return {}
    return {
        one.group: min(one.best, 365.0)
        for one in verdict.decay.half_lives
        if not one.low <= one.in_force <= one.high
    }


def _changed(
    path: Path,
    folder: Path,
    key: str,
    column: str,
    values: dict[str, float],
    *,
    is_factor: bool = False,
) -> list[Path]:
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    touched = False
    for row in rows:
        if row[key] in values:
            value = values[row[key]] * (float(row[column]) if is_factor else 1)
            row[column] = f"{round(value, 1):g}"
            touched = True
    if not touched:
        return []
    target = folder / path.name
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return [target]


def too_few_in_words(found: TooFew) -> str:
    """What is missing, in a sentence."""
    text = (
        f"too few to learn from: {found.won:,} of {found.cases:,} leads were won, and it takes "
        f"{found.needed:,} won and as many not"
    )
    if found.cases_needed:
        text += f"; at this share about {found.cases_needed:,} leads whose window is over"
    return text


def in_words(verdict: Verdict) -> str:
    """The evidence, as Markdown."""
    when = "when sales first turned to them" if verdict.is_first_touch else "at the last horizon"
    helps = "Decay helps" if verdict.helps else "Decay does not help on these data"
    lines = [
        "# What the past says of points and half-lives",
        "",
        f"{verdict.cases:,} leads as they stood {when}, {verdict.won:,} of them won within the "
        "window.",
        "",
        f"**{helps}**: half-lives gain {verdict.decay.gain:.1f} of twice the log-likelihood over "
        f"no decay, and chance alone gains {verdict.needed_gain:.1f} in one data set of twenty.",
        "",
        "| group | in force | likeliest | not ruled out (95 %) |",
        "|---|---:|---:|---|",
    ]
    for one in verdict.decay.half_lives:
        spread = f"{one.low:g} to {_days(one.high)}" if one.is_told else "anything: too little said"
        lines.append(f"| {one.group} | {one.in_force:g} | {_days(one.best)} | {spread} |")
    lines += [
        "",
        "Learned from the earlier leads, judged on the later ones "
        f"({verdict.trained[0]:,} with {verdict.trained[1]:,} won; {verdict.judged[0]:,} with "
        f"{verdict.judged[1]:,} won):",
        "",
        "| ranked by | AUC (95 %) |",
        "|---|---|",
        *(f"| {name} | {one} |" for name, one in verdict.areas.items()),
    ]
    if verdict.over_no_decay:
        lines += ["", f"Half-lives found less no decay: {verdict.over_no_decay}."]
    lines += [
        "",
        "| interaction | times its points in force | leads that had it |",
        "|---|---|---:|",
        *(
            f"| {one.interaction_type} | {one.factor:.2f} ({one.low:.2f} to {one.high:.2f}) | "
            f"{one.cases:,} |"
            for one in verdict.points
        ),
        "",
        "Only what the data rule out is proposed otherwise. Leads were won as sales worked them "
        "then, under the rules of the time.",
    ]
    return "\n".join(lines) + "\n"


def _days(days: float) -> str:
    return "no decay" if days == float("inf") else f"{days:g}"
