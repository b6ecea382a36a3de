"""Functions and seniorities that job titles can tell."""

from lead_warehouse.rules.problems import quoted, remedy
from lead_warehouse.rules.rows import JobTitleTerm, RuleSet

TOLD_BY_TITLES = ("job_function", "job_seniority")
OTHER = "other"
"""Function or seniority of a title that tells only the other of the two."""
UNKNOWN = "unknown"
"""What a term says that makes a title tell nothing: nobody has it."""


def untold(rules: RuleSet, attribute: str, value: str) -> str | None:
    """Why nobody ever has a function or seniority; nothing where somebody may.

    Args:
        attribute: one of ``TOLD_BY_TITLES``.
    """
    terms = rules.all_rows(JobTitleTerm)
    if terms is None:
        return None
    told = {one.value for one in terms if one.attribute == attribute} - {UNKNOWN} | {OTHER}
    if value in told:
        return None
    return (
        f"{attribute} {quoted(value)} is told by no term of job_title_terms.csv"
        f"{remedy(value, told)}"
    )
