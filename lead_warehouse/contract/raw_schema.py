"""What the raw schema holds beside the contract's own columns and tables."""

from lead_warehouse.contract.model import Contract, Table

PROVENANCE = {
    "known_at": "timestamp",
    "is_known_at_assumed": "boolean",
    "mapped_columns": "varchar",
    "input_name": "varchar",
    "file_digest": "varchar",
    "file_name": "varchar",
    "file_line": "bigint",
    "ambiguous_columns": "varchar",
}
"""Columns that every raw table carries beside those of the contract."""

FILE_COLUMNS = ("input_name", "file_digest", "file_name", "mapped_columns")
"""Those that are the same for all rows of a file, as one mapping of its input reads it."""

FILES = {"file_id": "bigint"} | {name: PROVENANCE[name] for name in FILE_COLUMNS}
"""Column to SQL type of ``landed.files``: one row per file and mapping of it to a table."""

PROVENANCE_DESCRIPTIONS = {
    "known_at": "When the warehouse may use the row: nothing earlier knows of it.",
    "is_known_at_assumed": "Whether known_at is the record's own time, for want of a better.",
    "mapped_columns": "Columns that the mapping named for this row, as |a|b|; others say nothing.",
    "input_name": "Input of the mapping that the row came through.",
    "file_digest": "SHA-256 of the file.",
    "file_name": "Name of the file, relative to the input folder.",
    "file_line": "Line of the file on which it starts; of Parquet and tables, the row, from 1.",
    "ambiguous_columns": (
        "Columns whose local time the clock showed twice, as |a|b|; read as the second."
    ),
}

ACCOUNTS = {
    "landed_files": {
        "input_name": ("varchar", "Input of the mapping."),
        "input_digest": ("varchar", "Digest of that input's mapping and the contract it aims at."),
        "file_digest": ("varchar", "SHA-256 of the file."),
        "file_name": ("varchar", "Name of the file, relative to the input folder."),
        "received_at": ("timestamp", "When the file was first landed (UTC)."),
        "status": ("varchar", "landed, or held: no row of it was taken."),
        "reason": ("varchar", "Why the file is held, and the remedy."),
        "record_count": (
            "bigint",
            "Records in the file: accepted + quarantined + blank + erased; of a table, rows that "
            "changed.",
        ),
        "accepted_count": ("bigint", "Records accepted."),
        "quarantined_count": ("bigint", "Records in quarantine."),
        "blank_count": ("bigint", "Blank records."),
        "erased_count": ("bigint", "Records of persons erased by law, in the file no more."),
        "unmapped_columns": ("varchar", "Columns of the file that the mapping does not name."),
        "missing_columns": (
            "varchar",
            "Optional columns that the mapping names and the file lacks.",
        ),
        "earliest_event_at": ("timestamp", "Earliest event among the rows of the file (UTC)."),
        "latest_event_at": ("timestamp", "Latest event among the rows of the file (UTC)."),
        "late_record_count": (
            "bigint",
            "Records new to the warehouse whose events are far older than what was known.",
        ),
    },
    "quarantined_rows": {
        "input_name": ("varchar", "Input of the mapping."),
        "file_digest": ("varchar", "SHA-256 of the file."),
        "file_name": ("varchar", "Name of the file, relative to the input folder."),
        "file_line": (
            "bigint",
            "Line of the file on which it starts; of Parquet and tables, the row, from 1.",
        ),
        "byte_offset": (
            "bigint",
            "Where the record starts in the unpacked file; null for Parquet.",
        ),
        "table_name": ("varchar", "Canonical table it failed for; null when it could not be read."),
        "column_name": ("varchar", "First column that failed; null when it could not be read."),
        "value": ("varchar", "Text of that column."),
        "reason": ("varchar", "What is wrong with it."),
        "problem_count": ("bigint", "How many columns failed."),
        "raw_record": ("blob", "The record's bytes as delivered; of Parquet, the row as JSON."),
        "encoding": ("varchar", "Encoding of those bytes."),
        "status": ("varchar", "open, or dismissed: someone decided that it need not come in."),
    },
    "input_columns": {
        "input_name": ("varchar", "Input of the mapping."),
        "column_name": ("varchar", "Column that the mapping neither reads nor ignores."),
        "first_received_at": ("timestamp", "When a file with it was first landed (UTC)."),
        "first_file_name": ("varchar", "The first file that had it."),
    },
    "input_freshness": {
        "input_name": ("varchar", "Input of the mapping."),
        "last_delivered_at": ("timestamp", "When it last delivered anything new (UTC)."),
        "latest_known_at": (
            "timestamp",
            "Latest known_at of its rows (UTC); null where the mapping names no such column.",
        ),
        "record_count": ("bigint", "Records accepted, all files counted."),
        "warn_after_seconds": ("bigint", "Age from which it counts as stale; null for no limit."),
        "error_after_seconds": ("bigint", "Age from which that is an error; null for no limit."),
        "status": (
            "varchar",
            "pass, warn, error; never: nothing was delivered yet; unlimited: no limit is set.",
        ),
    },
    "landed_tables": {
        "table_name": ("varchar", "Canonical table."),
        "input_count": ("bigint", "Inputs of the mapping that feed it."),
        "row_count": ("bigint", "Rows landed, all versions of a record counted."),
    },
    "published_transitions": {
        "basis": ("varchar", "Basis of the stage."),
        "lead_id": ("varchar", "Lead."),
        "to_stage": ("varchar", "Stage entered."),
        "passage_number": ("bigint", "How many times the lead had entered the stage by then."),
        "transitioned_at": ("timestamp", "When it happened, as readers were told first (UTC)."),
        "first_published_at": ("timestamp", "When readers could see it first (UTC)."),
        "run_id": ("varchar", "Run that published it first."),
    },
    "rule_changes": {
        "comparison_id": ("varchar", "Comparison of other rules with those in force."),
        "compared_at": ("timestamp", "When it was made (UTC)."),
        "run_id": ("varchar", "Published run that it was made beside."),
        "rules": ("varchar", "Folder or git revision of the other rules, as it was named."),
        "rules_digest": ("varchar", "Digest of the other rules."),
        "changed_seeds": ("varchar", "Rule files whose rows are others, parted by blanks."),
        "measure": ("varchar", "What is measured."),
        "component": ("varchar", "Of what: a grade before and after, a week, a rep, a limit."),
        "before": ("double", "By the rules in force."),
        "after": ("double", "By the other rules."),
        "limit_value": ("double", "What change_limits.csv allowed; null for other figures."),
        "is_beyond_limit": ("boolean", "Whether it was passed."),
    },
    "erased_conversions": {
        "erased_key": ("varchar", "A random key of the person; it follows from nothing."),
        "basis": ("varchar", "Basis of the stages."),
        "from_stage": ("varchar", "Stage entered."),
        "to_stage": ("varchar", "Stage looked for."),
        "cohort_month": ("date", "Month in which the first of the two was entered."),
        "source": ("varchar", "Where the lead had come from."),
        "days_to_convert": ("double", "Days between the two; null where the second never came."),
        "is_converted": ("boolean", "Whether the second stage came after the first."),
        "is_reached_before_entry": ("boolean", "Whether it was there before the first."),
        "is_fully_observed": ("boolean", "Whether both stages were recorded from the start."),
        "converted_month": ("date", "Month in which the second of the two was entered."),
        "is_stepwise": ("boolean", "Whether every stage in between came in its turn."),
        "is_via_mql": ("boolean", "Whether the lead had been an MQL by then."),
    },
    "refresh_context": {
        "as_of": ("timestamp", "Instant the warehouse speaks for (UTC)."),
        "known_by": ("timestamp", "Rows known later than this are not used (UTC)."),
        "is_as_of_given": ("boolean", "Whether it was asked for, rather than the latest event."),
        "rules_digest": ("varchar", "Digest of the rules in force."),
        "is_full_build": (
            "boolean",
            "Whether everything is built anew, rather than the leads that something new concerns.",
        ),
        "is_carried_on": (
            "boolean",
            "Whether any kept table is carried on, so that leads concerned must be known.",
        ),
    },
    "new_files": {
        "input_name": ("varchar", "Input of the mapping."),
        "file_digest": ("varchar", "SHA-256 of the file."),
    },
    "rule_families": {
        "family": ("varchar", "Rule family: identity, intent, fit, lifecycle, ..."),
        "digest": ("varchar", "Digest of its seeds, models and macros in this build."),
    },
}
"""Tables beside the canonical ones: column to (SQL type, description)."""

