"""The rules as data: a folder of seeds, read into dataclasses. No number stands in the code."""

import csv
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

MICROSECONDS_PER_DAY = 86_400_000_000


@dataclass(frozen=True)
class Profile:
    profile: str
    priority: int


@dataclass(frozen=True)
class Criterion:
    profile: str
    criterion: str
    criterion_group: str
    attribute: str
    operator: str
    operand: str
    points: Decimal
    is_required: bool


@dataclass(frozen=True)
class TitleTerm:
    term: str
    attribute: str
    value: str
    precedence: int


@dataclass(frozen=True)
class SignalGroup:
    signal_group: str
    half_life_days: Decimal
    cap_points: Decimal


@dataclass(frozen=True)
class Signal:
    interaction_type: str
    signal_group: str
    points: Decimal
    reference_depth: Decimal | None = None
    depth_unit: str | None = None
    min_depth_factor: Decimal | None = None
    max_depth_factor: Decimal | None = None
    is_hand_raise: bool = False


@dataclass(frozen=True)
class NegativeStep:
    interaction_type: str
    points: Decimal
    lasts_days: Decimal
    negative_group: str = "steps"


@dataclass(frozen=True)
class SignalPattern:
    """What an asset of a type counts as; only whole paths and what begins with one are known."""

    pattern_name: str
    interaction_type: str
    match: str
    pattern: str
    precedence: int
    counts_as: str | None
    weight_factor: Decimal | None


@dataclass(frozen=True)
class Scoring:
    reference_points: Decimal
    hand_raise_days: Decimal
    frequency_days: Decimal


@dataclass(frozen=True)
class Band:
    score: str
    band: str
    from_score: Decimal
    below_score: Decimal | None


@dataclass(frozen=True)
class Grade:
    fit_band: str
    intent_band: str
    temperature: str
    priority: int
    hand_raise_temperature: str
    hand_raise_priority: int


@dataclass(frozen=True)
class Threshold:
    profile: str
    min_fit_score: Decimal
    min_intent_score: Decimal
    exit_intent_score: Decimal
    exit_dwell_days: int


@dataclass(frozen=True)
class TransitionRule:
    """A row of the state machine; no ``from_stage`` is the start, no ``not_before`` no wait."""

    from_stage: str | None
    trigger: str
    to_stage: str
    precedence: int
    reason: str
    not_before: str | None


@dataclass(frozen=True)
class Rules:
    profiles: Mapping[str, Profile]
    criteria: tuple[Criterion, ...]
    title_terms: tuple[TitleTerm, ...]
    signal_groups: Mapping[str, SignalGroup]
    signals: Mapping[str, Signal]
    negative_steps: Mapping[str, NegativeStep]
    negative_caps: Mapping[str, Decimal | None]
    """Negative group to what it takes away at most."""
    patterns: tuple[SignalPattern, ...]
    machine_agents: tuple[str, ...]
    """Words in the user agents of machines."""
    scoring: Scoring
    bands: tuple[Band, ...]
    grades: Mapping[tuple[str, str], Grade]
    thresholds: Mapping[str, Threshold]
    transitions: tuple[TransitionRule, ...]
    timers: Mapping[tuple[str, str], int]
    """(stage, trigger) to days."""
    cadence_steps: int
    """Attempts to reach an MQL."""
    answer_wait_days: int
    """How long the last of them waits for an answer."""
    reached_outcomes: frozenset[str]
    """Outcomes that say that the person was reached."""
    dimensions: Mapping[tuple[str, str], str]
    """(framework, criterion) to dimension."""
    returns_to: Mapping[str, str]
    """Reason of a rejection to stage."""
    value_types: Mapping[str, str]
    """Attribute to type of value."""
    regions: Mapping[str, frozenset[str]]
    """Region to country codes, both normalised."""
    free_mail_domains: frozenset[str]
    country_codes: Mapping[str, str]
    """Name or code, in plain words, to code."""

    def criteria_of(self, profile: str) -> dict[str, list[Criterion]]:
        """Group to criteria, in the order of the seed."""
        groups: dict[str, list[Criterion]] = {}
        for criterion in self.criteria:
            if criterion.profile == profile:
                groups.setdefault(criterion.criterion_group, []).append(criterion)
        return groups


