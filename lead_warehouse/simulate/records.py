"""What the sample company consists of, and the days it is told for."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

FIRST_DAY = datetime(2024, 7, 1)
DAYS = 548
"""Leads are created over a year and a half; what follows a later day is not exported yet."""
LAST_DAY = FIRST_DAY + timedelta(days=DAYS)

OWN_DOMAIN = "vendor.example"
"""Mail domain of the sample company itself; its staff test the forms."""


@dataclass(slots=True)
class Account:
    """A company, with what its records say of it; none is unknown."""

    account_id: str
    segment: str
    name: str
    domain: str
    country: str
    industry: str
    sector_code: str
    employees: int
    is_listed: bool
    tech_stack: list[str]
    strategic_issues: list[str]
    created_at: datetime
    need_at: datetime | None
    """When the company begins to look for something: its people come at about that time."""
    parent_id: str = ""
    customer_since: datetime | None = None
    cancelled_at: datetime | None = None


@dataclass(slots=True)
class Interaction:
    """Something a person, a machine or a visitor did.

    Attributes:
        lead_id: as exported; empty while the visitor is anonymous.
        made_by: ``person``, or what else it was: bot, mail_scanner, mail_proxy, internal, visitor.
        received_at: when the tracker delivered it, for one that came late.
    """

    lead_id: str
    kind: str
    at: datetime
    asset: str = ""
    depth: float | None = None
    campaign_id: str = ""
    user_agent: str = ""
    visitor_id: str = ""
    made_by: str = "person"
    received_at: datetime | None = None
    interaction_id: str = ""


@dataclass(slots=True)
class Activity:
    """A touch of sales, or a meeting."""

    lead_id: str
    user_id: str
    kind: str
    created_at: datetime
    occurred_at: datetime | None
    deal_id: str = ""
    is_automatic: bool = False
    scheduled_for: datetime | None = None
    meeting_status: str = ""
    minutes: int | None = None
    outcome: str = ""


@dataclass(slots=True)
class Qualification:
    """An answer to a qualification criterion."""

    lead_id: str
    framework: str
    criterion: str
    status: str
    answer: str
    evidence: str
    user_id: str
    at: datetime


@dataclass(slots=True)
class Pursuit:
    """One time that sales took a lead up, with the chance it had by the true model.

    Attributes:
        touched_at: the first human touch; none when nobody ever answered or it is not due yet.
        buys: whether the lead buys in the end, also where the deal is still open.
    """

    trigger: str
    started_at: datetime
    user_id: str
    touched_at: datetime | None = None
    interest: float = 0.0
    propensity: float = 0.0
    buys: bool = False
    outcome: str = "untouched"
    ended_at: datetime | None = None


@dataclass(slots=True)
class DealStage:
    """A stage a deal entered, with what the seller expected then."""

    stage: str
    at: datetime
    amount: int | None
    expected_close: date
    probability: float


@dataclass(slots=True)
class Proposal:
    """A version of a proposal."""

    version: int
    amount: int
    status: str
    created_at: datetime
    sent_at: datetime | None
    decided_at: datetime | None


@dataclass(slots=True)
class Deal:
    """A deal; amounts in cents of its currency."""

    deal_id: str
    lead_id: str
    account: Account
    kind: str
    currency: str
    amount: int | None
    user_id: str
    opened_at: datetime
    closed_at: datetime | None
    outcome: str
    buys: bool
    lost_reason: str = ""
    stages: list[DealStage] = field(default_factory=list)
    contacts: list[tuple[str, str, bool, datetime]] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)


@dataclass(slots=True)
class Lead:
    """A person who may buy, with all that happened and what is true of them."""

    lead_id: str
    account: Account
    segment: str
    email: str
    job_title: str
    language: str
    source: str
    campaign_id: str
    created_at: datetime
    fit: float
    drive: float
    """Sessions a day that interest alone brings at most."""
    visitor_id: str
    unknown: frozenset[str] = frozenset()
    """Attributes that the source does not know of the lead."""
    provenance: str = "direct"
    notice_given_at: datetime | None = None
    is_bot: bool = False
    duplicate_of: "Lead | None" = None
    merged_into: "Lead | None" = None
    merged_at: datetime | None = None
    owner_id: str = ""
    interactions: list[Interaction] = field(default_factory=list)
    stages: list[tuple[str, datetime, str]] = field(default_factory=list)
    assignments: list[tuple[datetime, str, str]] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    qualifications: list[Qualification] = field(default_factory=list)
    pursuits: list[Pursuit] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
