"""How well columns of a flat export foretell its outcome, before anybody maps them.

A regularised logistic regression on their values, judged on leads it has not seen: later ones where
the export has a time, else each fifth of them by what the others teach.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lead_warehouse.calibrate.areas import Estimate, area, lift_at
from lead_warehouse.calibrate.declaration import Attribute, Declaration, InTime
from lead_warehouse.errors import UserError
from lead_warehouse.nearest import did_you_mean

FOLDS = 5
RARE = 10
"""Leads below which a value is counted among the rare ones."""
TOP = 0.1
FEWEST = 50
"""Leads that reached the outcome, and as many not, that it takes on either side of a judgement."""


@dataclass(frozen=True)
class Judged:
    """How well some groups of columns foretell.

    Attributes:
        lift: share of the tenth ranked first that reached the outcome, over the share of all.
    """

    groups: tuple[str, ...]
    is_out_of_time: bool
    trained: int
    judged: int
    reached: int
    area: Estimate
    lift: float


@dataclass(frozen=True)
class Export:
    """The rows of an export: the outcome, and the text of each column."""

    reached: NDArray[np.bool_]
    columns: dict[str, list[str | None]]


def read_export(path: Path, declaration: Declaration) -> Export:
    """Read an export as far as it is declared.

    Raises:
        UserError: it cannot be read, or a column is not there.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, delimiter=declaration.delimiter))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path}: cannot be read: {error}; save it as CSV in UTF-8") from None
    header = list(rows[0]) if rows else []
    wanted = [
        declaration.outcome.column,
        *(one.column for group in declaration.groups.values() for one in group),
        *(
            [declaration.in_time.column]
            if declaration.in_time and declaration.in_time.column
            else []
        ),
    ]
    for name in wanted:
        if name not in header:
            raise UserError(
                f"{path}: there is no column {name}{did_you_mean(name, header) or '; correct it'}"
            )
    silent = {"", *declaration.missing}
    columns: dict[str, list[str | None]] = {
        name: [None if row[name] in silent else row[name] for row in rows] for name in wanted
    }
    reached = {*declaration.outcome.reached}
    return Export(np.array([row[declaration.outcome.column] in reached for row in rows]), columns)


def judge_groups(export: Export, declaration: Declaration) -> list[Judged]:
    """Judge the first group by itself, then with each that follows.

    Raises:
        UserError: there are too few leads; the number that it takes is told.
    """
    names = list(declaration.groups)
    found = []
    for count in range(1, len(names) + 1):
        used = names[:count]
        attributes = [one for name in used for one in declaration.groups[name]]
        found.append(judge(export, attributes, declaration.in_time, tuple(used)))
    return found


def judge(
    export: Export, attributes: Sequence[Attribute], in_time: InTime | None, groups: tuple[str, ...]
) -> Judged:
    """Judge some columns on leads that they were not learned from.

    Raises:
        UserError: there are too few leads.
        ModuleNotFoundError: scikit-learn is not installed.
    """
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    x, model = _columns(export, attributes), _model(attributes)
    if in_time is None:
        _enough(export.reached, "all leads")
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
        chances = cross_val_predict(
            model, x, export.reached, cv=folds, method="predict_proba", n_jobs=1
        )[:, 1]
        later = np.ones(len(export.reached), dtype=bool)
        trained = len(later) * (FOLDS - 1) // FOLDS
    else:
        later = _later(export, in_time)
        _enough(export.reached[~later], "earlier leads")
        _enough(export.reached[later], "later leads")
        model.fit(x[~later], export.reached[~later])
        chances = model.predict_proba(x[later])[:, 1]
        trained = int((~later).sum())
    judged = export.reached[later]
    return Judged(
        groups,
        in_time is not None,
        trained,
        len(judged),
        int(judged.sum()),
        area(chances, judged),
        lift_at(chances, judged, TOP),
    )


def _later(export: Export, in_time: InTime) -> NDArray[np.bool_]:
    count = len(export.reached)
    if in_time.column is None:
        share = in_time.trained_share or 0.7
        return np.arange(count) >= int(count * share)
    times = export.columns[in_time.column]
    if in_time.judged_from is None:
        known = sorted(one for one in times if one is not None)
        start = known[int(len(known) * (in_time.trained_share or 0.7))] if known else ""
    else:
        start = in_time.judged_from
    return np.array([one is not None and one >= start for one in times])


def _enough(reached: NDArray[np.bool_], of: str) -> None:
    fewer = int(min(reached.sum(), (~reached).sum()))
    if fewer < FEWEST:
        raise UserError(
            f"too few to judge: of the {len(reached):,} {of} {int(reached.sum()):,} reached the "
            f"outcome; it takes {FEWEST} that did and {FEWEST} that did not"
        )


def _columns(export: Export, attributes: Sequence[Attribute]) -> Any:
    """Text as it is, with what is not known as a value of its own; numbers with whether known."""
    columns: list[list[Any]] = []
    for one in attributes:
        cells = export.columns[one.column]
        if one.kind == "text":
            columns.append([cell if cell is not None else "" for cell in cells])
            continue
        numbers = [_number(cell) for cell in cells]
        known = [number for number in numbers if number is not None]
        middle = float(np.median(known)) if known else 0.0
        columns.append([middle if number is None else number for number in numbers])
        columns.append([float(number is None) for number in numbers])
    return np.array(columns, dtype=object).T


def _number(cell: str | None) -> float | None:
    try:
        return None if cell is None else float(cell)
    except ValueError:
        return None


def _model(attributes: Sequence[Attribute]) -> Any:
    from sklearn.compose import ColumnTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    texts: list[int] = []
    numbers: list[int] = []
    place = 0
    for one in attributes:
        (texts if one.kind == "text" else numbers).append(place)
        if one.kind == "number":
            numbers.append(place + 1)
        place += 1 + (one.kind == "number")
    encoder = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=RARE)
    return make_pipeline(
        ColumnTransformer([("texts", encoder, texts), ("numbers", StandardScaler(), numbers)]),
        LogisticRegression(C=1.0, max_iter=2000),
    )
