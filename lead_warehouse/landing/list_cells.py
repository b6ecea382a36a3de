"""Lists written into one cell, as the mapping declares them; never guessed.

The canonical form is the items separated by semicolons. A cell that is no such list, or an item
that holds a semicolon, has no value, and its record goes to quarantine.
"""

from lead_warehouse.landing.parquet_columns import LIST_SEPARATOR
from lead_warehouse.mapping import FromColumn
from lead_warehouse.sql import literal

_JSON_TEXT = r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"'
# Numbers with a fraction are left out: the engine would not keep them as they are written.
_JSON_ITEM = rf"(?:{_JSON_TEXT}|-?(?:0|[1-9][0-9]*)|true|false|null)"
_ARRAY_ITEM = r'(?:"(?:[^"\\]|\\.)*"|[^",{}\\]+)'


def list_of(text: str, source: FromColumn) -> tuple[str, str]:
    """SQL of a list in its canonical form over ``text``, and what the text must be."""
    if source.list_format == "json":
        kind = "a list as JSON, of texts and whole numbers without semicolons"
    elif source.list_format == "postgres":
        kind = "a list as PostgreSQL writes an array, of items without semicolons"
    else:
        kind = f"a list separated by '{source.list_separator}', of items without semicolons"
    is_list, filled = _filled_items(text, source)
    if source.list_separator:
        filled = f"list_transform({filled}, lambda item: trim(item))"
    has_separator = (
        f"list_contains(list_transform({filled}, "
        f"lambda item: contains(item, {literal(LIST_SEPARATOR)})), true)"
    )
    joined = f"array_to_string({filled}, {literal(LIST_SEPARATOR)})"
    return f"case when {is_list} then case when not {has_separator} then {joined} end end", kind


def is_empty_list(text: str, source: FromColumn) -> str:
    """SQL of whether ``text`` is a list without items, or of blanks alone, of whatever width."""
    is_list, filled = _filled_items(text, source)
    if source.list_separator:
        return f"len({filled}) = 0"
    opening, closing = (r"\[", r"\]") if source.list_format == "json" else (r"\{", r"\}")
    nothing = _matches(text, rf"\s*{opening}\s*{closing}\s*")
    return f"({nothing} or case when {is_list} then len({filled}) = 0 else false end)"


def _filled_items(text: str, source: FromColumn) -> tuple[str, str]:
    """SQL of whether ``text`` is a list, and of its items that are not blank."""
    if source.list_format == "json":
        items, is_list = _json_items(text), _matches(text, _sequence(r"\[", _JSON_ITEM, r"\]"))
        is_list += f" and not contains({text}, '\\u0000')"
    elif source.list_format == "postgres":
        items, is_list = _array_items(text), _matches(text, _sequence(r"\{", _ARRAY_ITEM, r"\}"))
    else:
        items, is_list = f"string_split({text}, {literal(source.list_separator)})", "true"
    return is_list, f"list_filter({items}, lambda item: trim(item) <> '')"


def _matches(text: str, pattern: str) -> str:
    return f"regexp_full_match({text}, {literal(f'(?s){pattern}')})"


def _sequence(opening: str, item: str, closing: str) -> str:
    return rf"\s*{opening}\s*{item}\s*(?:,\s*{item}\s*)*{closing}\s*"


def _json_items(text: str) -> str:
    return f"""from_json(try_cast({text} as json), '["VARCHAR"]')"""


def _array_items(text: str) -> str:
    braces, item_pattern = literal(r"^\s*\{|\}\s*$"), literal(f"(?s){_ARRAY_ITEM}")
    found = f"regexp_extract_all(regexp_replace({text}, {braces}, '', 'g'), {item_pattern})"
    # PostgreSQL quotes an item that is the word null.
    texts = f"list_filter({found}, lambda item: lower(trim(item)) <> 'null')"
    escaped, itself = literal(r"(?s)\\(.)"), literal(r"\1")
    unquoted = f"regexp_replace(trim(item)[2:-2], {escaped}, {itself}, 'g')"
    return (
        f"list_transform({texts}, lambda item: "
        f"case when starts_with(trim(item), '\"') then {unquoted} else trim(item) end)"
    )
