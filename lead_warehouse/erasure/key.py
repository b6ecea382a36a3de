"""The key of tombstones, which is never kept in the state directory."""

import os
from pathlib import Path

from lead_warehouse.errors import UserError

KEY_VARIABLE = "LEAD_WAREHOUSE_ERASURE_KEY"
KEY_FILE_VARIABLE = "LEAD_WAREHOUSE_ERASURE_KEY_FILE"
LEAST_CHARACTERS = 32

MAKE_ONE = "make one with `openssl rand -hex 32`, and keep it as long as the warehouse"


def read_key() -> bytes:
    """The key, from the environment or from the file that it names.

    Raises:
        UserError: there is none, it cannot be read, or it is so short that it could be guessed.
    """
    text, where = os.environ.get(KEY_VARIABLE, ""), KEY_VARIABLE
    if path := os.environ.get(KEY_FILE_VARIABLE):
        if text:
            raise UserError(f"{KEY_VARIABLE} and {KEY_FILE_VARIABLE} are both set; leave one out")
        where = KEY_FILE_VARIABLE
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeError):
            raise UserError(f"{KEY_FILE_VARIABLE}: the file it names cannot be read") from None
    text = text.strip()
    if not text:
        raise UserError(
            f"{KEY_VARIABLE} is not set, and without it nobody knows who was erased: "
            f"set it, or {KEY_FILE_VARIABLE}, to the key of this warehouse ({MAKE_ONE})"
        )
    if len(text) < LEAST_CHARACTERS:
        raise UserError(f"{where}: shorter than {LEAST_CHARACTERS} characters; {MAKE_ONE}")
    return text.encode()
