import json
from pathlib import Path

import pytest

from lead_warehouse.journal import Journal
from lead_warehouse.redaction import REDACTED, redact, without_persons


@pytest.mark.parametrize(
    "name", ["API_TOKEN", "db_password", "AWS_SECRET_ACCESS_KEY", "SIGNING_KEY", "HUBSPOT_APIKEY"]
)
def test_values_of_variables_named_like_secrets_go(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "canary")
    assert redact({"a": ["x canary y", 1], "canary": None}) == {
        "a": [f"x {REDACTED} y", 1],
        REDACTED: None,
    }


def test_other_values_and_short_ones_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYBOARD", "azerty")
    monkeypatch.setenv("A_TOKEN", "1")
    assert redact("azerty 1") == "azerty 1"


@pytest.mark.parametrize(
    "name", ["PWD", "OLDPWD", "HOME", "API_TOKEN_FILE", "SSL_KEY_PATH", "SECRETS_DIR"]
)
def test_where_something_lies_is_no_secret(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "/srv/canary")
    assert redact("/srv/canary/st/runs") == "/srv/canary/st/runs"


@pytest.mark.parametrize(
    ("name", "value"),
    [("DB_PWD", "/canary"), ("API_TOKEN_FILE", "canary"), ("SIGNING_KEY", "/ca/na/ry")],
)
def test_secrets_that_look_like_paths_go(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert redact(f"x {value} y") == f"x {REDACTED} y"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("postgresql://me:pa55@host/db", "postgresql://me:[redacted]@host/db"),
        ("host=h password=pa55 user=me", "host=h password=[redacted] user=me"),
        ("password = 'p a 5'", "password = [redacted]"),
    ],
)
def test_passwords_of_connection_strings_go(text: str, kept: str) -> None:
    assert redact(text) == kept


def test_a_password_inside_a_variable_goes_wherever_it_is_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CRM", "postgresql://me:pa55word@host/db")
    assert redact("refused: pa55word") == f"refused: {REDACTED}"


def test_a_log_line_is_one_object_without_secrets_and_addresses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_TOKEN", "canary")
    journal = Journal(tmp_path, "run").of_step("land")
    journal.tell("said", detail="canary of jeanne.d-arc@x.co.uk\nnext", level="warning")
    [line] = journal.path.read_text().splitlines()
    told = json.loads(line)
    assert told.pop("at")
    assert told == {
        "run_id": "run",
        "step": "land",
        "event": "said",
        "level": "warning",
        "detail": f"{REDACTED} of [address]\nnext",
    }
    assert without_persons("no address @ all") == "no address @ all"
