import csv
import io
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lead_warehouse.landing import framing
from lead_warehouse.landing.blocks import Block, read_blocks
from lead_warehouse.landing.conservation import CountedText, Coverage
from lead_warehouse.landing.framing import MAX_RECORD_BYTES, Counts, Framer
from lead_warehouse.landing.whole_blocks import WholeRecords
from tests.any_bytes import any_bytes

SET_ASIDE = "a quoted value holds lines that look like records"
GOOD = b"1,a,b"


@dataclass
class Framed:
    """A sink that remembers."""

    accepted: list[tuple[int, int, bytes]] = field(default_factory=list)
    rejected: list[tuple[int, int, bytes, str]] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)

    def accept(self, line: int, offset: int, record: bytes) -> None:
        self.accepted.append((line, offset, record))

    def accept_whole(self, block: Block, found: WholeRecords) -> None:
        for start, end, line in zip(found.starts, found.ends, found.first_lines, strict=True):
            place = int(block.first_line + line), int(block.starts[line])
            self.accept(*place, block.text[start:end])

    def malformed(self, line: int, offset: int, record: bytes, reason: str) -> None:
        self.rejected.append((line, offset, record, reason))

    @property
    def records(self) -> list[bytes]:
        return [record for _, _, record in self.accepted]

    @property
    def rejected_lines(self) -> list[int]:
        return [line for line, _, _, _ in self.rejected]

    @property
    def reasons(self) -> list[str]:
        return [reason for _, _, _, reason in self.rejected]


