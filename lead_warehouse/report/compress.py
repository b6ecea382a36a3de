"""Packs what is worth it once, so that serving need not: `name.gz` beside `name`."""

import gzip
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PACKED = {".css", ".html", ".js", ".json", ".svg", ".wasm", ".webmanifest", ".arrow"}
SMALLEST = 1024


def compress(folder: Path) -> None:
    """Pack every file below a folder that has no packed copy yet."""
    waiting = [
        path
        for path in folder.rglob("*")
        if path.suffix in PACKED
        and path.is_file()
        and path.stat().st_size >= SMALLEST
        and not path.with_name(f"{path.name}.gz").exists()
    ]
    with ThreadPoolExecutor() as pool:
        list(pool.map(_pack, waiting))


def _pack(path: Path) -> None:
    partial = path.with_name(f"{path.name}.gz-{os.getpid()}")
    partial.write_bytes(gzip.compress(path.read_bytes(), compresslevel=6, mtime=0))
    partial.replace(path.with_name(f"{path.name}.gz"))
