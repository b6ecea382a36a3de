"""Limits of change between generations and deliveries: ``quality/changes.csv``."""

import csv
from dataclasses import dataclass
from pathlib import Path

from lead_warehouse import PROJECT_DIR
from lead_warehouse.nearest import did_you_mean

LIMITS_FILE = PROJECT_DIR / "quality" / "changes.csv"
ANY = "*"

METRICS = {
    "rows_lost": "rows",
    "rows_gained": "rows",
    "emptied": "rows",
    "null_share": "null_share",
    "shares": "shares",
    "mean": "mean",
    "p10": "p10",
    "p50": "p50",
    "p90": "p90",
    "moved_back": "median_day",
    "instant_moved": "median_day",
}
"""What can be limited, and the figure of a profile it is reckoned from."""

COMPARED = ("generation", "delivery")


@dataclass(frozen=True)
class Limit:
    """One row of the file, or what it comes to for one column.

    Attributes:
        compared: ``generation``, with the one readers see; ``delivery``, files new in this run
            with those that the same input delivered before.
        table: ``schema.table``, or ``schema.*``.
        column: empty for the table as a whole, ``*`` for every column.
        band_width: width of the bands whose shares are compared; none for a column of categories.
        min_rows: rows below which nothing is judged; of shares, rows for each category.
        warn_above: change above which people are told; none for never.
        stop_above: change above which the refresh stops; none for never.
    """

    compared: str
    table: str
    column: str
    metric: str
    band_width: float | None
    min_rows: float | None
    warn_above: float | None
    stop_above: float | None

    @property
    def figure(self) -> str:
        """The figure of a profile that the change is reckoned from."""
        return METRICS[self.metric]

    @property
    def is_judged(self) -> bool:
        """Whether there is a limit at all; a row without takes a table out of a wider one."""
        return self.warn_above is not None or self.stop_above is not None


def load_limits(path: Path = LIMITS_FILE) -> list[Limit]:
    """Read the limits.

    Raises:
        RuntimeError: a row cannot be read; names file, line and what is wrong.
    """
    limits: dict[tuple[str, ...], Limit] = {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        for row in rows:
            where = f"{path.name}:{rows.line_num}"
            limit = _read(row, where)
            key = (limit.compared, limit.table, limit.column, limit.metric)
            if key in limits:
                raise RuntimeError(f"{where}: {' '.join(key)} has a limit already; keep one")
            limits[key] = limit
    if not limits:
        raise RuntimeError(f"{path} has no row; without limits no change would be seen")
    return list(limits.values())


def _read(row: dict[str, str], where: str) -> Limit:
    if None in row.values() or None in row:
        raise RuntimeError(f"{where}: a column is missing or one too many; compare with others")
    try:
        numbers = {
            name: float(row[name]) if row[name] else None
            for name in ("band_width", "min_rows", "warn_above", "stop_above")
        }
        limit = Limit(
            row["compared"], row["table_name"], row["column_name"], row["metric"], **numbers
        )
    except KeyError as error:
        raise RuntimeError(f"{where}: the heading lacks {error}") from None
    except ValueError as error:
        raise RuntimeError(f"{where}: {error}; write numbers such as 0.2") from None
    for value, known in ((limit.compared, COMPARED), (limit.metric, tuple(METRICS))):
        if value not in known:
            raise RuntimeError(f"{where}: '{value}' is not known{did_you_mean(value, known)}")
    if (limit.figure == "rows") != (limit.column == ""):
        raise RuntimeError(f"{where}: {limit.metric} is about {_subject(limit)}")
    return limit


def _subject(limit: Limit) -> str:
    return "a table; leave column_name empty" if limit.figure == "rows" else "a column; name it"


def limits_of(
    limits: list[Limit], compared: str, table: str, columns: dict[str, str], is_view: bool
) -> list[Limit]:
    """The limits that hold for one table, the nearest row for each column and metric.

    A row that names the table beats one for its schema, one that names the column beats ``*``.

    Args:
        table: ``schema.table``.
        columns: column to SQL type, without the columns that ``*`` is not meant for.
        is_view: ``*`` covers no column of a view: it would be computed for each anew.

    Raises:
        RuntimeError: a row names a column that the table does not have.
    """
    schema = table.split(".", maxsplit=1)[0]
    found: dict[tuple[str, str], tuple[int, Limit]] = {}
    for limit in limits:
        if limit.compared != compared or limit.table not in (table, f"{schema}.{ANY}"):
            continue
        if limit.column == ANY:
            names = [] if is_view else [c for c in columns if _suits(limit, columns[c])]
        elif limit.column and limit.column not in columns:
            raise RuntimeError(
                f"{LIMITS_FILE.name}: {table} has no column {limit.column}"
                f"{did_you_mean(limit.column, columns)}"
            )
        else:
            names = [limit.column]
        nearness = 2 * (limit.table == table) + (limit.column != ANY)
        for name in names:
            key = (name, limit.metric)
            if key not in found or nearness > found[key][0]:
                found[key] = (nearness, _for_column(limit, table, name))
    return [limit for _, limit in found.values() if limit.is_judged]


def _suits(limit: Limit, sql_type: str) -> bool:
    """Whether ``*`` means a column of this type: only instants can move back."""
    return limit.figure != "median_day" or sql_type.lower().startswith(("date", "timestamp"))


def _for_column(limit: Limit, table: str, column: str) -> Limit:
    return Limit(
        limit.compared,
        table,
        column,
        limit.metric,
        limit.band_width,
        limit.min_rows,
        limit.warn_above,
        limit.stop_above,
    )
