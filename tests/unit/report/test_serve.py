"""The server of the finished site: ranges, packed files, nothing outside."""

import gzip
import http.client
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lead_warehouse.report.compress import compress
from lead_warehouse.report.serve import make_server

TEXT = b"0123456789" * 500


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[http.client.HTTPConnection]:
    first = tmp_path / "first"
    (first / "funnel").mkdir(parents=True)
    (first / "funnel" / "index.html").write_bytes(TEXT)
    (first / "data.duckdb").write_bytes(TEXT)
    (tmp_path / "secret").write_text("no")
    compress(first)
    (tmp_path / "site").symlink_to("first")
    server = make_server(tmp_path / "site", 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield http.client.HTTPConnection("127.0.0.1", server.server_address[1])
    server.shutdown()
    server.server_close()


def get(
    asked: http.client.HTTPConnection, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    asked.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    answer = asked.getresponse()
    return answer.status, dict(answer.getheaders()), answer.read()


@pytest.mark.parametrize(
    ("wanted", "body", "told"),
    [
        ("bytes=0-9", TEXT[:10], "bytes 0-9/5000"),
        ("bytes=4990-", TEXT[-10:], "bytes 4990-4999/5000"),
        ("bytes=-5", TEXT[-5:], "bytes 4995-4999/5000"),
        ("bytes=4990-9999", TEXT[-10:], "bytes 4990-4999/5000"),
    ],
)
def test_a_range_is_answered_with_it(
    asked: http.client.HTTPConnection, wanted: str, body: bytes, told: str
) -> None:
    status, headers, got = get(asked, "/data.duckdb", Range=wanted)
    assert (status, headers["Content-Range"], got) == (206, told, body)


def test_a_range_beyond_the_end_is_refused(asked: http.client.HTTPConnection) -> None:
    assert get(asked, "/data.duckdb", Range="bytes=5000-")[0] == 416


def test_pages_are_packed_where_the_browser_takes_it(asked: http.client.HTTPConnection) -> None:
    status, headers, body = get(asked, "/funnel/", Accept_Encoding="gzip, br")
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert gzip.decompress(body) == TEXT
    assert len(body) < len(TEXT)
    assert get(asked, "/funnel/")[2] == TEXT


def test_head_says_the_size(asked: http.client.HTTPConnection) -> None:
    status, headers, body = get(asked, "/data.duckdb", "HEAD")
    assert (status, headers["Content-Length"], body) == (200, "5000", b"")
    assert headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize("path", ["/../secret", "/%2e%2e/secret", "/funnel/../../secret", "/no/"])
def test_nothing_outside_is_served(asked: http.client.HTTPConnection, path: str) -> None:
    assert get(asked, path)[0] == 404


def test_a_page_without_its_slash_is_sent_on(asked: http.client.HTTPConnection) -> None:
    status, headers, _ = get(asked, "/funnel")
    assert (status, headers["Location"]) == (301, "/funnel/")


def test_a_site_put_in_place_is_served_from_then_on(
    asked: http.client.HTTPConnection, tmp_path: Path
) -> None:
    (tmp_path / "second").mkdir()
    (tmp_path / "second" / "index.html").write_text("new")
    (tmp_path / "next").symlink_to("second")
    (tmp_path / "next").replace(tmp_path / "site")
    assert get(asked, "/")[2] == b"new"
