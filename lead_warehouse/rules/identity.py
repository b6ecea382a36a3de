"""What the names of shared mailboxes must be to make sense."""

from collections.abc import Iterator

from lead_warehouse.rules.problems import Problem, quoted
from lead_warehouse.rules.rows import RoleMailbox, RuleSet


def identity_problems(rules: RuleSet) -> Iterator[Problem]:
    """Names that no address could have, as addresses are compared."""
    for row in rules.rows(RoleMailbox):
        plain = row.local_part.lower().partition("@")[0].partition("+")[0].strip()
        if row.local_part != plain:
            advice = f"write {quoted(plain)}" if plain else "write what stands before the at sign"
            yield row.problem(
                f"local_part {quoted(row.local_part)} would match no address: those are compared "
                f"in lower case, up to the at sign or a tag; {advice}"
            )
