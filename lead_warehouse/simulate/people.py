"""Accounts and the people who come from them, with what is true of their fit."""

import random
from datetime import datetime, timedelta

from lead_warehouse.simulate.chance import at_work, pick
from lead_warehouse.simulate.programme import SHOW_DAYS, Programme
from lead_warehouse.simulate.records import DAYS, FIRST_DAY, LAST_DAY, OWN_DOMAIN, Account, Lead
from lead_warehouse.simulate.segments import SEGMENTS, Segment

SOURCES = {
    "organic_search": 0.27,
    "paid_search": 0.19,
    "webinar": 0.14,
    "trade_show": 0.11,
    "referral": 0.08,
    "newsletter": 0.11,
    "list_purchase": 0.02,
    "unknown": 0.05,
    "": 0.03,
}
FREE_MAIL = ("gmail.com", "orange.fr", "gmx.de", "yahoo.fr", "outlook.com")
LANGUAGES = {"FR": "fr", "LU": "fr", "DE": "de", "ES": "es", "IT": "it", "NL": "nl", "MA": "fr"}
LEGAL_FORMS = {"FR": "SAS", "BE": "SA", "LU": "SA", "CH": "SA", "DE": "GmbH", "ES": "SL"}
UNKNOWN_SHARE = {
    "industry": 0.1,
    "employee_count": 0.12,
    "tech_stack": 0.55,
    "strategic_issues": 0.6,
    "job_title": 0.05,
    "is_listed": 0.2,
}
DUPLICATE_SHARE = 0.03
BOT_SHARE = 0.015