def chunks_of(data: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def frame(
    body: bytes,
    *,
    width: int = 3,
    delimiter: str = ",",
    after_line: int = 0,
    chunk_size: int | None = None,
) -> Framed:
    framed = Framed()
    text = CountedText(chunks_of(body, chunk_size or max(1, len(body))))
    coverage = Coverage()
    framer = Framer(delimiter, width, coverage, after_line)
    framer.send_to(framed)
    for block in read_blocks(text):
        framer.take(block)
    framer.finish()
    coverage.settle(text)
    framed.counts = framer.counts
    return framed


def fields_of(record: bytes, delimiter: str = ",") -> list[str]:
    """The fields of one record as Python's own reader sees them."""
    text = io.StringIO(record.decode(), newline="")
    (fields,) = csv.reader(text, delimiter=delimiter, strict=True)
    return fields


def physical_lines(body: bytes) -> list[tuple[int, bytes]]:
    """Offset and bytes of each line; what follows the last newline is a line if it has bytes."""
    lines, start = [], 0
    for newline in re.finditer(rb"\r\n|\r|\n", body):
        lines.append((start, body[start : newline.start()]))
        start = newline.end()
    return [*lines, (start, body[start:])] if start < len(body) else lines


# Records and their numbers


def test_each_line_is_a_record_with_its_line_and_offset() -> None:
    framed = frame(b"1,a,b\n22,c,d\n3,e,f\n")
    assert framed.accepted == [(1, 0, b"1,a,b"), (2, 6, b"22,c,d"), (3, 13, b"3,e,f")]
    assert framed.counts == Counts(accepted=3)


def test_a_last_line_without_newline_is_a_record() -> None:
    assert frame(b"1,a,b\n2,c,d").records == [b"1,a,b", b"2,c,d"]


def test_an_empty_body_holds_no_records() -> None:
    assert frame(b"").counts == Counts()


@pytest.mark.parametrize("chunk_size", [1, 2, 7, 12, 1000])
def test_lines_up_to_the_header_are_no_records_wherever_chunks_end(chunk_size: int) -> None:
    framed = frame(b"\n\nid,x,y\n1,a,b\n\n2,c,d\n", after_line=3, chunk_size=chunk_size)
    assert framed.accepted == [(4, 9, b"1,a,b"), (6, 16, b"2,c,d")]
    assert framed.counts == Counts(accepted=2, blank=1)


def test_a_header_may_stand_beside_quoted_records() -> None:
    framed = frame(b'id,"x",y\n1,"a",b\n2,c,d\n', after_line=1)
    assert framed.accepted == [(2, 9, b'1,"a",b'), (3, 17, b"2,c,d")]


@pytest.mark.parametrize("blank", [b"", b" ", b"\t", b"  \t \x0b\x0c"])
@pytest.mark.parametrize("good", [b"1,a,b", b'1,"a",b'])
def test_blank_lines_are_counted_and_are_no_records(blank: bytes, good: bytes) -> None:
    framed = frame(blank + b"\n" + good + b"\n" + blank + b"\n" + good + b"\n")
    assert framed.records == [good, good]
    assert framed.counts == Counts(accepted=2, blank=2)


def test_line_numbers_and_offsets_are_exact_around_multi_line_values_and_bad_lines() -> None:
    body = '1,"é\r\n\r\nb",c\r\nbad\n\n2,d,e\r3,"f",g\r\n'.encode()
    framed = frame(body)
    assert framed.accepted == [
        (1, 0, '1,"é\n\nb",c'.encode()),
        (6, 20, b"2,d,e"),
        (7, 26, b'3,"f",g'),
    ]
    assert [(line, offset) for line, offset, _, _ in framed.rejected] == [(4, 15)]
    for _, offset, record in framed.accepted[1:]:
        assert body[offset : offset + len(record)] == record


# RFC 4180


@pytest.mark.parametrize(
    "record",
    [
        b'"1","a","b"',
        b'1,"a,b",c',
        b'1,"say ""a""",b',
        b'1,"",""',
        b'"""",a,b',
        b"1,,",
        b",,",
        b"1, a , b ",
        b'1,"a\nb","c\n\nd"',
        b'1,"a"",""b",c',
        "1,é,漢".encode(),
    ],
)
def test_a_record_by_the_rules_is_accepted_whole(record: bytes) -> None:
    framed = frame(b"\n".join([GOOD, record, GOOD]))
    assert framed.records == [GOOD, record, GOOD]
    assert framed.counts == Counts(accepted=3)


def test_a_quoted_value_may_hold_blank_lines_and_prose() -> None:
    record = b'1,"Dear all,\n\nthank you.\n\nRegards",x'
    assert frame(GOOD + b"\n" + record + b"\n").records == [GOOD, record]


def test_newlines_inside_quoted_values_become_line_feeds() -> None:
    assert frame(b'1,"a\r\nb\rc",d\r\n').records == [b'1,"a\nb\nc",d']


@pytest.mark.parametrize("delimiter", [";", "\t", "|", "^", "]", "."])
def test_any_delimiter_cuts_columns(delimiter: str) -> None:
    record = f'1{delimiter}"a{delimiter}b"{delimiter}c,d'.encode()
    framed = frame(record + b"\n1,2\n", delimiter=delimiter)
    assert framed.records == [record]
    assert framed.reasons == ["too few columns: 1, not 3"]


def test_a_file_of_one_column_may_quote_an_empty_value() -> None:
    framed = frame(b'a\n""\n"b\nc\nd"\n\n', width=1)
    assert framed.records == [b"a", b'""', b'"b\nc\nd"']
    assert framed.counts.blank == 1


# Stray quotes


@pytest.mark.parametrize(
    "stray",
    [
        b'1,a"b,c',
        b'1,"a,b',
        b'1,a,b"',
        b'"1,a,b',
        b'1,"a"b,c',
        b'1, "a",b',
        b'1,"a" ,b',
        b'1,a,"',
        b'1,""a",b',
        b'1"',
    ],
)
@pytest.mark.parametrize(
    "after", [b"2,c,d", b'2,"c",d', b'"2","c","d"', b'2,c,"d, ""e"""', b'2,"c\nc",d', b"2,,"]
)
def test_a_stray_quote_costs_one_line(stray: bytes, after: bytes) -> None:
    framed = frame(b"\n".join([after, GOOD, stray, after, GOOD, after]) + b"\n")
    assert framed.records == [after, GOOD, after, GOOD, after]
    ((line, offset, record, _),) = framed.rejected
    assert (line, offset) == (3 + after.count(b"\n"), len(after) + 1 + len(GOOD) + 1)
    assert record == stray


def test_a_stray_quote_on_the_last_line_costs_that_line() -> None:
    framed = frame(b'1,a,b\n2,"c,d')
    assert framed.records == [b"1,a,b"]
    assert framed.rejected == [(2, 6, b'2,"c,d', "a quoted value is never closed")]


def test_stray_quotes_on_several_lines_cost_those_lines() -> None:
    framed = frame(b'1,"a,b\n2,c,d\n3,e"e,f\n4,g,h\n5,i,"j\n6,k,l\n')
    assert framed.rejected_lines == [1, 3, 5]
    assert framed.records == [b"2,c,d", b"4,g,h", b"6,k,l"]


def test_two_quotes_that_close_into_the_wrong_width_cost_their_lines_only() -> None:
    framed = frame(b'1,"a,b\n2,c,d\n3,e,f"\n4,g,h\n')
    assert framed.rejected_lines == [1, 3]
    assert framed.records == [b"2,c,d", b"4,g,h"]


def test_a_value_whose_lines_look_like_records_is_set_aside_whole() -> None:
    framed = frame(b'0,y,z\n1,"a,b\n2,c,d\n3,e",f\n4,g,h\n')
    assert framed.records == [b"0,y,z", b"4,g,h"]
    assert framed.rejected == [(2, 6, b'1,"a,b\n2,c,d\n3,e",f', SET_ASIDE)]
    assert framed.counts == Counts(accepted=2, malformed=1)


def test_a_value_with_one_line_that_is_no_record_is_accepted() -> None:
    record = b'1,"a,b\n2,c,d\nso much,\n3,e",f'
    assert frame(record + b"\n4,g,h\n").records == [record, b"4,g,h"]


def test_a_list_in_a_file_of_two_columns_is_accepted() -> None:
    record = b'1,"a,b\nc,d\ne"'
    assert frame(record, width=2).records == [record]


def test_fault_21_a_stray_quote_in_400000_good_rows_costs_that_line() -> None:
    lines = [b"%d,a@b.example,2024-01-01" % n for n in range(1, 400_001)]
    lines[123_456] = b'123457,"a@b.example,2024-01-01'
    framed = frame(b"\n".join(lines) + b"\n", chunk_size=1 << 22)
    assert framed.rejected_lines == [123_457]
    assert framed.rejected[0][2] == lines.pop(123_456)
    assert framed.records == lines
    assert framed.counts == Counts(accepted=399_999, malformed=1)


def test_a_stray_quote_among_rows_that_are_all_quoted_costs_that_line() -> None:
    lines = [b'"%d","a, ""b""","c"' % n for n in range(20_000)]
    lines[7] = b'"7",a, ""b""","c"'
    framed = frame(b"\n".join(lines), chunk_size=1 << 16)
    assert framed.rejected_lines == [8]
    assert framed.counts == Counts(accepted=19_999, malformed=1)


# Widths


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b"1,a", "too few columns: 2, not 3"),
        (b"1", "too few columns: 1, not 3"),
        (b"1,a,b,c", "too many columns: 4, not 3"),
        (b"1,a,b,", "too many columns: 4, not 3"),
        (b'1,"a,b"', "too few columns: 2, not 3"),
        (b'1,"a",b,"c"', "too many columns: 4, not 3"),
        (b'1,"a\nb"', "too few columns: 2, not 3"),
    ],
)
def test_fault_22_a_record_of_another_width_is_malformed(record: bytes, reason: str) -> None:
    framed = frame(b"\n".join([GOOD, record, GOOD]))
    assert framed.records == [GOOD, GOOD]
    assert framed.rejected == [(2, 6, record, reason)]


