"""Exports of the site's tracker and of the mail platform."""

import random
from collections.abc import Iterator

from lead_warehouse.simulate.files import Export, iso, local
from lead_warehouse.simulate.records import Interaction
from lead_warehouse.simulate.world import Company

MAIL_WORDS = {
    "open": "Opened",
    "click": "Clicked",
    "reply": "Replied",
    "unsubscribe": "Unsubscribed",
    "not_interested": "Not Interested",
    "forward": "Forwarded",
}


def tracking_exports(company: Company, rng: random.Random) -> Iterator[Export]:
    """What people did on the site and with mails, as their trackers export it."""
    yield from _web_exports(company, rng)
    yield _mail_export(company)


def _web_exports(company: Company, rng: random.Random) -> Iterator[Export]:
    header = ["event_id", "contact", "visitor", "event", "url", "occurred_at", "client"]
    of_site = [one for one in company.interactions if one.interaction_id.startswith("W")]
    # Some of what comes late is delivered a second time with what came at once.
    early = [one for one in of_site if one.received_at is None or rng.random() < 0.1]
    late = sorted(
        (one for one in of_site if one.received_at),
        key=lambda one: (one.received_at or one.at, one.interaction_id),
    )
    yield Export(
        "web_events.csv.gz",
        [*header, "session_hash"],
        ([*_web_row(one), f"s{_session_hash(one)}"] for one in early),
        is_damaged=True,
        repeated=0.01,
    )
    yield Export(
        "web_events_late.csv",
        [*header, "received_at"],
        ([*_web_row(one), iso(one.received_at)] for one in late),
    )


def _session_hash(one: Interaction) -> str:
    """A session's number that nobody maps."""
    return f"{one.visitor_id[2:8]}{one.at:%y%j}"


def _web_row(one: Interaction) -> list[str]:
    return [
        one.interaction_id,
        one.lead_id,
        one.visitor_id,
        one.kind,
        one.asset,
        iso(one.at),
        one.user_agent,
    ]


def _mail_export(company: Company) -> Export:
    return Export(
        "mail_events.csv",
        ["Message Event", "Contact", "Event", "When", "Mailing", "Campaign", "User Agent"],
        (
            [
                one.interaction_id,
                one.lead_id,
                MAIL_WORDS[one.kind],
                local(one.at, "America/New_York", "%m/%d/%Y %I:%M:%S %p"),
                one.asset,
                one.campaign_id,
                one.user_agent,
            ]
            for one in company.interactions
            if one.interaction_id.startswith("M")
        ),
        delimiter="|",
        is_damaged=True,
        repeated=0.004,
    )
