"""Quoting of names and values that come from files into SQL that Python writes."""


def identifier(name: str) -> str:
    """A name as a SQL identifier, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str | None) -> str:
    """A value as a SQL string literal."""
    return "null" if value is None else "'" + value.replace("'", "''") + "'"


def literals(values: list[str]) -> str:
    """Values as a SQL list for ``in``."""
    return "(" + ", ".join(map(literal, values)) + ")"