def load_rules(seeds: Path) -> Rules:
    """Read ``seeds/rules`` and ``seeds/reference``.

    Raises:
        ValueError: a profile has no positive points.
    """
    rules, reference = seeds / "rules", seeds / "reference"
    regions: dict[str, set[str]] = {}
    for row in _rows(reference / "country_regions.csv"):
        regions.setdefault(normalised(row["region"]), set()).add(normalised(row["country_code"]))
    loaded = Rules(
        profiles={
            row["profile"]: Profile(row["profile"], int(row["priority"]))
            for row in _rows(rules / "icp_profiles.csv")
        },
        criteria=tuple(_criterion(row) for row in _rows(rules / "icp_criteria.csv")),
        title_terms=tuple(
            TitleTerm(row["term"], row["attribute"], row["value"], int(row["precedence"]))
            for row in _rows(rules / "job_title_terms.csv")
        ),
        signal_groups={
            row["signal_group"]: SignalGroup(
                row["signal_group"], Decimal(row["half_life_days"]), Decimal(row["cap_points"])
            )
            for row in _rows(rules / "signal_groups.csv")
        },
        signals={row["interaction_type"]: _signal(row) for row in _rows(rules / "signals.csv")},
        negative_steps={
            row["interaction_type"]: NegativeStep(
                row["interaction_type"],
                Decimal(row["points"]),
                Decimal(row["lasts_days"]),
                row["negative_group"],
            )
            for row in _rows(rules / "negative_steps.csv")
        },
        negative_caps={
            row["negative_group"]: _number(row["cap_points"])
            for row in _rows(rules / "negative_groups.csv")
        },
        patterns=tuple(
            SignalPattern(
                row["pattern_name"],
                row["interaction_type"],
                row["match"],
                row["pattern"],
                int(row["precedence"]),
                row["counts_as"] or None,
                _number(row["weight_factor"]),
            )
            for row in _rows(rules / "signal_patterns.csv")
        ),
        machine_agents=tuple(
            row["term"]
            for row in _rows(rules / "traffic_agents.csv")
            if row["match"] == "contains" and not row["interaction_type"]
        ),
        scoring=_scoring(_rows(rules / "scoring.csv")),
        bands=tuple(
            Band(
                row["score"],
                row["band"],
                Decimal(row["from_score"]),
                _number(row["below_score"]),
            )
            for row in _rows(rules / "score_bands.csv")
        ),
        grades={
            (row["fit_band"], row["intent_band"]): _grade(row)
            for row in _rows(rules / "grades.csv")
        },
        thresholds={row["profile"]: _threshold(row) for row in _rows(rules / "mql_thresholds.csv")},
        transitions=tuple(
            TransitionRule(
                row["from_stage"] or None,
                row["trigger"],
                row["to_stage"],
                int(row["precedence"]),
                row["reason"],
                row["not_before"] or None,
            )
            for row in _rows(rules / "lifecycle_transitions.csv")
        ),
        timers={
            (row["stage"], row["trigger"]): int(row["after_days"])
            for row in _rows(rules / "lifecycle_timers.csv")
        },
        cadence_steps=max(
            int(row["step_number"])
            for row in _rows(rules / "cadence_steps.csv")
            if row["cadence"] == "first_contact"
        ),
        answer_wait_days=int(_rows(rules / "handover_rules.csv")[0]["answer_wait_days"]),
        reached_outcomes=frozenset(
            row["outcome"]
            for row in _rows(rules / "contact_outcomes.csv")
            if row["is_reached"] == "true"
        ),
        dimensions={
            (row["framework"], row["criterion"]): row["dimension"]
            for row in _rows(rules / "qualification_criteria.csv")
        },
        returns_to={
            row["reason"]: row["returns_to"] for row in _rows(rules / "rejection_reasons.csv")
        },
        value_types={
            row["attribute"]: row["value_type"] for row in _rows(reference / "fit_attributes.csv")
        },
        regions={region: frozenset(codes) for region, codes in regions.items()},
        free_mail_domains=frozenset(
            normalised(row["domain"]) for row in _rows(reference / "free_mail_domains.csv")
        ),
        country_codes={
            row["country_name"]: row["country_code"]
            for row in _rows(reference / "country_names.csv")
        },
    )
    for profile in loaded.profiles:
        if not any(one.profile == profile and one.points > 0 for one in loaded.criteria):
            raise ValueError(f"profile {profile} has no positive points")
    return loaded


