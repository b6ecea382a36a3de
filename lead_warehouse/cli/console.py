"""Where the console script prints: results to standard output, errors to standard error."""

import sys

from rich.console import Console

PIPED_WIDTH = 140
"""Width where there is no terminal to ask, as in a scheduler's log."""

output = Console(
    highlight=False,
    markup=False,
    width=None if sys.stdout.isatty() else PIPED_WIDTH,
)
errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def say(text: str) -> None:
    """Print a line that no terminal width breaks, so that paths and commands can be copied."""
    output.print(text, soft_wrap=True)


def complain(text: str) -> None:
    """Print a line to standard error."""
    errors.print(text)
