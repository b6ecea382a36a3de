"""Write the exports of a sample company: a CRM's leads and stages, and deals from elsewhere.

The exports are as untidy as real ones: different delimiters and date formats, records delivered
twice, sources left empty, stages skipped, a deal won before its lead existed, and lines that do
not parse. The same seed gives the same bytes.
"""

import csv
import gzip
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from lead_warehouse.errors import UserError

FIRST_DAY = datetime(2024, 7, 1)
DAYS = 548
"""Leads are created over a year and a half; what follows a later day is not exported yet."""
LAST_DAY = FIRST_DAY + timedelta(days=DAYS)

SOURCES = {
    # source: (share of leads, chance to become an MQL)
    "organic_search": (0.28, 0.42),
    "paid_search": (0.20, 0.35),
    "webinar": (0.14, 0.60),
    "trade_show": (0.10, 0.50),
    "referral": (0.08, 0.68),
    "newsletter": (0.12, 0.30),
    "unknown": (0.05, 0.25),
    "": (0.03, 0.40),
}
NEXT_STAGE = {
    # stage: (next stage, chance, typical days)
    "mql": ("sal", 0.72, 2),
    "sal": ("sql", 0.55, 9),
    "sql": ("opportunity", 0.80, 3),
}
WIN_RATE = 0.34
INDUSTRIES = ("machinery", "chemicals", "food", "logistics", "software", "public sector")
COUNTRIES = {"FR": 0.4, "DE": 0.2, "BE": 0.12, "ES": 0.12, "IT": 0.1, "US": 0.06}
TITLES = (
    "Head of Operations",
    "Directrice des opérations",
    "IT Manager",
    "Purchasing Manager",
    "Chief Innovation Officer",
    "Student",
)
LOST_REASONS = ("budget", "competitor", "no need", "timing")
DAMAGE = 0.003
"""Share of lines damaged on their way out, of each kind of file."""


@dataclass
class Deal:
    """A deal as the billing side knows it."""

    deal_id: str
    lead_id: str
    opened_at: datetime
    closed_at: datetime | None
    outcome: str
    amount: int | None


@dataclass
class Lead:
    """A lead and the stages it went through."""

    lead_id: str
    created_at: datetime
    source: str
    columns: dict[str, str]
    stages: list[tuple[str, datetime, str]] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)


def simulate(out: Path, leads: int, seed: int) -> dict[Path, int | None]:
    """Write the exports and their mapping into ``out``.

    Args:
        leads: how many leads to make.
        seed: the same seed and count give the same bytes.

    Returns:
        each file written, with its number of records; none for the mapping.

    Raises:
        UserError: the folder cannot be written.
    """
    rng = random.Random(seed)
    made = [_make_lead(rng, number) for number in range(1, leads + 1)]
    if leads >= 10:
        _win_one_before_it_existed(made)
    try:
        out.mkdir(parents=True, exist_ok=True)
        return {
            **_write_leads(rng, out, made),
            **_write_stages(rng, out, made),
            **_write_deals(rng, out, made),
            **_write_mapping(out),
        }
    except OSError as error:
        raise UserError(f"{out} cannot be written ({error.strerror}); name another --out") from None


def _make_lead(rng: random.Random, number: int) -> Lead:
    created_at = FIRST_DAY + timedelta(minutes=rng.randrange(DAYS * 24 * 60))
    weights = [share for share, _ in SOURCES.values()]
    source = rng.choices(list(SOURCES), weights)[0]
    company = rng.randrange(max(1, number))
    title = rng.choice(TITLES)
    lead = Lead(
        f"L-{number:06d}",
        created_at,
        source,
        {
            "Email": f"lead.{number:06d}@company-{company:05d}.example",
            "Job Title": title,
            "Company": f"Company {company:05d}, {rng.choice(('SA', 'GmbH', 'Ltd'))}",
            "Industry": rng.choice(INDUSTRIES),
            "Employees": str(int(rng.lognormvariate(4.8, 1.3)) + 1),
            "Country": rng.choices(list(COUNTRIES), list(COUNTRIES.values()))[0],
        },
    )
    is_weak = title == "Student"
    if rng.random() < SOURCES[source][1] * (0.3 if is_weak else 1):
        _walk(rng, lead)
    return lead


def _walk(rng: random.Random, lead: Lead) -> None:
    """Take a lead through the funnel until it stops, or the export ends."""
    stage, at = "mql", lead.created_at + _delay(rng, 6)
    while at < LAST_DAY:
        lead.stages.append((stage, at, ""))
        if stage not in NEXT_STAGE:
            break
        following, chance, days = NEXT_STAGE[stage]
        if rng.random() > chance:
            if stage == "sal" and (end := at + _delay(rng, 12)) < LAST_DAY:
                lead.stages.append(("recycled", end, rng.choice(("timing", "unreachable"))))
            break
        # Some teams never write the acceptance down.
        if stage == "mql" and rng.random() < 0.15:
            following = "sql"
        at += _delay(rng, days)
        stage = following
    if stage == "opportunity" and at < LAST_DAY:
        lead.stages.pop()
        lead.deals.append(_make_deal(rng, lead, at))


