"""The current intent scores as a script on pandas would compute them, straight from the files.

It does what ``with_polars`` does. DuckDB reads the files for it, with the columns it needs only.
"""

import sys
import time
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from benches.scripted import RULES, report
from lead_warehouse.sql import literal

DAY = 86_400_000_000


def intent_scores(folder: Path, as_of: datetime) -> pd.DataFrame:
    """``lead_id`` and ``intent_score`` of every lead that did anything."""
    scoring = pd.read_csv(RULES / "scoring.csv").iloc[0]
    signals = pd.read_csv(RULES / "signals.csv").merge(
        pd.read_csv(RULES / "signal_groups.csv"), on="signal_group"
    )
    steps = pd.read_csv(RULES / "negative_steps.csv")
    leads = _read(folder / "leads*.parquet", '"Id"')["Id"].unique()
    events = _read(
        folder / "interactions*.parquet", "id, lead, event, occurred, depth, unit, received"
    )

    events = events.sort_values("received", kind="stable").drop_duplicates("id", keep="last")
    events = events[(events["occurred"] <= as_of) & events["lead"].isin(leads)]
    events["event"] = events["event"].astype("category")
    events["event"] = events["event"].cat.rename_categories(lambda name: name.strip().lower())
    events["age"] = (pd.Timestamp(as_of) - events["occurred"]) / pd.Timedelta(microseconds=1)

    scored = events.merge(signals, left_on="event", right_on="interaction_type")
    unit = scored["unit"].str.strip().str.lower()
    says_something = (
        (scored["depth"] >= 0)
        & scored["reference_depth"].notna()
        & (scored["unit"].isna() | (unit == scored["depth_unit"]))
    )
    depth = (scored["depth"] / scored["reference_depth"]).clip(
        scored["min_depth_factor"], scored["max_depth_factor"]
    )
    factor = np.where(says_something, depth, 1.0)
    faded = np.exp2(-scored["age"] / (scored["half_life_days"] * DAY))
    scored["worth"] = scored["points"] * factor * faded
    groups = scored.groupby(["lead", "signal_group"], as_index=False).agg(
        worth=("worth", "sum"), cap_points=("cap_points", "first")
    )
    groups["worth"] = groups["worth"].clip(upper=groups["cap_points"])

    taken_off = events.merge(steps, left_on="event", right_on="interaction_type")
    taken_off = taken_off[taken_off["age"] < taken_off["lasts_days"] * DAY]
    taken_off = taken_off.rename(columns={"points": "worth"})

    worth = pd.concat([groups[["lead", "worth"]], taken_off[["lead", "worth"]]])
    total = worth.groupby("lead")["worth"].sum() / scoring["reference_points"]
    scores = (100 * total.clip(0, 1)).rename("intent_score").rename_axis("lead_id")
    return scores.reset_index()


def _read(files: Path, columns: str) -> pd.DataFrame:
    # pandas itself reads Parquet by a library that nothing else here needs.
    with duckdb.connect() as connection:
        connection.execute("set threads = 2")
        return connection.execute(f"select {columns} from read_parquet({literal(str(files))})").df()


def main() -> None:
    """Write the scores and say how long they took."""
    folder, as_of, out = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), Path(sys.argv[3])
    started, used = time.monotonic(), time.process_time()
    scores = intent_scores(folder, as_of)
    report(started, used)
    with duckdb.connect() as connection:
        connection.register("scores", scores)
        connection.execute(f"copy scores to {literal(str(out))} (format parquet)")


if __name__ == "__main__":
    main()
