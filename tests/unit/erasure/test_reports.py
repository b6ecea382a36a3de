"""An erasure leaves no built site that shows single leads."""

from pathlib import Path

from lead_warehouse.erasure.persons import Persons
from lead_warehouse.erasure.traces import clear_traces
from lead_warehouse.state.control import ControlLedger
from lead_warehouse.state.layout import StateDirectory


def test_built_sites_that_show_leads_go_and_the_published_one_stays(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path)
    ControlLedger(state.control)
    for name in ("internal-1", "internal-2", "published-1"):
        (state.report / "sites" / name).mkdir(parents=True)
        (state.report / "sites" / name / "index.html").write_text("lead")
    (state.report / "internal").symlink_to("sites/internal-2")
    (state.report / "published").symlink_to("sites/published-1")
    clear_traces(state, Persons(), lambda kind, value: False)
    assert sorted(path.name for path in state.report.rglob("*")) == [
        "index.html",
        "published",
        "published-1",
        "sites",
    ]
