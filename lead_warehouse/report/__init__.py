"""The report: a site over one published generation, built with Evidence, see ``reports/``."""