# Newlines


@pytest.mark.parametrize("newline", [b"\r\n", b"\r"])
@pytest.mark.parametrize("chunk_size", [1, 3, 1000])
def test_fault_23_other_newlines_give_the_same_records_as_lf(
    newline: bytes, chunk_size: int
) -> None:
    lines = [b"1,a,b", b'2,"c', b'd",e', b"", b'3,"f', b"4,g,h", b"5"]
    lf = frame(b"\n".join(lines) + b"\n")
    other = frame(newline.join(lines) + newline, chunk_size=chunk_size)
    assert [(n, r) for n, _, r in other.accepted] == [(n, r) for n, _, r in lf.accepted]
    assert [(n, r, why) for n, _, r, why in other.rejected] == [
        (n, r, why) for n, _, r, why in lf.rejected
    ]
    assert other.counts == lf.counts


def test_fault_23_mixed_newlines_give_the_same_records_as_lf() -> None:
    mixed = frame(b"1,a,b\r\n2,c,d\n3,e,f\r4,g,h\n\r5,i,j\r\r\n")
    lf = frame(b"1,a,b\n2,c,d\n3,e,f\n4,g,h\n\n5,i,j\n\n")
    assert mixed.records == lf.records
    assert [line for line, _, _ in mixed.accepted] == [line for line, _, _ in lf.accepted]
    assert mixed.counts == lf.counts