def write_varied_rules(rules: Rules, folder: Path) -> None:
    """Write as CSVs what ``strategies.rule_sets`` varies, in the form of ``seeds/rules``."""
    _write(
        folder / "signal_groups.csv",
        ("signal_group", "half_life_days", "cap_points", "label_en", "label_fr"),
        (
            (one.signal_group, one.half_life_days, one.cap_points, *[one.signal_group] * 2)
            for one in rules.signal_groups.values()
        ),
    )
    _write(
        folder / "signals.csv",
        (
            *("interaction_type", "signal_group", "points", "reference_depth", "depth_unit"),
            *("min_depth_factor", "max_depth_factor", "is_hand_raise", "label_en", "label_fr"),
        ),
        (
            (
                *(one.interaction_type, one.signal_group, one.points, one.reference_depth),
                *(one.depth_unit, one.min_depth_factor, one.max_depth_factor),
                *(str(one.is_hand_raise).lower(), one.interaction_type, one.interaction_type),
            )
            for one in rules.signals.values()
        ),
    )
    _write(
        folder / "negative_steps.csv",
        (
            *("interaction_type", "negative_group", "points", "lasts_days"),
            *("label_en", "label_fr"),
        ),
        (
            (
                *(one.interaction_type, one.negative_group, one.points, one.lasts_days),
                *[one.interaction_type] * 2,
            )
            for one in rules.negative_steps.values()
        ),
    )
    _write(
        folder / "negative_groups.csv",
        ("negative_group", "cap_points", "label_en", "label_fr"),
        ((group, cap, group, group) for group, cap in rules.negative_caps.items()),
    )
    _write(
        folder / "signal_patterns.csv",
        (
            *("pattern_name", "interaction_type", "match", "pattern", "precedence"),
            *("counts_as", "weight_factor", "label_en", "label_fr"),
        ),
        (
            (
                *(one.pattern_name, one.interaction_type, one.match, one.pattern),
                *(one.precedence, one.counts_as, one.weight_factor),
                *[one.pattern_name] * 2,
            )
            for one in rules.patterns
        ),
    )
    # Random instants make bursts that no oracle knows of.
    _write(
        folder / "traffic_bursts.csv",
        (
            *("burst", "interaction_types", "min_count", "min_types", "within_seconds"),
            *("marks_all", "zero_because", "is_active"),
        ),
        [],
    )
    _write(
        folder / "traffic_openings.csv",
        ("opening", "interaction_type", "min_count", "zero_because", "is_active"),
        [],
    )
    _write(
        folder / "icp_criteria.csv",
        (
            *("profile", "criterion", "criterion_group", "attribute", "operator", "operand"),
            *("points", "is_required", "label_en", "label_fr"),
        ),
        (
            (
                *(one.profile, one.criterion, one.criterion_group, one.attribute, one.operator),
                *(one.operand, one.points, str(one.is_required).lower(), *[one.criterion] * 2),
            )
            for one in rules.criteria
        ),
    )
    scoring = rules.scoring
    _write(
        folder / "scoring.csv",
        ("reference_points", "hand_raise_days", "frequency_days"),
        [(scoring.reference_points, scoring.hand_raise_days, scoring.frequency_days)],
    )
    _write(
        folder / "mql_thresholds.csv",
        (
            *("profile", "min_fit_score", "min_intent_score"),
            *("exit_intent_score", "exit_dwell_days"),
        ),
        (
            (
                *(one.profile, one.min_fit_score, one.min_intent_score),
                *(one.exit_intent_score, one.exit_dwell_days),
            )
            for one in rules.thresholds.values()
        ),
    )


def normalised(text: str) -> str:
    """Lower case, trimmed, without accents."""
    decomposed = unicodedata.normalize("NFD", text.strip().lower())
    bare = "".join(char for char in decomposed if not unicodedata.category(char).startswith("M"))
    return unicodedata.normalize("NFC", bare)


def days(number: Decimal | int) -> timedelta:
    """So many days, exact to the microsecond."""
    return timedelta(microseconds=int(Decimal(number) * MICROSECONDS_PER_DAY))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _number(cell: str) -> Decimal | None:
    return Decimal(cell) if cell else None


def _criterion(row: Mapping[str, str]) -> Criterion:
    return Criterion(
        row["profile"],
        row["criterion"],
        row["criterion_group"],
        row["attribute"],
        row["operator"],
        row["operand"],
        Decimal(row["points"]),
        row["is_required"] == "true",
    )


def _signal(row: Mapping[str, str]) -> Signal:
    return Signal(
        row["interaction_type"],
        row["signal_group"],
        Decimal(row["points"]),
        _number(row["reference_depth"]),
        row["depth_unit"] or None,
        _number(row["min_depth_factor"]),
        _number(row["max_depth_factor"]),
        row["is_hand_raise"] == "true",
    )


def _scoring(rows: list[dict[str, str]]) -> Scoring:
    (row,) = rows
    return Scoring(
        Decimal(row["reference_points"]),
        Decimal(row["hand_raise_days"]),
        Decimal(row["frequency_days"]),
    )


def _grade(row: Mapping[str, str]) -> Grade:
    return Grade(
        row["fit_band"],
        row["intent_band"],
        row["temperature"],
        int(row["priority"]),
        row["hand_raise_temperature"],
        int(row["hand_raise_priority"]),
    )


def _threshold(row: Mapping[str, str]) -> Threshold:
    return Threshold(
        row["profile"],
        Decimal(row["min_fit_score"]),
        Decimal(row["min_intent_score"]),
        Decimal(row["exit_intent_score"]),
        int(row["exit_dwell_days"]),
    )
