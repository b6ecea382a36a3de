"""Where the console script prints: results to standard output, errors to standard error."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

PIPED_WIDTH = 140
"""Width where there is no terminal to ask, as in a scheduler's log."""


def printer(width: int | None) -> Console:
    """A console of a width of its own; none for the terminal's."""
    return Console(highlight=False, markup=False, width=width)


output = printer(None if sys.stdout.isatty() else PIPED_WIDTH)
errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def say(text: str) -> None:
    """Print a line that no terminal width breaks, so that paths and commands can be copied."""
    output.print(text, soft_wrap=True)


@contextmanager
def readers_may_leave() -> Iterator[None]:
    """Print what a reader such as `head` may have seen enough of: a closed pipe is no error."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # Nothing more is flushed to it when the process ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(text: str) -> None:
    """Print a line to standard error."""
    errors.print(text)


def counted(number: int, what: str) -> str:
    """A number of things, in the right number."""
    return f"{number:,} {what}{'s' * (number != 1)}"
