"""Fit models of repeat purchases to who buys without a subscription, and write what to expect.

``make repeat-purchases STATE=… OUT=…`` runs it in an environment of its own. BG/NBD says how often
customers will buy and whether they still do, Gamma-Gamma for how much.
"""

import csv
import importlib
import sys
from pathlib import Path
from typing import Any

import duckdb

from lead_warehouse.errors import UserError

LEAST_REPEATERS = 30
"""With fewer who ever bought again, four parameters say nothing."""
WEEKS_AHEAD = 52
WEEK = 7.0
READ = """
    select customer_id, repeat_count, recency_days, age_days, mean_repeat_amount
    from marts.fct_repeat_purchases
    where age_days > 0
    order by customer_id
"""
HEADER = ("customer_id", "alive_probability", "expected_purchases", "expected_amount")


def read_purchases(database: Path) -> Any:
    """Customers in the columns of the library, in weeks.

    Raises:
        UserError: too few customers bought again for a model of that.
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        frame = connection.execute(READ).df()
    repeaters = int((frame["repeat_count"] > 0).sum())
    if repeaters < LEAST_REPEATERS:
        raise UserError(
            f"{repeaters} customers without a subscription bought again, at least "
            f"{LEAST_REPEATERS} are needed; rpt_clv values them by their invoices"
        )
    return frame.rename(columns={"repeat_count": "frequency"}).assign(
        recency=frame["recency_days"] / WEEK,
        T=frame["age_days"] / WEEK,
        monetary_value=frame["mean_repeat_amount"].astype(float),
    )


def fit_frequency(frame: Any) -> Any:
    """BG/NBD with flat priors: the most likely parameters r, alpha, a and b."""
    clv, prior = _library()
    flat = {name: prior.Prior("HalfFlat") for name in ("r", "alpha", "a", "b")}
    model = clv.BetaGeoModel(model_config=flat)
    model.fit(data=frame[["customer_id", "frequency", "recency", "T"]], method="map")
    return model


def fit_amount(frame: Any) -> Any:
    """Gamma-Gamma with flat priors, of those who bought again."""
    clv, prior = _library()
    flat = {name: prior.Prior("HalfFlat") for name in ("p", "q", "v")}
    model = clv.GammaGammaModel(model_config=flat)
    again = frame[(frame["frequency"] > 0) & (frame["monetary_value"] > 0)]
    model.fit(data=again[["customer_id", "frequency", "monetary_value"]], method="map")
    return model


def write_expectations(frame: Any, out: Path) -> None:
    """Write, for each customer, what the models expect of the year to come."""
    frequency, amount = fit_frequency(frame), fit_amount(frame)
    known = frame.assign(monetary_value=frame["monetary_value"].fillna(0.0))
    alive = _means(frequency.expected_probability_alive(known))
    purchases = _means(frequency.expected_purchases(known, future_t=WEEKS_AHEAD))
    spend = _means(amount.expected_customer_spend(known))
    with out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for customer, *figures in zip(frame["customer_id"], alive, purchases, spend, strict=True):
            a, n, amount_each = figures
            writer.writerow([customer, f"{a:.6f}", f"{n:.6f}", f"{n * amount_each:.2f}"])


def _means(values: Any) -> list[float]:
    return [float(one) for one in values.mean(("chain", "draw")).values]


def _library() -> tuple[Any, Any]:
    try:
        return (
            importlib.import_module("pymc_marketing.clv"),
            importlib.import_module("pymc_extras.prior"),
        )
    except ModuleNotFoundError as error:
        raise UserError(
            "pymc-marketing is not installed here; run `make repeat-purchases`, which sets it up"
        ) from error


if __name__ == "__main__":
    try:
        write_expectations(read_purchases(Path(sys.argv[1])), Path(sys.argv[2]))
    except UserError as error:
        sys.exit(f"error: {error}")