def test_chunk_boundaries_do_not_matter() -> None:
    body = b'0,"a\r\nb",c\r\n\r\n1,"x,y\n2,"",\r\xc3\xa9,\xff\n4,"z'
    whole = frame(body)
    for size in range(1, len(body)):
        assert frame(body, chunk_size=size) == whole


# Unreadable text


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b"2,\xff,x", "not UTF-8"),
        (b"2,caf\xe9,x", "not UTF-8"),
        (b"2,\xed\xa0\x80,x", "not UTF-8"),
        (b"2,a\0b,x", "a NUL byte"),
        (b'2,"a\0b",x', "a NUL byte"),
    ],
)
def test_fault_24_an_unreadable_line_keeps_its_bytes(record: bytes, reason: str) -> None:
    framed = frame(b"\n".join([GOOD, record, GOOD]))
    assert framed.records == [GOOD, GOOD]
    assert framed.rejected == [(2, 6, record, reason)]


def test_fault_24_a_record_over_the_limit_keeps_its_bytes() -> None:
    record = b"2," + b"x" * 3_000_000 + b",y"
    framed = frame(b"\n".join([GOOD, record, GOOD]), chunk_size=1 << 20)
    assert framed.records == [GOOD, GOOD]
    assert framed.rejected == [(2, 6, record, "longer than 1,048,576 bytes")]


@pytest.mark.parametrize("good", [GOOD, b'1,"a",b'])
def test_a_record_of_exactly_the_limit_is_accepted(good: bytes) -> None:
    at_limit = b"2,y," + b"x" * (MAX_RECORD_BYTES - 4)
    framed = frame(b"\n".join([good, at_limit, at_limit + b"x", good]))
    assert framed.records == [good, at_limit, good]
    assert framed.rejected_lines == [3]