ACCOUNT_GRAINS = {
    "landed_files": "One row per input and file delivered.",
    "quarantined_rows": "One row per record in quarantine.",
    "input_columns": "One row per input and column of its files that nobody maps.",
    "input_freshness": "One row per input of the mapping, as of the clock of the refresh.",
    "landed_tables": "One row per canonical table.",
    "published_transitions": "One row per transition of a stage ever shown to readers.",
    "rule_changes": "One row per comparison of other rules and figure of it.",
    "erased_conversions": "One row per person erased by law and step of the funnel.",
    "refresh_context": "One row: what this refresh was asked for.",
    "new_files": "One row per input and file that this refresh landed.",
    "rule_families": "One row per family of rules and models.",
}


def raw_columns(table: Table) -> dict[str, str]:
    """Column to SQL type of a raw table as it is read: the contract's columns, then provenance."""
    return {name: column.sql_type for name, column in table.columns.items()} | PROVENANCE


def landed_columns(table: Table) -> dict[str, str]:
    """Column to SQL type of a table as it is stored: a number in place of what its file tells."""
    own = {name: kind for name, kind in raw_columns(table).items() if name not in FILE_COLUMNS}
    return own | {"file_id": FILES["file_id"]}


def raw_tables(contract: Contract) -> dict[str, dict[str, str]]:
    """Every table and view of the raw schema: name to column to SQL type."""
    canonical = {name: raw_columns(table) for name, table in contract.tables.items()}
    return canonical | {
        name: {column: sql_type for column, (sql_type, _) in columns.items()}
        for name, columns in ACCOUNTS.items()
    }