def _make_deal(rng: random.Random, lead: Lead, opened_at: datetime) -> Deal:
    closed_at = opened_at + _delay(rng, 35)
    amount = int(rng.lognormvariate(9.6, 0.7)) * 100 if rng.random() > 0.04 else None
    deal_id = f"D-{lead.lead_id[2:]}"
    if closed_at >= LAST_DAY:
        return Deal(deal_id, lead.lead_id, opened_at, None, "open", amount)
    outcome = "won" if rng.random() < WIN_RATE else "lost"
    return Deal(deal_id, lead.lead_id, opened_at, closed_at, outcome, amount)


def _delay(rng: random.Random, typical_days: float) -> timedelta:
    return timedelta(minutes=int(rng.lognormvariate(0, 0.8) * typical_days * 24 * 60))


def _win_one_before_it_existed(made: list[Lead]) -> None:
    won = [deal for lead in made for deal in lead.deals if deal.outcome == "won"]
    if won:
        lead = next(lead for lead in made if lead.lead_id == won[0].lead_id)
        won[0].opened_at = lead.created_at - timedelta(days=9)
        won[0].closed_at = lead.created_at - timedelta(days=2)
        lead.stages.clear()


def _write_leads(rng: random.Random, out: Path, made: list[Lead]) -> dict[Path, int | None]:
    """A CRM's contact export, and a later one with only a few columns of the changed ones."""
    header = ["Record ID", "Create Date", "Original Source", *made[0].columns]
    rows = [
        [lead.lead_id, f"{lead.created_at:%Y-%m-%d %H:%M:%S}", lead.source, *lead.columns.values()]
        for lead in made
    ]
    moved = [lead for lead in made if rng.random() < 0.02]
    changes = [[lead.lead_id, str(rng.randrange(50, 2000))] for lead in moved]
    return {
        **_write(out / "crm_contacts.csv", _damaged(rng, _lines(header, rows, ","))),
        **_write(
            out / "crm_contacts_enriched.csv", _lines(["Record ID", "Employees"], changes, ",")
        ),
    }


def _write_stages(rng: random.Random, out: Path, made: list[Lead]) -> dict[Path, int | None]:
    """A CRM's stage history, gzipped, with some records delivered twice."""
    rows = [
        [lead.lead_id, stage.upper(), f"{at:%Y-%m-%dT%H:%M:%S}Z", reason]
        for lead in made
        for stage, at, reason in lead.stages
    ]
    rows += [row for row in rows if rng.random() < 0.01]
    header = ["Contact ID", "Lifecycle Stage", "Entered At", "Reason"]
    lines = _damaged(rng, _lines(header, rows, ","))
    return _write(out / "crm_stage_history.csv.gz", lines)


def _write_deals(rng: random.Random, out: Path, made: list[Lead]) -> dict[Path, int | None]:
    """Deals as a French back office exports them."""
    rows = [
        [
            deal.deal_id,
            deal.lead_id,
            {"won": "Gagnée", "lost": "Perdue", "open": "En cours"}[deal.outcome],
            "" if deal.amount is None else f"{deal.amount / 100:.2f}".replace(".", ","),
            f"{deal.opened_at:%d/%m/%Y %H:%M}",
            f"{deal.closed_at:%d/%m/%Y %H:%M}" if deal.closed_at else "",
            rng.choice(LOST_REASONS) if deal.outcome == "lost" else "",
        ]
        for lead in made
        for deal in lead.deals
    ]
    header = ["Affaire", "Contact", "Statut", "Montant HT", "Ouverte le", "Close le", "Motif"]
    return _write(out / "affaires.csv", _damaged(rng, _lines(header, rows, ";")))


def _lines(header: list[str], rows: list[list[Any]], delimiter: str) -> list[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue().splitlines()


def _damaged(rng: random.Random, lines: list[str]) -> list[str]:
    """Damage some lines the ways exports get damaged."""
    return [lines[0], *_damage(rng, lines[1:])]


def _damage(rng: random.Random, lines: list[str]) -> Iterator[str]:
    for line in lines:
        if rng.random() >= DAMAGE:
            yield line
            continue
        kind = rng.randrange(3)
        if kind == 0:
            yield line[: len(line) // 2]
        elif kind == 1:
            yield line.replace("202", "203")
        else:
            yield line.replace(",", ',"', 1).replace(";", ';"', 1)


def _write(path: Path, lines: list[str]) -> dict[Path, int | None]:
    content = ("\n".join(lines) + "\n").encode()
    # A gzip header carries a time; zero keeps the same seed at the same bytes.
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
    return {path: len(lines) - 1}


def _write_mapping(out: Path) -> dict[Path, int | None]:
    path = out / "mapping.yml"
    path.write_text(
        Path(__file__).with_name("mapping.yml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    return {path: None}