def test_a_multi_line_record_is_measured_whole() -> None:
    first = b'1,"' + b"x" * (MAX_RECORD_BYTES // 2)
    at_limit = (first + b"\n").ljust(MAX_RECORD_BYTES - 3, b"y") + b'",z'
    assert frame(at_limit).records == [at_limit]
    framed = frame(at_limit + b"z\n" + GOOD)
    assert framed.records == [GOOD]
    assert framed.rejected[0][:3] == (1, 0, first)


def test_a_quote_that_runs_over_the_limit_costs_its_line() -> None:
    lines = [b'0,"open,x', *(b"%d,a,b" % n for n in range(200_000))]
    framed = frame(b"\n".join(lines))
    assert framed.rejected_lines == [1]
    assert framed.counts == Counts(accepted=200_000, malformed=1)


def test_a_quoted_value_that_runs_into_unreadable_text_costs_those_lines() -> None:
    framed = frame(b'1,"a,b\n2,c,d\n3,\xff,e\n4,f,g\n')
    assert framed.rejected_lines == [1, 3]
    assert framed.records == [b"2,c,d", b"4,f,g"]


# Blocks


def test_blocks_know_where_each_line_starts() -> None:
    blocks = list(read_blocks([b"a\r\nbb\n", b"ccc\rd", b"d\r", b"\n\ne"]))
    lines = [line for block in blocks for line in block.lines]
    numbers = [block.first_line + i for block in blocks for i in range(len(block.lines))]
    starts = [int(start) for block in blocks for start in block.starts[:-1]]
    assert lines == [b"a", b"bb", b"ccc", b"dd", b"", b"e"]
    assert numbers == [1, 2, 3, 4, 5, 6]
    assert starts == [0, 3, 6, 10, 14, 15]


# Properties


cells = st.text(
    st.sampled_from(list("ab1,;\"'\n\r \té漢\u2028\x85\\"))
    | st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    max_size=12,
)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(2, 4))
    return draw(st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=8))


def with_line_feeds(fields: list[str]) -> list[str]:
    return [re.sub("\r\n|\r", "\n", value) for value in fields]


@given(tables(), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]), st.integers(1, 40))
@settings(max_examples=200, deadline=None)
@example([["1", "a,b\n2,c,d\n3,e", "f"], ["4", "g", "h"]], csv.QUOTE_MINIMAL, 5)
@example([["1", "a", '"'], ["4", '"\r\n"', "h"]], csv.QUOTE_ALL, 3)
def test_what_python_writes_is_framed_back_to_the_same_fields(
    table: list[list[str]], quoting: int, chunk_size: int
) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, quoting=quoting, lineterminator="\r\n").writerows(table)  # type: ignore[arg-type]
    framed = frame(written.getvalue().encode(), width=len(table[0]), chunk_size=chunk_size)
    found = [(line, record) for line, _, record in framed.accepted]
    for line, _, record, reason in framed.rejected:
        # The one legal record that is not taken; all of it is kept.
        assert reason == SET_ASIDE
        assert len(table[0]) > 2
        assert record.count(b"\n") >= 2
        found.append((line, record))
    assert framed.counts.blank == 0
    assert [fields_of(record) for _, record in sorted(found)] == list(map(with_line_feeds, table))


bodies = any_bytes([b"1,b,c\n", b'2,"d",e\n', b'3,"f\n', b'g",h\n'], most=40)


@given(bodies, st.integers(1, 4), st.integers(1, 30), st.sampled_from([8, 40, MAX_RECORD_BYTES]))
@settings(max_examples=200, deadline=None)
@example(b'1,"a,b\n2,c,d\n3,e",f\n4,g,h\n', 3, 7, MAX_RECORD_BYTES)
@example(b'"\r', 1, 1, MAX_RECORD_BYTES)
def test_every_line_of_any_bytes_is_blank_or_in_exactly_one_record(
    body: bytes, width: int, chunk_size: int, limit: int
) -> None:
    with mock.patch.object(framing, "MAX_RECORD_BYTES", limit):
        framed = frame(body, width=width)
        in_chunks = frame(body, width=width, chunk_size=chunk_size)
    assert in_chunks == framed

    lines = physical_lines(body)
    sent = framed.accepted + [(line, offset, raw) for line, offset, raw, _ in framed.rejected]
    covered: list[int] = []
    for line, offset, record in sorted(sent):
        span = range(line - 1, line + record.count(b"\n"))
        assert offset == lines[line - 1][0]
        assert record == b"\n".join(lines[i][1] for i in span)
        covered += span
    assert len(covered) == len(set(covered))
    blank = [raw for i, (_, raw) in enumerate(lines) if i not in covered]
    assert not any(raw.strip() for raw in blank)

    counts = framed.counts
    assert counts == Counts(len(framed.accepted), len(framed.rejected), len(blank))
    assert counts.accepted + counts.malformed + counts.blank == counts.records
    for record in framed.records:
        assert len(record) <= limit
        assert len(fields_of(record)) == width


