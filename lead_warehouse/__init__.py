"""Lead qualification as a warehouse: the Python around the dbt project.

Python lands, drives, audits and publishes; every rule and KPI lives in dbt models and seeds.
"""

from pathlib import Path

__version__ = "0.1.0"

PROJECT_DIR = Path(__file__).resolve().parents[1]
"""The checkout: dbt project, seeds, expectation suites and this package live together."""
