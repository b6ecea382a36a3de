"""Errors a person can act on: one line that says what is wrong and what to do."""


class LeadWarehouseError(Exception):
    """Base of all errors shown as one line.

    Attributes:
        exit_code: what the console script returns.
    """

    exit_code = 1


class UserError(LeadWarehouseError):
    """A mistake in what was asked or configured; readers see no change. Exit code 2."""

    exit_code = 2


class RunFailed(LeadWarehouseError):
    """A refresh that could not finish; readers keep the published generation. Exit code 1."""


class RunRejected(RunFailed):
    """A refresh whose gate or audit said no; the findings are kept with the run."""
