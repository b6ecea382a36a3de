"""What a refresh tells of deliveries: news, files let through, and inputs that are stale."""

from lead_warehouse.cli.console import complain, say
from lead_warehouse.refresh.report import RefreshReport

_LOUD = {"error": "ERROR", "warn": "warning", "never": "warning"}


def notes(report: RefreshReport) -> None:
    """News of deliveries; a stale input that is an error also goes to standard error."""
    for column in report.new_columns:
        say(f"note: {column}; map it, or name it in ignore_columns")
    for renamed in report.renames:
        say(f"note: {renamed}")
    for late in report.late_files:
        say(f"note: {late}")
    for reverted in report.reverted:
        say(f"note: {reverted}")
    for file, because in report.let_through:
        say(f"note: {file.file_name} was let through: {because}")
    for name in report.useless_names:
        say(f"note: --accept {name} let nothing through; {_held_names(report)}")
    if report.replayed:
        plural = "s" * (report.replayed != 1)
        say(f"{report.replayed:,} record{plural} from quarantine came in")
    for one in report.freshness:
        if one.message:
            (complain if one.status == "error" else say)(f"{_LOUD[one.status]}: {one.message}")


def _held_names(report: RefreshReport) -> str:
    names = ", ".join(sorted(account.file.file_name for account in report.held))
    return f"held now: {names}" if names else "no file is held"