def line_by_line(body: bytes, **settings: Any) -> Framed:
    """What the framer finds when no block is taken at once."""
    with mock.patch.object(framing, "find_whole_records", return_value=None):
        return frame(body, **settings)


@given(st.integers(0, 2**32 - 1), st.integers(1, 400), st.sampled_from([b"\n", b"\r\n", b"\r"]))
@settings(max_examples=100, deadline=None)
def test_lines_taken_at_once_are_those_taken_one_by_one(
    seed: int, chunk_size: int, newline: bytes
) -> None:
    rng = random.Random(seed)
    odd = [b"", b" ", b"3,e", b"4,f,g,h", b"5,\xff,i", b"6,j\0,k", b'7,"l', b'8,"m\nn",o']
    rarity = rng.choice([0, 0.01, 0.1])
    lines = [
        rng.choice(odd)
        if rng.random() < rarity
        else rng.choice([b"%d,x,y", b'"%d","x,\n""y""",z']) % n
        for n in range(100)
    ]
    body = newline.join(lines)
    assert frame(body, chunk_size=chunk_size) == line_by_line(body)


@given(
    bodies,
    st.integers(1, 4),
    st.integers(1, 30),
    st.sampled_from([8, 40, MAX_RECORD_BYTES]),
    st.sampled_from([1, 10, 1 << 14]),
    st.sampled_from([",", " ", "\t", "a"]),
)
@settings(max_examples=400, deadline=None)
@example(b'1,"a,b\n2,c,d\n3,e",f\n4,g,h\n', 3, 30, MAX_RECORD_BYTES, 1 << 14, ",")
@example(b'"",""\n"""",""\n', 2, 30, MAX_RECORD_BYTES, 1 << 14, ",")
@example(b" \n\n  \n", 2, 30, MAX_RECORD_BYTES, 1 << 14, " ")
@example(b'x,"\n\n', 2, 30, MAX_RECORD_BYTES, 1, ",")
def test_any_bytes_taken_at_once_are_those_taken_one_by_one(
    body: bytes, width: int, chunk_size: int, limit: int, together: int, delimiter: str
) -> None:
    body = body.replace(b",", delimiter.encode())
    with (
        mock.patch.object(framing, "MAX_RECORD_BYTES", limit),
        mock.patch.object(framing, "LINES_TOGETHER", together),
    ):
        exact = line_by_line(body, width=width, delimiter=delimiter)
        assert frame(body, width=width, delimiter=delimiter) == exact
        assert frame(body, width=width, delimiter=delimiter, chunk_size=chunk_size) == exact


def test_a_well_formed_block_is_taken_at_once_whatever_it_quotes() -> None:
    body = b'1,"a, ""b""","c\nd"\n2,x,\n' * 1000
    with mock.patch.object(Framer, "_take", side_effect=AssertionError("read line by line")):
        assert frame(body).counts == Counts(accepted=2000)


def test_only_what_is_near_a_bad_line_is_read_line_by_line() -> None:
    lines = [b'%d,"a, b",c' % n for n in range(100_000)]
    lines[50_000] = b'1,"a'
    body = b"\n".join(lines)
    with mock.patch.object(framing, "_line", wraps=framing._line) as read:
        assert frame(body).rejected_lines == [50_001]
    assert read.call_count < 4_000
