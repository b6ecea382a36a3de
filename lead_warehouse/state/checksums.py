"""Check every block of a DuckDB file against its own checksum.

A scan reads what tables hold; it passes over the blocks of indexes, which only writers and point
lookups touch. The form: three headers of 4 KiB, then blocks of 256 KiB; each begins with a
checksum of the rest, the xor of its 64-bit words times a constant.
"""

from pathlib import Path

import numpy as np

HEADER_BYTES = 4096
HEADERS = 3
BLOCK_BYTES = 1 << 18
_FACTOR = np.uint64(0xBF58476D1CE4E5B9)
_START = np.uint64(5381)
_BLOCKS_AT_ONCE = 64


def damaged_blocks(database: Path) -> list[int]:
    """Numbers of the blocks whose content is not what their checksum says; headers are negative.

    A file that ends within a block has a damaged last block.
    """
    damaged = []
    with database.open("rb") as file:
        headers = file.read(HEADERS * HEADER_BYTES)
        if len(headers) < HEADERS * HEADER_BYTES:
            return [-HEADERS]
        damaged += [number - HEADERS for number in _damaged(headers, HEADER_BYTES)]
        first = 0
        while blocks := file.read(_BLOCKS_AT_ONCE * BLOCK_BYTES):
            whole = len(blocks) // BLOCK_BYTES
            damaged += [first + n for n in _damaged(blocks[: whole * BLOCK_BYTES], BLOCK_BYTES)]
            first += whole
            if len(blocks) % BLOCK_BYTES:
                damaged.append(first)
    return damaged


def _damaged(content: bytes, size: int) -> list[int]:
    words = np.frombuffer(content, dtype="<u8").reshape(-1, size // 8)
    told = words[:, 0]
    found = np.bitwise_xor.reduce(words[:, 1:] * _FACTOR, axis=1) ^ _START
    return [int(number) for number in np.flatnonzero(told != found)]
