"""Bytes as a delivered file may hold them, by hypothesis."""

from hypothesis import strategies as st

PIECES = [b'"', b'""', b",", b"\n", b"\n\n", b"\r\n", b"\r", b" ", b"a", b"\x00", b"\xff"]
PIECES += [b"\xef\xbb\xbf", "é".encode()]


def any_bytes(records: list[bytes], most: int) -> st.SearchStrategy[bytes]:
    """Up to ``most`` of the given records, of what stands between records, and of noise, joined."""
    pieces = st.sampled_from([*PIECES, *records]) | st.binary(max_size=3)
    return st.lists(pieces, max_size=most).map(b"".join)
