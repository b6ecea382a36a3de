"""What the rules of accounts and their buying groups must be to make sense."""

from collections.abc import Iterator

from lead_warehouse.rules.problems import Problem, quoted, remedy
from lead_warehouse.rules.rows import (
    AccountRules,
    BuyingGroupMember,
    BuyingGroupRole,
    RuleSet,
)
from lead_warehouse.rules.titles import TOLD_BY_TITLES, untold


def account_problems(rules: RuleSet) -> Iterator[Problem]:
    """Limits, and roles that somebody can have and that leave somebody out."""
    for row in rules.rows(AccountRules):
        yield from row.out_of("max_accounts_per_key", least=1)
        yield from row.out_of("people_per_cap", least=1)
        yield from row.out_of("min_engaged_intent_score", above=0)
        yield from row.out_of("min_engaged_intent_score", greatest=100)
    for role in rules.rows(BuyingGroupRole):
        yield from role.out_of("sort_order", least=1)
    yield from _vacant_roles(rules)
    yield from _members(rules)


def _vacant_roles(rules: RuleSet) -> Iterator[Problem]:
    members = rules.all_rows(BuyingGroupMember)
    if members is None:
        return
    filled = {(one.profile, one.role) for one in members}
    for role in rules.rows(BuyingGroupRole):
        if (role.profile, role.role) not in filled:
            yield role.problem(
                f"role {quoted(role.role)} of {quoted(role.profile)} is nobody's and would always "
                "be missing; say who has it in buying_group_members.csv"
            )


def _members(rules: RuleSet) -> Iterator[Problem]:
    roles = rules.all_rows(BuyingGroupRole)
    for row in rules.rows(BuyingGroupMember):
        if row.job_function is None and row.job_seniority is None:
            yield row.problem(
                "job_function and job_seniority are both empty, so everybody would have the role; "
                "fill one"
            )
        if roles is not None:
            known = {one.role for one in roles if one.profile == row.profile}
            if row.role not in known:
                yield row.problem(
                    f"role {quoted(row.role)} is none of {quoted(row.profile)} "
                    "in buying_group_roles.csv"
                    f"{remedy(row.role, known)}"
                )
        for attribute in TOLD_BY_TITLES:
            value = getattr(row, attribute)
            if value is not None and (text := untold(rules, attribute, value)):
                yield row.problem(text)
