"""Checks between layers with Great Expectations; the suites are data, in ``quality/``."""
