"""Words of the data as readers say them, in both languages: ``reports/words.csv``."""

import csv
from pathlib import Path

import duckdb

from lead_warehouse import PROJECT_DIR
from lead_warehouse.report.pages import LANGUAGES

WORDS = PROJECT_DIR / "reports" / "words.csv"


def define(connection: duckdb.DuckDBPyConnection, words: Path = WORDS) -> None:
    """Make ``said_en(value)`` and ``said_fr(value)`` known to the queries.

    A value that is no word of the file is shown as it is, blanks in place of underscores.
    """
    with words.open(encoding="utf-8") as file:
        rows = [
            (row["word"], *(row[language] for language in LANGUAGES))
            for row in csv.DictReader(file)
        ]
    # Names that no query has: a macro's argument would be taken for a column of the words.
    columns = ", ".join(f"said_{name}_ varchar" for name in ("word", *LANGUAGES))
    connection.execute(f"create or replace temp table said_words_ ({columns})")
    connection.executemany("insert into said_words_ values (?, ?, ?)", rows)
    for language in LANGUAGES:
        connection.execute(
            f"create or replace temp macro said_{language}(value) as coalesce("
            f"(select any_value(said_{language}_) from temp.said_words_ where said_word_ = value),"
            " replace(value, '_', ' '))"
        )
