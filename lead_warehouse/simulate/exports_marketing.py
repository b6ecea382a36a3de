"""Exports of marketing: events, campaigns, spend, consents and exchange rates."""

import random
from collections.abc import Iterator

from lead_warehouse.simulate.files import Export, iso, local, money
from lead_warehouse.simulate.records import LAST_DAY
from lead_warehouse.simulate.world import Company


def marketing_exports(company: Company, rng: random.Random) -> Iterator[Export]:
    """What the systems of marketing export."""
    yield _webinar_export(company)
    yield _badge_export(company)
    yield _campaign_export(company)
    yield _member_export(company, rng)
    yield _spend_export(company)
    yield _consent_export(company)
    yield _rate_export(company)


def _webinar_export(company: Company) -> Export:
    """Names no event: webinar and contact make one."""
    return Export(
        "webinar_attendance.csv",
        ["Webinar", "Titel", "Kontakt", "Beginn", "Minuten"],
        (
            [
                one.campaign_id,
                one.asset,
                one.lead_id,
                local(one.at, "Europe/Berlin", "%d.%m.%Y %H:%M"),
                "" if one.depth is None else f"{one.depth:.1f}".replace(".", ","),
            ]
            for one in company.interactions
            if one.kind == "webinar"
        ),
        delimiter=";",
    )


def _badge_export(company: Company) -> Export:
    """A scanner's list, as a spreadsheet saves it: tabs in UTF-16."""
    return Export(
        "badge_scans.txt",
        ["Salon", "Code salon", "Contact", "Scanné le"],
        (
            [
                one.asset,
                one.campaign_id,
                one.lead_id,
                local(one.at, "Europe/Paris", "%d/%m/%Y %H:%M"),
            ]
            for one in company.interactions
            if one.kind == "badge_scanned"
        ),
        delimiter="\t",
        encoding="utf-16",
    )


def _campaign_export(company: Company) -> Export:
    return Export(
        "campaigns.csv",
        ["id", "name", "channel", "start", "end", "budget", "currency"],
        (
            [
                one.campaign_id,
                one.name,
                one.channel,
                one.starts_on,
                one.ends_on,
                one.budget,
                "EUR",
            ]
            for one in company.programme.campaigns
        ),
    )


def _member_export(company: Company, rng: random.Random) -> Export:
    """Who was asked and who answered; attendance of webinars comes from their own export."""
    rows: list[list[str]] = []
    for lead in company.leads:
        if lead.campaign_id and lead.source != "webinar":
            status = "scanned" if lead.source == "trade_show" else "responded"
            joined = iso(lead.created_at)
            rows.append([lead.campaign_id, lead.lead_id, status, joined, joined])
        seen = {one.campaign_id for one in lead.interactions} | {lead.campaign_id}
        for webinar in company.programme.of("webinar"):
            is_open = webinar.held_at > lead.created_at and webinar.campaign_id not in seen
            if is_open and rng.random() < 0.03:
                asked_at = max(lead.created_at, webinar.held_at.replace(day=1))
                rows.append([webinar.campaign_id, lead.lead_id, "invited", iso(asked_at), ""])
    header = ["campaign", "contact", "status", "joined_at", "responded_at"]
    return Export("campaign_members.csv", header, rows)


def _spend_export(company: Company) -> Export:
    return Export(
        "depenses_marketing.csv",
        ["Pièce", "Date", "Canal", "Campagne", "Montant", "Devise", "Achat média"],
        (
            [
                f"MS-{number:05d}",
                f"{one.spent_on:%d/%m/%Y}",
                one.channel,
                one.campaign_id,
                money(one.amount, ","),
                one.currency,
                "oui" if one.is_paid_media else "non",
            ]
            for number, one in enumerate(company.spend, 1)
        ),
        delimiter=";",
        encoding="cp1252",
    )


def _consent_export(company: Company) -> Export:
    return Export(
        "consents.csv",
        [
            *("id", "contact", "email", "purpose", "channel", "ground", "status", "proof"),
            *("form", "recorded_at"),
        ],
        (
            [
                f"K-{number:06d}",
                one.lead_id,
                one.email,
                one.purpose,
                one.channel,
                one.ground,
                one.status,
                one.proof,
                one.form_version,
                iso(one.at),
            ]
            for number, one in enumerate(company.consents, 1)
        ),
    )


def _rate_export(company: Company) -> Export:
    return Export(
        "exchange_rates.csv",
        ["date", "currency", "euros"],
        ([day, currency, rate] for day, currency, rate in company.rates if day < LAST_DAY.date()),
    )
