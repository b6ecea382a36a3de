"""What policies of contact and retention must be so that every person is covered by one."""

from collections.abc import Iterator

from lead_warehouse.rules.interaction_types import scored_types, type_problems
from lead_warehouse.rules.problems import Problem, quoted, remedy
from lead_warehouse.rules.rows import (
    ContactPolicy,
    ContactPurpose,
    ContactReason,
    CountryName,
    PersonAct,
    RetentionPolicy,
    RuleSet,
    TrackingPolicy,
    TrafficReason,
)

ANY = "*"
"""Stands for every country, or every kind of address, that has no row of its own."""

NO_CONSENT = "no_tracking_consent"
"""Why an interaction that was tracked without consent earns nothing."""

REASONS = (
    "objected", "consented", "requested", "contract", "silence_allows", "consent_missing",
    "request_missing", "request_over", "notice_overdue", "retention_over", "address_missing",
    "policy_missing", "deleted_at_source",
)  # fmt: skip
"""What models tell; each needs its words."""


def law_problems(rules: RuleSet) -> Iterator[Problem]:
    """Rows one by one, then whether they cover everybody."""
    purposes = rules.all_rows(ContactPurpose)
    policies = rules.all_rows(ContactPolicy)
    for policy in rules.rows(ContactPolicy):
        yield from _policy(policy)
        if purposes is not None and not any(_is_of(policy, one) for one in purposes):
            yield policy.problem(
                f"channel {quoted(policy.channel)} of purpose {quoted(policy.purpose)} is not in "
                "contact_purposes.csv; add it there, or nobody asks for the policy"
            )
    for one in purposes or ():
        if policies is not None and not any(
            _is_of(row, one) and row.country_code == row.address_kind == ANY for row in policies
        ):
            yield one.problem(
                f"no policy of {quoted(one.purpose)} by {quoted(one.channel)} holds everywhere; "
                "add a row with * and * to contact_policies.csv"
            )
    scored = scored_types(rules)
    for act in rules.rows(PersonAct):
        yield from type_problems(act, act.interaction_type, scored)
        yield from _act(act)
    yield from _retention(rules)
    yield from _tracking(rules)
    yield from _countries(rules)
    yield from _sources(rules)
    if (reasons := rules.all_rows(ContactReason)) is not None:
        for missing in sorted(set(REASONS) - {row.reason for row in reasons}):
            yield Problem(
                ContactReason.table, 1, f"reason {quoted(missing)} has no words; add its row"
            )


def _is_of(policy: ContactPolicy, one: ContactPurpose) -> bool:
    return (policy.purpose, policy.channel) == (one.purpose, one.channel)


def _policy(policy: ContactPolicy) -> Iterator[Problem]:
    is_request = policy.ground_needed == "request"
    if is_request and policy.request_days is None:
        yield policy.problem(
            "request_days is empty, so a request could be answered for ever; fill it"
        )
    if policy.request_days is not None and not is_request:
        yield policy.problem(
            f"request_days {quoted(policy.request_days)} means nothing where ground_needed is "
            f"{quoted(policy.ground_needed)}; empty it"
        )
    if is_request and policy.purpose != "answering":
        yield policy.problem(
            f"a request is no ground for {quoted(policy.purpose)}; name consent or "
            "legitimate_interest"
        )


def _act(act: PersonAct) -> Iterator[Problem]:
    if act.objects_to_channel is not None and act.objects_to_purpose is None:
        yield act.problem("objects_to_channel names no purpose; fill objects_to_purpose")
    if not act.resets_retention and act.objects_to_purpose is None:
        yield act.problem(
            f"interaction_type {quoted(act.interaction_type)} neither resets the clock nor "
            "objects to anything; remove the row"
        )


def _retention(rules: RuleSet) -> Iterator[Problem]:
    rows = rules.all_rows(RetentionPolicy)
    if rows is not None and all(row.country_code != ANY for row in rows):
        yield Problem(
            RetentionPolicy.table, 1, "no row holds everywhere; add one with country_code *"
        )
    for row in rules.rows(RetentionPolicy):
        if row.notice_days > row.retention_days:
            yield row.problem(
                f"notice_days {quoted(row.notice_days)} must be {row.retention_days} or less: the "
                "data would be gone before the person is told"
            )


def _tracking(rules: RuleSet) -> Iterator[Problem]:
    reasons = rules.all_rows(TrafficReason)
    for row in rules.rows(TrackingPolicy):
        name = row.interaction_type
        if name != name.strip().lower():
            yield row.problem(
                f"interaction_type {quoted(name)} has capitals or blanks around it, and types are "
                f"compared in lower case; write {quoted(name.strip().lower())}"
            )
        if (
            row.needs_consent
            and reasons is not None
            and NO_CONSENT not in {one.zero_because for one in reasons}
        ):
            yield row.problem(
                f"needs_consent is true and traffic_reasons.csv has no row {quoted(NO_CONSENT)}, "
                "so nothing would come of it; add the row"
            )


def _countries(rules: RuleSet) -> Iterator[Problem]:
    known = {row.country_code for row in rules.all_rows(CountryName) or ()} | {ANY}
    if known == {ANY}:
        return
    rows: list[ContactPolicy | RetentionPolicy | TrackingPolicy] = [
        *rules.rows(ContactPolicy),
        *rules.rows(RetentionPolicy),
        *rules.rows(TrackingPolicy),
    ]
    for row in rows:
        if row.country_code not in known:
            yield row.problem(
                f"country_code {quoted(row.country_code)} is no ISO 3166-1 alpha-2 code"
                f"{remedy(row.country_code, known)}"
            )


def _sources(rules: RuleSet) -> Iterator[Problem]:
    rows: list[ContactPolicy | PersonAct | RetentionPolicy | TrackingPolicy] = [
        *rules.rows(ContactPolicy),
        *rules.rows(PersonAct),
        *rules.rows(RetentionPolicy),
        *rules.rows(TrackingPolicy),
    ]
    for row in rows:
        if not row.source_url.startswith("https://"):
            yield row.problem(
                f"source_url {quoted(row.source_url)} cannot be looked up; begin it with https://"
            )
