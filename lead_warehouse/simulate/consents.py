"""What people said about their data: given, refused, withdrawn, objected; with proof or without."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from lead_warehouse.simulate.interest import HAND_RAISES
from lead_warehouse.simulate.records import LAST_DAY, Lead


@dataclass(frozen=True)
class Consent:
    """Something said about one purpose; of an address only where the lead was not known."""

    lead_id: str
    email: str
    purpose: str
    channel: str
    ground: str
    status: str
    proof: str
    form_version: str
    at: datetime


def make_consents(rng: random.Random, leads: list[Lead]) -> list[Consent]:
    """Records in the order they were made."""
    made = [one for lead in leads if not lead.is_bot for one in _of(rng, lead)]
    made = [one for one in made if one.at < LAST_DAY]
    return sorted(made, key=lambda one: (one.at, one.lead_id, one.email, one.purpose))


def _of(rng: random.Random, lead: Lead) -> list[Consent]:
    made = []
    at = lead.created_at + timedelta(seconds=rng.randrange(60))
    if lead.provenance == "direct" and rng.random() < 0.55:
        status = "given" if rng.random() < 0.75 else "refused"
        proof = f"https://forms.vendor.example/{lead.lead_id}" if rng.random() < 0.8 else ""
        by_address = rng.random() < 0.04
        made.append(
            Consent(
                "" if by_address else lead.lead_id,
                lead.email if by_address else "",
                "prospecting",
                "email",
                "consent",
                status,
                proof if status == "given" else "",
                rng.choice(("2024-05", "2025-02")),
                at,
            )
        )
    if rng.random() < 0.3:
        status = rng.choice(("given", "given", "refused"))
        made.append(_said(lead, ("tracking", "web", "consent"), status, at, "cookie banner"))
    if rng.random() < 0.012:
        later = at + timedelta(days=rng.randrange(1, 200))
        made.append(_said(lead, ("profiling", "", "legitimate_interest"), "objected", later))
    if rng.random() < 0.02:
        later = at + timedelta(days=rng.randrange(1, 250))
        made.append(_said(lead, ("prospecting", "phone", "legitimate_interest"), "objected", later))
    for one in lead.interactions:
        if one.made_by != "person" or one.lead_id != lead.lead_id:
            continue
        if one.kind in HAND_RAISES:
            made.append(_said(lead, ("answering", "", "request"), "given", one.at, "form"))
        elif one.kind == "unsubscribe":
            status = rng.choice(("objected", "withdrawn"))
            made.append(_said(lead, ("prospecting", "email", "consent"), status, one.at, "link"))
    return made


def _said(
    lead: Lead, what: tuple[str, str, str], status: str, at: datetime, proof: str = ""
) -> Consent:
    """A record about a purpose, a channel and a legal ground."""
    return Consent(lead.lead_id, "", *what, status, proof, "", at)