class Census:
    """Makes accounts and leads, so that several leads come from the same company."""

    def __init__(self, rng: random.Random, programme: Programme) -> None:
        self.accounts: list[Account] = []
        self.leads: list[Lead] = []
        self._rng = rng
        self._programme = programme
        self._of_segment: dict[str, list[Account]] = {name: [] for name in SEGMENTS}

    def add(self, number: int) -> None:
        """Make the next lead; a few are somebody already known."""
        rng = self._rng
        known = self._somebody_known(number)
        if known:
            self.leads.append(_same_again(rng, number, known))
            return
        name = pick(rng, {name: one.share for name, one in SEGMENTS.items()})
        account = self._account(name)
        self.leads.append(self._lead(number, name, account))

    def _somebody_known(self, number: int) -> Lead | None:
        rng = self._rng
        if number in (7, 8):
            # One person three times, so that there is a chain of merges in every company.
            first = [one for one in self.leads[:6] if not one.is_bot and not one.duplicate_of]
            return min(first, key=lambda one: one.created_at) if first else None
        if not self.leads or rng.random() >= DUPLICATE_SHARE:
            return None
        known = rng.choice(self.leads)
        return None if known.is_bot else known

    def settle(self) -> None:
        """Let each account's record begin with its first lead."""
        first: dict[str, datetime] = {}
        for lead in self.leads:
            known = first.get(lead.account.account_id, lead.created_at)
            first[lead.account.account_id] = min(known, lead.created_at)
        for account in self.accounts:
            account.created_at = first[account.account_id]

    def _account(self, name: str) -> Account:
        rng, known, segment = self._rng, self._of_segment[name], SEGMENTS[name]
        if known and (rng.random() < 0.4 or name == "internal"):
            return rng.choice(known)
        number = len(self.accounts) + 1
        country = pick(rng, segment.countries)
        industry = rng.choice(list(segment.industries))
        low, high = segment.employees
        word = {"student": "university", "competitor": "competitor"}.get(name, "company")
        domain = OWN_DOMAIN if name == "internal" else f"{word}-{number:05d}.example"
        created_at = FIRST_DAY + timedelta(minutes=rng.randrange(DAYS * 24 * 60))
        needs = rng.random() < 0.6 and segment.fit > 0.05
        account = Account(
            f"A-{number:05d}",
            name,
            f"{word.capitalize()} {number:05d}, {LEGAL_FORMS.get(country, 'Ltd')}",
            domain,
            country,
            industry,
            segment.industries[industry],
            round(low * (high / low) ** rng.random()),
            rng.random() < segment.listed,
            rng.sample(segment.tech, rng.randrange(1, 4)),
            rng.sample(segment.issues, rng.randrange(1, 3)),
            created_at,
            created_at + timedelta(days=rng.randrange(90)) if needs else None,
        )
        if segment.listed and known and rng.random() < 0.15:
            account.parent_id = rng.choice(known).account_id
        self.accounts.append(account)
        known.append(account)
        return account

    def _lead(self, number: int, name: str, account: Account) -> Lead:
        rng, segment = self._rng, SEGMENTS[name]
        source = pick(rng, SOURCES)
        created_at, campaign_id = self._arrival(source, account)
        if source == "" and account.need_at is None:
            # An import at night, of which nothing else is known.
            created_at = created_at.replace(hour=2, minute=0, second=0)
        title, function, seniority = rng.choice(rng.choice(segment.titles))
        fit = segment.fit
        fit += segment.function_fit * (
            (function in segment.functions) + (seniority in segment.seniorities)
        )
        lead_id = f"L-{number:06d}"
        mailbox = f"lead.{number:06d}"
        domain = account.domain
        if name == "free_mail":
            # Longer than these providers allow, so that the address is nobody's.
            mailbox += ".invented.for.the.sample.company"
            domain = rng.choice(FREE_MAIL)
        is_bot = name != "internal" and rng.random() < BOT_SHARE
        is_indirect = source in ("trade_show", "list_purchase", "referral") and rng.random() < 0.5
        told_at = created_at + timedelta(days=rng.randrange(1, 40))
        return Lead(
            lead_id,
            account,
            name,
            f"{mailbox}@{domain}",
            title,
            LANGUAGES.get(account.country, "en"),
            source,
            campaign_id,
            created_at,
            0.0 if is_bot else min(1.0, max(0.0, fit + rng.gauss(0, 0.04))),
            min(0.25, segment.drive * rng.lognormvariate(0, 0.9)),
            f"v-{rng.getrandbits(40):010x}",
            frozenset(key for key, share in UNKNOWN_SHARE.items() if rng.random() < share),
            "indirect" if is_indirect else "direct",
            told_at if is_indirect and told_at < LAST_DAY and rng.random() < 0.7 else None,
            is_bot,
        )

    def _arrival(self, source: str, account: Account) -> tuple[datetime, str]:
        """When a lead is created and by which campaign; people of a company in need together."""
        rng = self._rng
        at = FIRST_DAY + timedelta(seconds=rng.randrange(DAYS * 86400))
        if account.need_at is not None and rng.random() < 0.7:
            at = account.need_at + timedelta(seconds=int(rng.expovariate(1 / 20) * 86400))
        if source in ("webinar", "trade_show"):
            campaign = rng.choice(self._programme.of(source))
            lag = (0, 4) if source == "webinar" else (SHOW_DAYS, SHOW_DAYS + 4)
            at = campaign.held_at + timedelta(seconds=rng.randrange(lag[0] * 86400, lag[1] * 86400))
            return at, campaign.campaign_id
        if not FIRST_DAY <= at < LAST_DAY:
            at = FIRST_DAY + timedelta(seconds=rng.randrange(DAYS * 86400))
        at = min(at_work(rng, at), LAST_DAY - timedelta(seconds=1 + rng.randrange(3600)))
        running = self._programme.running(source, at)
        return at, running.campaign_id if running else ""


def _same_again(rng: random.Random, number: int, known: Lead) -> Lead:
    """A second record of a person: the address in other case, the title written otherwise."""
    original = known.duplicate_of or known
    span = max(1, int((LAST_DAY - original.created_at).total_seconds()) - 1)
    return Lead(
        f"L-{number:06d}",
        original.account,
        original.segment,
        rng.choice((original.email.title, original.email.upper))(),
        rng.choice((original.job_title.upper(), original.job_title)),
        original.language,
        pick(rng, SOURCES),
        "",
        original.created_at + timedelta(seconds=int(rng.expovariate(1 / 60) * 86400) % span),
        original.fit,
        0.0,
        original.visitor_id,
        original.unknown | {"tech_stack"},
        duplicate_of=original,
    )


def true_profile(lead: Lead) -> str:
    """The ideal customer profile a lead truly belongs to, if any."""
    segment: Segment = SEGMENTS[lead.segment]
    return "" if lead.is_bot else segment.profile
