"""Write the exports of a sample company: marketing, sales and back office, and the truth.

The exports are as untidy as real ones: several systems with their own delimiters, encodings, date
formats and time zones, records delivered twice or late, a deal won before its lead existed, and
lines that do not parse. What is true stands beside them in ``truth/``, which no mapping names.
The same seed gives the same bytes.
"""

import random
from pathlib import Path

from lead_warehouse.errors import UserError
from lead_warehouse.simulate.exports_crm import crm_exports
from lead_warehouse.simulate.exports_finance import finance_exports
from lead_warehouse.simulate.exports_marketing import marketing_exports
from lead_warehouse.simulate.exports_sales import sales_exports
from lead_warehouse.simulate.exports_tracking import tracking_exports
from lead_warehouse.simulate.files import write_export
from lead_warehouse.simulate.truth import model_of, truth_exports
from lead_warehouse.simulate.world import make_company

TRUTH = "truth"


def simulate(out: Path, leads: int, seed: int) -> dict[Path, int | None]:
    """Write the exports and their mapping into ``out``, and the truth into a folder of its own.

    Args:
        leads: how many leads to make.
        seed: the same seed and count give the same bytes.

    Returns:
        each file written, with its number of records; none for the mapping and the model.

    Raises:
        UserError: the folder cannot be written.
    """
    company = make_company(leads, seed)
    rng = random.Random(f"{seed}:exports")
    written: dict[Path, int | None] = {}
    try:
        (out / TRUTH).mkdir(parents=True, exist_ok=True)
        for exports in (
            crm_exports(company, rng),
            sales_exports(company),
            tracking_exports(company, rng),
            marketing_exports(company, rng),
            finance_exports(company),
        ):
            for export in exports:
                written |= write_export(out, export, seed)
        for export in truth_exports(company):
            written |= write_export(out / TRUTH, export, seed)
        written |= _write_text(out / TRUTH / "model.json", model_of(leads, seed))
        mapping = Path(__file__).with_name("mapping.yml").read_text(encoding="utf-8")
        return written | _write_text(out / "mapping.yml", mapping)
    except OSError as error:
        raise UserError(f"{out} cannot be written ({error.strerror}); name another --out") from None


def _write_text(path: Path, text: str) -> dict[Path, int | None]:
    path.write_text(text, encoding="utf-8")
    return {path: None}
