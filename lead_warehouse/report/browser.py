"""The system's Chromium, for pictures and measurements of the report; Playwright drives it."""

import shutil
from typing import Any

from lead_warehouse.errors import UserError

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic"]


def find_chromium() -> str | None:
    """Path of the system's Chromium, None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def launch(playwright: Any) -> Any:
    """A browser that has seen nothing yet.

    Raises:
        UserError: there is no Chromium.
    """
    found = find_chromium()
    if found is None:
        raise UserError("this needs Chromium: `apt-get install chromium`")
    return playwright.chromium.launch(executable_path=found, args=FLAGS)
