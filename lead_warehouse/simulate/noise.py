"""What disturbs: machines that click, second records of a person, late and anonymous events."""

import random
from datetime import datetime, timedelta

from lead_warehouse.simulate.behaviour import BROWSERS, PAGES
from lead_warehouse.simulate.chance import after
from lead_warehouse.simulate.programme import Programme
from lead_warehouse.simulate.records import FIRST_DAY, LAST_DAY, Interaction, Lead

BOT_AGENT = "python-requests/2.32.3"
CRAWLER_AGENT = "Mozilla/5.0 (compatible; ExampleBot/2.1; +http://bot.example)"
SCANNER_AGENTS = ("MailGuard-LinkScanner/3.2", BROWSERS[0])
"""Some scanners say who they are, others pass for a browser."""
PROXY_AGENT = "Mozilla/5.0 (via ggpht.com MailImageProxy)"
MONITOR_AGENT = "SyntheticMonitor/1.4 (uptime check)"
SCANNED_SHARE = 0.04
PROXIED_SHARE = 0.08
MERGED_SHARE = 0.6
LATE_SHARE = 0.015


def add_machines(rng: random.Random, leads: list[Lead], programme: Programme) -> None:
    """Bots that fill in forms, and machines that read the mail of people."""
    letters = programme.of("newsletter")
    for lead in leads:
        if lead.is_bot:
            _storm(rng, lead)
            continue
        is_scanned, is_proxied = rng.random() < SCANNED_SHARE, rng.random() < PROXIED_SHARE
        for letter in letters:
            if lead.created_at >= letter.held_at:
                continue
            if is_proxied:
                at = letter.held_at + timedelta(seconds=rng.randrange(2, 20))
                _by_machine(lead, "open", at, ("mail_proxy", PROXY_AGENT), letter.campaign_id)
            if is_scanned and rng.random() < 0.4:
                scanner = ("mail_scanner", rng.choice(SCANNER_AGENTS))
                at = letter.held_at
                for _ in range(rng.randrange(6, 15)):
                    at += timedelta(seconds=rng.randrange(2))
                    _by_machine(lead, "click", at, scanner, letter.campaign_id)
    for lead in leads:
        if lead.segment == "internal":
            for one in lead.interactions:
                one.made_by = "internal"


def _storm(rng: random.Random, lead: Lead) -> None:
    """Everything on the site within a minute or two."""
    bot = ("bot", rng.choice((BOT_AGENT, CRAWLER_AGENT)))
    at = lead.created_at
    for _ in range(rng.randrange(20, 60)):
        at += timedelta(seconds=rng.randrange(3))
        kind = rng.choice(("page", "page", "click", "pricing_page", "white_paper"))
        _by_machine(lead, kind, at, bot)
    _by_machine(lead, "contact_request", lead.created_at, bot)


def _by_machine(
    lead: Lead, kind: str, at: datetime, machine: tuple[str, str], campaign_id: str = ""
) -> None:
    made_by, agent = machine
    if at < LAST_DAY:
        one = Interaction(lead.lead_id, kind, at, "", None, campaign_id, agent, made_by=made_by)
        lead.interactions.append(one)


def visitors(rng: random.Random, count: int) -> list[Interaction]:
    """Visits of people who never say who they are, and of the company's own monitoring."""
    made = []
    for _ in range(count):
        at = FIRST_DAY + timedelta(seconds=rng.randrange((LAST_DAY - FIRST_DAY).days * 86400))
        if rng.random() < 0.25:
            machine = ("internal", MONITOR_AGENT, "v-monitor")
        else:
            machine = ("visitor", rng.choice(BROWSERS), f"v-{rng.getrandbits(40):010x}")
        made_by, agent, visitor_id = machine
        for _ in range(rng.randrange(1, 4)):
            if at < LAST_DAY:
                asset = rng.choice(PAGES)
                made.append(
                    Interaction("", "page", at, asset, None, "", agent, visitor_id, made_by)
                )
            at += timedelta(seconds=rng.randrange(5, 90))
    return made


def split_duplicates(rng: random.Random, leads: list[Lead]) -> None:
    """Give second records a part of what the person did since, and merge most of them."""
    again: dict[str, list[Lead]] = {}
    for lead in leads:
        if lead.duplicate_of:
            _share(rng, lead.duplicate_of, lead)
            again.setdefault(lead.duplicate_of.lead_id, []).append(lead)
    for records in again.values():
        records.sort(key=lambda one: one.created_at)
        first, *others = records
        if not others:
            found_at = after(rng, first.created_at, 12)
            if rng.random() < MERGED_SHARE:
                _merge(first, first.duplicate_of, found_at)
            elif found_at < LAST_DAY:
                first.stages.append(("disqualified", found_at, "duplicate"))
            continue
        # The survivor of the first merge goes away in the second one.
        merged_at = after(rng, others[0].created_at, 8)
        _merge(first, others[0], merged_at)
        _merge(others[0], first.duplicate_of, after(rng, merged_at + timedelta(days=1), 8))


def _share(rng: random.Random, original: Lead, second: Lead) -> None:
    for one in original.interactions:
        is_of_site = one.kind not in ("open", "reply", "unsubscribe") and not one.campaign_id
        is_later = one.lead_id == original.lead_id and one.at >= second.created_at
        if is_of_site and is_later and rng.random() < 0.5:
            one.lead_id = second.lead_id


def _merge(gone: Lead, kept: Lead | None, at: datetime) -> None:
    if at < LAST_DAY:
        gone.merged_into, gone.merged_at = kept, at


def delay(rng: random.Random, interactions: list[Interaction]) -> None:
    """Let some events of the site reach the tracker days late."""
    for one in interactions:
        if rng.random() < LATE_SHARE:
            received_at = one.at + timedelta(hours=rng.randrange(30, 500))
            if received_at < LAST_DAY:
                one.received_at = received_at


def unknown_contacts(rng: random.Random, count: int) -> list[Interaction]:
    """Mails opened by contacts that the CRM has deleted: nobody describes these leads."""
    made = []
    for _ in range(count):
        at = FIRST_DAY + timedelta(seconds=rng.randrange((LAST_DAY - FIRST_DAY).days * 86400))
        lead_id = f"L-9{rng.randrange(10**5):05d}"
        made.append(Interaction(lead_id, "open", at, made_by="deleted_contact"))
    return made
