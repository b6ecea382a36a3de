"""Many lines of JSON at once: the shape of each, and its numbers as they are written.

Engines read a number into a double and lose digits on the way, so numbers are put into quotes here
and stay text. What a whole block of plain lines needs is told from its bytes with a few passes over
them; a line that is anything else (it does not parse, or has rare escapes) is parsed by itself.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lead_warehouse.landing.framing import MAX_RECORD_BYTES
from lead_warehouse.landing.json_shapes import (
    NOT_JSON,
    TOO_DEEP,
    Malformed,
    Pairs,
    Shape,
    contents_of,
    parse,
    shape_of,
)

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]

_QUOTE, _COLON, _FEED, _MINUS, _SMALL_N = b'":\n-n'
_STRUCTURE, _BLANK, _OTHER = 1, 2, 0
_CLASSES = bytes(
    _STRUCTURE if byte in b"{}[],:\n" else _BLANK if byte in b" \t" else _OTHER
    for byte in range(256)
)
_TOKENS = re.compile(
    rb"(?:(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null) )*+"
)
_CONTROLS = re.compile(rb"[\x00-\x09\x0b-\x1f]")
_RARE_ESCAPES = re.compile(rb'\\(?:[^"\\/bfnrtu]|u(?:0000|[dD][89a-fA-F]|(?![0-9a-fA-F]{4})))')
"""What makes a line be parsed by itself; it may turn out to be plain."""

FEW_LINES = 32
"""So many lines are parsed one by one rather than looked through for the one that is not plain."""


@dataclass
class Scan:
    """What became of some lines, in order.

    Attributes:
        shapes: the shape of each line.
        records: each line with its numbers in quotes; of malformed ones, anything.
    """

    shapes: list[Shape] = field(default_factory=list)
    records: list[bytes] = field(default_factory=list)

    def add(self, shape: Shape, record: bytes) -> None:
        self.shapes.append(shape)
        self.records.append(record)


def scan(lines: list[bytes]) -> Scan:
    """Shapes and rewritten records of lines, none of which is blank."""
    alone = _not_plain(lines)
    if not alone:
        return _scan_halves(lines)
    rest = _scan_halves([line for i, line in enumerate(lines) if i not in alone])
    found = iter(zip(rest.shapes, rest.records, strict=True))
    whole = Scan()
    for i, line in enumerate(lines):
        whole.add(*(_scan_alone(line) if i in alone else next(found)))
    return whole


def _not_plain(lines: list[bytes]) -> set[int]:
    """Lines that are not plain, or might not be."""
    text = b"\n".join(lines)
    tests: list[Callable[[bytes], object]] = []
    if np.count_nonzero(np.frombuffer(text, np.uint8) < ord(" ")) > text.count(b"\n"):
        tests.append(_CONTROLS.search)
    if b"\\" in text:
        tests.append(_RARE_ESCAPES.search)
    if not _is_utf8(text):
        tests.append(lambda line: not _is_utf8(line))
    if len(text) > MAX_RECORD_BYTES:
        tests.append(lambda line: len(line) > MAX_RECORD_BYTES)
    return {i for test in tests if test(text) for i, line in enumerate(lines) if test(line)}


def _scan_halves(lines: list[bytes]) -> Scan:
    """All lines at once if that can be done; else those around the one that prevents it alone."""
    if (found := _scan_plain(lines)) is not None:
        return found
    whole = Scan()
    if len(lines) <= FEW_LINES:
        for line in lines:
            whole.add(*_scan_alone(line))
        return whole
    middle = len(lines) // 2
    for half in (lines[:middle], lines[middle:]):
        part = _scan_halves(half)
        whole.shapes += part.shapes
        whole.records += part.records
    return whole


def _scan_plain(lines: list[bytes]) -> Scan | None:
    """Lines of UTF-8 without rare bytes and escapes; none where one has stray quotes or words."""
    if not lines:
        return Scan()
    text = b"\n".join([*lines, b""])
    # Escaped quotes end no text; a backslash that is escaped escapes nothing.
    masked = text.replace(b"\\\\", b"__").replace(b'\\"', b"__") if b"\\" in text else text
    data = np.frombuffer(masked, np.uint8)
    is_quote = data == _QUOTE
    inside = np.bitwise_xor.accumulate(is_quote.view(np.uint8)).view(np.bool_)
    if inside[data == _FEED].any():
        return None
    quotes = np.flatnonzero(is_quote)
    classes = np.frombuffer(masked.translate(_CLASSES), np.uint8)
    outside = ~(inside | is_quote)
    is_word = outside & (classes == _OTHER)
    starts, ends = _edges(is_word)
    if not _are_tokens(data, is_word):
        return None
    drop = outside & (classes == _BLANK)
    drop |= is_word
    drop |= _values(data, quotes[0::2], quotes[1::2])
    drop[starts] = False
    plain = np.frombuffer(text, np.uint8)
    standing = plain.copy()
    standing[starts] = np.where(data[starts] == _SMALL_N, ord("1"), ord("0"))
    shapes = standing[~drop].tobytes().split(b"\n")[:-1]
    first = data[starts]
    is_number = (first == _MINUS) | (first <= ord("9"))
    places = np.concatenate((starts[is_number], ends[is_number]))
    records = np.insert(plain, places, _QUOTE).tobytes()
    return Scan([shape_of(shape) for shape in shapes], records.split(b"\n")[:-1])


def _edges(mask: NDArray[np.bool_]) -> tuple[Places, Places]:
    """Where each run of true starts, and where it is over; the last of ``mask`` is false."""
    changes = np.flatnonzero(mask[1:] != mask[:-1]) + 1
    if mask[0]:
        changes = np.concatenate(([0], changes))
    return changes[0::2], changes[1::2]


def _are_tokens(data: Bytes, is_word: NDArray[np.bool_]) -> bool:
    """Whether every word outside of texts is a number, true, false or null."""
    with_end = is_word.copy()
    with_end[1:] |= is_word[:-1]
    words = np.where(is_word, data, ord(" "))[with_end].astype(np.uint8)
    return _TOKENS.fullmatch(words.tobytes()) is not None


def _values(data: Bytes, opening: Places, closing: Places) -> NDArray[np.bool_]:
    """The bytes of all texts that are no keys, without their quotes."""
    after = closing + 1
    while (is_blank := data[after] == ord(" ")).any():
        after = after + is_blank
    is_value = (data[after] != _COLON) & (closing > opening + 1)
    marks = np.zeros(len(data), np.uint8)
    marks[opening[is_value] + 1] = 1
    marks[closing[is_value]] ^= 1
    return np.bitwise_xor.accumulate(marks).view(np.bool_)


def _scan_alone(line: bytes) -> tuple[Shape, bytes]:
    """Shape and rewritten record of a line that is parsed by itself."""
    try:
        record = _parsed(line)
        shape = Shape(contents_of(record, null=None))
        text = json.dumps(_plain(record), ensure_ascii=False)
        if "\0" in _texts(record):
            raise Malformed("a NUL byte")
        return shape, text.encode("utf-8")
    except Malformed as problem:
        return Shape({}, str(problem)), b""
    except RecursionError:
        return Shape({}, TOO_DEEP), b""
    except UnicodeEncodeError:
        # Half of a surrogate pair is no character.
        return Shape({}, NOT_JSON), b""


def _parsed(line: bytes) -> object:
    if len(line) > MAX_RECORD_BYTES:
        raise Malformed(f"longer than {MAX_RECORD_BYTES:,} bytes")
    if b"\0" in line:
        raise Malformed("a NUL byte")
    if not _is_utf8(line):
        raise Malformed("not UTF-8")
    return parse(line.decode("utf-8"), parse_int=str, parse_float=str)


def _plain(value: object) -> object:
    """Objects as dictionaries; no key stands twice in any."""
    if isinstance(value, Pairs):
        return {key: _plain(one) for key, one in value}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _texts(value: object) -> str:
    """All texts of a value, keys included."""
    if isinstance(value, Pairs):
        return "".join(key + _texts(one) for key, one in value)
    if isinstance(value, list):
        return "".join(map(_texts, value))
    return value if isinstance(value, str) else ""


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
