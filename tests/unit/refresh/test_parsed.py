from pathlib import Path

from lead_warehouse.refresh.parsed import KEPT_AT_MOST, keep_parsed, take_parsed


def a_project(folder: Path, model: str = "select 1", points: str = "5") -> Path:
    for name, text in {"models/a.sql": model, "seeds/rules/points.csv": points}.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def parse(project: Path, parsed: str = "parsed") -> Path:
    (project / "target").mkdir(exist_ok=True)
    (project / "target" / "partial_parse.msgpack").write_text(parsed)
    return project


def taken(project: Path, kept: Path) -> str | None:
    take_parsed(project, kept)
    file = project / "target" / "partial_parse.msgpack"
    return file.read_text() if file.exists() else None


def test_a_new_folder_takes_what_was_parsed_of_the_same_project(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    assert taken(a_project(tmp_path / "before"), kept) is None
    keep_parsed(parse(a_project(tmp_path / "one")), kept)
    assert taken(a_project(tmp_path / "two", points="6"), kept) == "parsed"


def test_another_model_is_parsed_anew(tmp_path: Path) -> None:
    keep_parsed(parse(a_project(tmp_path / "one")), tmp_path / "kept")
    assert taken(a_project(tmp_path / "two", model="select 2"), tmp_path / "kept") is None


def test_what_a_project_parsed_itself_stays(tmp_path: Path) -> None:
    keep_parsed(parse(a_project(tmp_path / "one")), tmp_path / "kept")
    two = parse(a_project(tmp_path / "two"), "its own")
    assert taken(two, tmp_path / "kept") == "its own"


def test_few_are_kept_and_a_checkout_that_cannot_be_written_to_is_no_error(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    for number in range(KEPT_AT_MOST + 3):
        keep_parsed(parse(a_project(tmp_path / str(number), model=f"select {number}")), kept)
    assert len(list(kept.iterdir())) == KEPT_AT_MOST
    blocked = tmp_path / "a file"
    blocked.write_text("")
    keep_parsed(parse(a_project(tmp_path / "last")), blocked)
