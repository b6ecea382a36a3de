"""The current intent scores as a script on polars would compute them, straight from the files.

It says anew what the rules say of points, depth, decay, caps and steps, and knows nothing of
merges, of visitors, of bots, of what was known when, of fit, of reasons or of history.
"""

import sys
import time
from datetime import datetime
from pathlib import Path

import polars as pl

from benches.scripted import RULES, report

DAY = 86_400_000_000


def intent_scores(folder: Path, as_of: datetime) -> pl.DataFrame:
    """``lead_id`` and ``intent_score`` of every lead that did anything."""
    scoring = pl.read_csv(RULES / "scoring.csv").row(0, named=True)
    signals = pl.read_csv(RULES / "signals.csv").join(
        pl.read_csv(RULES / "signal_groups.csv"), on="signal_group", how="left"
    )
    steps = pl.read_csv(RULES / "negative_steps.csv")
    leads = pl.scan_parquet(folder / "leads*.parquet").select(pl.col("Id").alias("lead")).unique()

    latest = (
        pl.scan_parquet(folder / "interactions*.parquet")
        .select("id", "lead", "event", "occurred", "depth", "unit", "received")
        .with_row_index("place")
        .sort("received", "place")
        .unique("id", keep="last", maintain_order=False)
        .filter(pl.col("occurred") <= as_of)
        .join(leads, on="lead", how="semi")
        .with_columns(
            pl.col("event").str.strip_chars().str.to_lowercase(),
            (pl.lit(as_of) - pl.col("occurred")).dt.total_microseconds().alias("age"),
        )
    )
    says_something = (
        (pl.col("depth") >= 0)
        & pl.col("reference_depth").is_not_null()
        & (
            pl.col("unit").is_null()
            | (pl.col("unit").str.strip_chars().str.to_lowercase() == pl.col("depth_unit"))
        )
    )
    factor = (
        pl.when(says_something)
        .then(
            pl.max_horizontal(
                "min_depth_factor",
                pl.min_horizontal("max_depth_factor", pl.col("depth") / pl.col("reference_depth")),
            )
        )
        .otherwise(1.0)
    )
    half_lives = pl.col("age") / (pl.col("half_life_days") * DAY)
    groups = (
        latest.join(signals.lazy(), left_on="event", right_on="interaction_type")
        .group_by("lead", "signal_group", "cap_points")
        .agg((pl.col("points") * factor * (2.0**-half_lives)).sum().alias("points"))
        .select("lead", pl.min_horizontal("points", "cap_points").cast(pl.Float64).alias("points"))
    )
    taken_off = (
        latest.join(steps.lazy(), left_on="event", right_on="interaction_type")
        .filter(pl.col("age") < pl.col("lasts_days") * DAY)
        .select("lead", pl.col("points").cast(pl.Float64))
    )
    full = float(scoring["reference_points"])
    return (
        pl.concat([groups, taken_off])
        .group_by("lead")
        .agg((100 * (pl.col("points").sum() / full).clip(0, 1)).alias("intent_score"))
        .rename({"lead": "lead_id"})
        .collect(engine="streaming")
    )


def main() -> None:
    """Write the scores and say how long they took."""
    folder, as_of, out = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), Path(sys.argv[3])
    started, used = time.monotonic(), time.process_time()
    scores = intent_scores(folder, as_of)
    report(started, used)
    scores.write_parquet(out)


if __name__ == "__main__":
    main()
