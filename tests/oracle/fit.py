"""Fit of a lead's attributes for each ideal customer profile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Literal

from tests.oracle.rules import Criterion, Rules, normalised

Value = str | int | float | Decimal | bool | None
Attributes = Mapping[str, Value]
Outcome = Literal["matched", "not_matched", "unknown"]


@dataclass(frozen=True)
class ProfileFit:
    """How well a lead fits one profile; scores are exact, from 0 to 100."""

    profile: str
    floor: Fraction
    ceiling: Fraction
    coverage: Fraction
    excluded_by: tuple[str, ...]
    blocked_by_unknown: tuple[str, ...]
    outcomes: Mapping[str, Outcome]

    @property
    def is_excluded(self) -> bool:
        return bool(self.excluded_by)

    @property
    def is_blocked_by_unknown(self) -> bool:
        return bool(self.blocked_by_unknown)


def fit_of_profiles(attributes: Attributes, rules: Rules) -> dict[str, ProfileFit]:
    """Profile to fit of ``attributes``, which hold the derived ones already."""
    return {profile: _fit(profile, attributes, rules) for profile in rules.profiles}


def best_profile(fits: Mapping[str, ProfileFit], rules: Rules) -> str | None:
    """The profile of the highest floor, ties by priority; None when all are excluded."""
    open_to = [fit for fit in fits.values() if not fit.is_excluded]
    ranked = sorted(open_to, key=lambda fit: (-fit.floor, rules.profiles[fit.profile].priority))
    return ranked[0].profile if ranked else None


def with_derived(raw: Attributes, rules: Rules) -> dict[str, Value]:
    """The fields of a lead, its e-mail address among them, and what follows from them."""
    seniority, function = _read_title(raw.get("job_title"), rules)
    domain = _mail_domain(raw.get("email"))
    lead_type = _text(raw.get("lead_type"))
    is_student = None
    if lead_type is not None or seniority is not None or function is not None:
        is_student = "student" in {lead_type, seniority}
    return {
        **raw,
        "given_country": raw.get("country_code"),
        "country_code": rules.country_codes.get(_words(str(raw.get("country_code") or ""))),
        "job_function": function,
        "job_seniority": seniority,
        "is_student": is_student,
        "email_domain": domain,
        "is_free_mail": None if domain is None else domain in rules.free_mail_domains,
    }


def outcome(criterion: Criterion, attributes: Attributes, rules: Rules) -> Outcome:
    """Whether one criterion matches."""
    value = attributes.get(criterion.attribute)
    is_value_known = is_known(criterion.attribute, value, rules)
    if criterion.operator in ("is_known", "is_unknown"):
        wanted = criterion.operator == "is_known"
        return "matched" if is_value_known == wanted else "not_matched"
    if not is_value_known:
        return "unknown"
    if criterion.operator in ("in_region", "not_in_region"):
        found = _in_region(value, criterion.operand, rules)
        found = found == (criterion.operator == "in_region")
    elif (
        criterion.operator in ("contains_word", "not_contains_word")
        and rules.value_types[criterion.attribute] == "list"
    ):
        found = any(_contains_word(item, criterion.operand) for item in _items(str(value)))
        found = found == (criterion.operator == "contains_word")
    else:
        found = _OPERATORS[criterion.operator](value, criterion.operand)
    return "matched" if found else "not_matched"


def is_known(attribute: str, value: Value, rules: Rules) -> bool:
    """Whether there is a value that can be compared."""
    if value is None or (isinstance(value, str) and not normalised(value)):
        return False
    match rules.value_types[attribute]:
        case "list":
            return bool(_items(str(value)))
        case "number":
            return _decimal(value) is not None
        case _:
            return True


def _fit(profile: str, attributes: Attributes, rules: Rules) -> ProfileFit:
    groups = rules.criteria_of(profile)
    criteria = [one for group in groups.values() for one in group]
    outcomes = {one.criterion: outcome(one, attributes, rules) for one in criteria}
    denominator = floor = ceiling = known = Decimal(0)
    for group in groups.values():
        worth = max(Decimal(0), *(one.points for one in group))
        matched = [one.points for one in group if outcomes[one.criterion] == "matched"]
        lacking = [
            one
            for one in group
            if not is_known(one.attribute, attributes.get(one.attribute), rules)
        ]
        unknown = [one.points for one in lacking if outcomes[one.criterion] != "matched"]
        # Once found out, what is matched by being unknown need not count against the lead.
        lifted = [
            one.criterion
            for one in lacking
            if outcomes[one.criterion] == "matched" and one.points < 0
        ]
        lasting = [
            one.points
            for one in group
            if outcomes[one.criterion] == "matched" and one.criterion not in lifted
        ]
        best: Decimal = max(matched, default=Decimal(0))
        denominator += worth
        floor += best
        possible = max(
            [*lasting, *(points for points in unknown if points > 0)], default=Decimal(0)
        )
        ceiling += max(best, possible)
        if not any(points > max(best, Decimal(0)) for points in unknown):
            known += worth
    required = [one for one in criteria if one.is_required]
    return ProfileFit(
        profile=profile,
        floor=_share(floor, denominator),
        ceiling=_share(ceiling, denominator),
        coverage=_share(known, denominator),
        excluded_by=tuple(
            one.criterion for one in required if outcomes[one.criterion] == "not_matched"
        ),
        blocked_by_unknown=tuple(
            one.criterion for one in required if outcomes[one.criterion] == "unknown"
        ),
        outcomes=outcomes,
    )


def _share(points: Decimal, denominator: Decimal) -> Fraction:
    share = Fraction(points) / Fraction(denominator)
    return 100 * min(Fraction(1), max(Fraction(0), share))


def _read_title(title: Value, rules: Rules) -> tuple[str | None, str | None]:
    """Seniority and function that a job title tells."""
    words = f" {_words(str(title or ''))} "
    found: dict[str, str | None] = {}
    for attribute in ("job_seniority", "job_function"):
        terms = [
            one
            for one in rules.title_terms
            if one.attribute == attribute and f" {_words(one.term)} " in words
        ]
        # `product owner` is no owner.
        whole = [
            one
            for one in terms
            if not any(f" {one.term} " in f" {other.term} " for other in terms if other != one)
        ]
        if whole:
            first = min(whole, key=lambda one: (one.precedence, -len(one.term), one.term))
            found[attribute] = first.value if first.value != "unknown" else None
    return found.get("job_seniority"), found.get("job_function")


def _words(text: str) -> str:
    """Normalised, every run of other than letters and digits one blank."""
    return " ".join("".join(char if char.isalnum() else " " for char in normalised(text)).split())


def _mail_domain(email: Value) -> str | None:
    text = _text(email)
    return (text.rpartition("@")[2] or None) if text is not None and "@" in text else None


def _text(value: Value) -> str | None:
    """Normalised; a blank one is not known."""
    return normalised(str(value)) or None if value is not None else None


def _decimal(value: Value) -> Decimal | None:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _alternatives(operand: str) -> list[str]:
    return [normalised(one) for one in operand.split("|")]


def _items(value: str) -> set[str]:
    return {item for item in map(normalised, value.split(";")) if item}


def _equals_one(value: Value, operand: str) -> bool:
    if isinstance(value, str):
        return normalised(value) in _alternatives(operand)
    if isinstance(value, bool):
        return str(value).lower() in _alternatives(operand)
    return any(_decimal(value) == _decimal(one) for one in operand.split("|"))


def _bounds(operand: str) -> tuple[Decimal, Decimal]:
    low, _, high = operand.partition("..")
    return Decimal(low.strip()), Decimal(high.strip())


def _between(value: Value, operand: str) -> bool:
    number, (low, high) = _decimal(value), _bounds(operand)
    return number is not None and low <= number <= high


def _at_least(value: Value, operand: str) -> bool:
    number = _decimal(value)
    return number is not None and number >= Decimal(operand.strip())


def _at_most(value: Value, operand: str) -> bool:
    number = _decimal(value)
    return number is not None and number <= Decimal(operand.strip())


def _in_region(value: Value, operand: str, rules: Rules) -> bool:
    code = normalised(str(value))
    return any(code in rules.regions.get(one, frozenset()) for one in _alternatives(operand))


def _starts_with(value: Value, operand: str) -> bool:
    return any(normalised(str(value)).startswith(one) for one in _alternatives(operand))


def _contains(value: Value, operand: str) -> bool:
    return any(one in normalised(str(value)) for one in _alternatives(operand))


def _contains_any(value: Value, operand: str) -> bool:
    return bool(_items(str(value)) & set(_alternatives(operand)))


def _contains_all(value: Value, operand: str) -> bool:
    return _items(str(value)) >= set(_alternatives(operand))


def _ends_with(value: Value, operand: str) -> bool:
    return any(normalised(str(value)).endswith(one) for one in _alternatives(operand))


def _contains_word(value: Value, operand: str) -> bool:
    words = f" {_words(str(value))} "
    return any(f" {_words(one)} " in words for one in operand.split("|"))


def _more_than(value: Value, operand: str) -> bool:
    return not _at_most(value, operand)


def _less_than(value: Value, operand: str) -> bool:
    return not _at_least(value, operand)


def _has_at_least(value: Value, operand: str) -> bool:
    return len(_items(str(value))) >= int(operand)


def _not(operator: Callable[[Value, str], bool]) -> Callable[[Value, str], bool]:
    return lambda value, operand: not operator(value, operand)


_OPERATORS: dict[str, Callable[[Value, str], bool]] = {
    "equals": _equals_one,
    "in": _equals_one,
    "not_equals": _not(_equals_one),
    "not_in": _not(_equals_one),
    "starts_with": _starts_with,
    "ends_with": _ends_with,
    "contains": _contains,
    "not_contains": _not(_contains),
    "contains_word": _contains_word,
    "not_contains_word": _not(_contains_word),
    "between": _between,
    "not_between": _not(_between),
    "more_than": _more_than,
    "less_than": _less_than,
    "at_least": _at_least,
    "at_most": _at_most,
    "contains_any": _contains_any,
    "contains_all": _contains_all,
    "contains_none": _not(_contains_any),
    "has_at_least": _has_at_least,
    "is_true": lambda value, operand: value is True,
    "is_false": lambda value, operand: value is False,
}
