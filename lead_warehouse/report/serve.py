"""Serves a finished site on this machine, packed where the browser takes it, by ranges where asked.

The pointer is followed at each request, so a site that is put in place is served from then on.
"""

import email.utils
import mimetypes
import re
import shutil
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

HOST = "127.0.0.1"
PORT = 8080
NEVER_CHANGES = ("/_app/immutable/", "/data/warehouse/", "/api/prerendered_queries/")
RANGE = re.compile(r"bytes=(\d*)-(\d*)$")
TYPES = {
    ".arrow": "application/octet-stream",
    ".duckdb": "application/octet-stream",
    ".js": "text/javascript; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
}


class SiteHandler(BaseHTTPRequestHandler):
    """Answers GET and HEAD below one folder."""

    protocol_version = "HTTP/1.1"
    site: Path

    def handle(self) -> None:
        # A browser that leaves a page drops what it had asked for.
        with suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:  # named by http.server
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of each request."""

    def _answer(self, *, with_body: bool) -> None:
        path = urlsplit(self.path).path
        file = self._file(unquote(path))
        if file is None:
            if not path.endswith("/") and self._file(f"{unquote(path)}/") is not None:
                self.send_response(HTTPStatus.MOVED_PERMANENTLY)
                self.send_header("Location", f"{path}/")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self._plain(HTTPStatus.NOT_FOUND, "no such page; the first page is /\n", with_body)
            return
        asked = self.headers.get("Range")
        packed = file.with_name(f"{file.name}.gz")
        is_packed = (
            asked is None and "gzip" in self.headers.get("Accept-Encoding", "") and packed.exists()
        )
        with (packed if is_packed else file).open("rb") as body:
            self._send(file, body, asked, with_body, is_packed=is_packed)

    def _send(
        self, file: Path, body: BinaryIO, asked: str | None, with_body: bool, *, is_packed: bool
    ) -> None:
        size = body.seek(0, 2)
        first, last = 0, size - 1
        status = HTTPStatus.OK
        if asked is not None and (match := RANGE.match(asked.strip())) and any(match.groups()):
            status = HTTPStatus.PARTIAL_CONTENT
            if match[1]:
                first, last = int(match[1]), min(int(match[2] or last), last)
            else:
                first = max(size - int(match[2]), 0)
            if first > last:
                self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
                self.send_header("Content-Range", f"bytes */{size}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
        kind = TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0]
        self.send_response(status)
        self.send_header("Content-Type", kind or "application/octet-stream")
        self.send_header("Content-Length", str(last - first + 1))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Last-Modified", email.utils.formatdate(file.stat().st_mtime, usegmt=True))
        self.send_header("Vary", "Accept-Encoding")
        never_changes = urlsplit(self.path).path.startswith(NEVER_CHANGES)
        self.send_header(
            "Cache-Control",
            "public, max-age=31536000, immutable" if never_changes else "no-cache",
        )
        if is_packed:
            self.send_header("Content-Encoding", "gzip")
        if status is HTTPStatus.PARTIAL_CONTENT:
            self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.end_headers()
        if with_body:
            body.seek(first)
            if status is HTTPStatus.PARTIAL_CONTENT:
                self.wfile.write(body.read(last - first + 1))
            else:
                shutil.copyfileobj(body, self.wfile)

    def _plain(self, status: HTTPStatus, text: str, with_body: bool) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if with_body:
            self.wfile.write(text.encode())

    def _file(self, path: str) -> Path | None:
        """The file at an address, never one outside the site."""
        root = self.site.resolve()
        found = (root / path.lstrip("/")).resolve()
        if not found.is_relative_to(root):
            return None
        if path.endswith("/"):
            found /= "index.html"
        return found if found.is_file() else None


def make_server(site: Path, port: int = PORT) -> ThreadingHTTPServer:
    """A server of the site at this pointer, on this machine only; port 0 takes a free one."""
    handler = type("Handler", (SiteHandler,), {"site": site})
    server = ThreadingHTTPServer((HOST, port), handler)
    server.daemon_threads = True
    return server
