"""A file that waits outside, whole, because no row of it can be trusted."""


class HeldFile(Exception):
    """Why a file is held and what to do; the rest of the refresh goes on."""
