"""Random deliveries of a company's exports, such as make carrying on hard.

Leads come in small circles that share visitors, addresses, a person's record and an account, so
that what is told of one may concern another. Each delivery tells of some circles and not of others.
"""

import csv
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

Row = dict[str, object]

START = datetime(2025, 1, 1)
A_DELIVERY = timedelta(days=45)
FIFTEEN_YEARS = timedelta(days=15 * 365)
DELIVERIES = 4
LATE_FROM = 4
"""From this delivery on, some records were known while the one before was, and landed too late."""

COLUMNS = {
    "leads": (
        "lead_id", "email", "last_name", "job_title", "country_code", "industry", "employee_count",
        "company_name", "company_domain", "contact_id", "account_id", "created_at",
    ),
    "contacts": ("contact_id", "account_id", "email", "last_name", "created_at"),
    "accounts": ("account_id", "account_name", "domain", "account_status", "created_at"),
    "interactions": (
        "interaction_id", "lead_id", "visitor_id", "interaction_type", "occurred_at", "asset",
        "depth", "depth_unit", "user_agent",
    ),
    "corrections": ("interaction_id", "lead_id", "interaction_type", "occurred_at"),
    "lead_merges": ("merged_lead_id", "surviving_lead_id", "merged_at"),
    "lead_stage_changes": ("lead_id", "stage", "changed_at", "reason"),
    "sales_activities": (
        "sales_activity_id", "lead_id", "activity_type", "meeting_status", "created_at",
    ),
    "qualifications": (
        "qualification_id", "lead_id", "framework", "criterion", "status", "answer", "evidence",
        "answered_by", "answered_at",
    ),
    "opportunities": ("opportunity_id", "lead_id", "status", "created_at", "closed_at"),
    "consents": (
        "consent_id", "lead_id", "purpose", "channel", "status", "legal_ground", "proof",
        "recorded_at",
    ),
}  # fmt: skip
"""Input to its columns; each also says when the record was known."""

PAGES = ("/", "/pricing", "/careers/42", "/blog?utm=1", "https://x.example/honeypot/a")
TYPES = (
    *("page", "page", "page", "pricing_page", "white_paper", "webinar", "click", "reply", "open"),
    *("open", "demo", "contact_request", "unsubscribe", "not_interested", "tv_advert"),
)
DOMAINS = ("vendor.example", "competitor.example")
PEOPLE = (
    *("Director of operations", "Purchasing manager", "Student", "Responsable informatique"),
    None,
)


def write_mapping(path: Path) -> None:
    lines = ["version: 1", "completeness: {min_share: 0}", "inputs:"]
    for name, columns in COLUMNS.items():
        table = "interactions" if name == "corrections" else name
        named = ", ".join(f"{column}: {column}" for column in columns)
        lines += [
            f"  - name: {name}",
            f"    files: {name}_*.csv",
            "    known_at: known_at",
            "    tables:",
            f"      - table: {table}",
            f"        columns: {{{named}}}",
        ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@dataclass
class Circle:
    """Leads that may have to do with each other, and what has been told of them."""

    name: str
    events: list[Row] = field(default_factory=list)
    leads_told: dict[str, Row] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.leads = [f"{self.name}-{letter}" for letter in "abc"]
        self.visitors = [f"{self.name}-cookie{number}" for number in range(3)]
        self.emails = [f"{self.name}-{number}@mail{self.name}.example" for number in range(3)]
        self.unknown = f"{self.name}-nobody"
        self.contact, self.account = f"{self.name}-person", f"{self.name}-company"


class Deliveries:
    """Files of each delivery.

    Attributes:
        happened: kind of event to how often it was delivered.
    """

    def __init__(self, seed: int, leads: int) -> None:
        self._random = random.Random(seed)
        self._circles = [Circle(f"c{number:04}") for number in range((leads + 2) // 3)]
        self._ids = 0
        self.happened: Counter[str] = Counter()
        self.rows = [self._delivery(number) for number in range(1, DELIVERIES + 1)]

    @staticmethod
    def ends_at(number: int) -> datetime:
        return START + number * A_DELIVERY

    @property
    def lead_count(self) -> int:
        return sum(len(circle.leads) for circle in self._circles)

    def write(self, number: int, folder: Path) -> None:
        """The files of one delivery; what it does not tell of has none."""
        for name, rows in self.rows[number - 1].items():
            with (folder / f"{name}_{number}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, [*COLUMNS[name], "known_at"], lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)

    def _delivery(self, number: int) -> dict[str, list[Row]]:
        self._number, self._rows = number, defaultdict[str, list[Row]](list)
        self._began, self._ends = self.ends_at(number - 1), self.ends_at(number)
        for circle in self._circles:
            if number == 1:
                self._begin(circle)
            elif self._random.random() < 0.6:
                # Much of what goes wrong shows only where little else is told.
                for _ in range(self._random.choice((1, 1, 1, 2, 3))):
                    self._happen(circle)
        for name, rows in self._rows.items():
            assert all({*row} <= {*COLUMNS[name], "known_at"} for row in rows)
            self._random.shuffle(rows)
        return dict(self._rows)

    def _begin(self, circle: Circle) -> None:
        for lead in circle.leads[: self._random.choice((2, 3, 3))]:
            self._lead(circle, lead)
        self._count("company", self._company(circle))
        self._count("person", self._person(circle))
        for _ in range(self._random.randint(3, 12)):
            self._happen(circle)

    def _happen(self, circle: Circle) -> None:
        kinds: dict[str, tuple[int, Callable[[Circle], bool]]] = {
            "event": (6, self._event),
            "late event": (3, self._late_event),
            "event years late": (2, self._years_late),
            "anonymous event": (5, self._anonymous),
            "visitor identified by a late event": (3, self._identified_late),
            "same event again": (2, self._again),
            "event corrected": (3, self._corrected),
            "event of another lead": (3, self._other_lead),
            "event of another visitor": (3, self._other_visitor),
            "event of nobody any more": (1, self._nobody_any_more),
            "event moved in time": (2, self._moved),
            "lead": (2, self._some_lead),
            "shared address": (2, self._shared_address),
            "address no longer shared": (1, self._own_address),
            "other company domain": (2, self._other_domain),
            "lead created at another time": (1, self._other_creation),
            "person": (2, self._person),
            "company": (2, self._company),
            "merge": (3, self._merge),
            "circle of merges": (1, self._circle_of_merges),
            "chain of merges": (1, self._chain_of_merges),
            "split": (2, self._split),
            "burst": (1, self._burst),
            "burst completed later": (3, self._burst_completed),
            "honeypot of a visitor": (3, self._honeypot),
            "openings": (2, self._openings),
            "human act after openings": (2, self._human_act),
            "event of an unknown lead": (3, self._event_of_unknown),
            "record of an unknown lead": (3, self._record_of_unknown),
            "unsubscribed": (1, self._unsubscribed),
            "hand raised": (1, self._hand_raised),
            "stage": (1, self._stage),
            "meeting": (1, self._meeting),
            "answer": (1, self._answer),
            "deal": (1, self._deal),
            "objection": (1, self._objection),
        }
        weights = [weight for weight, _ in kinds.values()]
        [kind] = self._random.choices(list(kinds), weights)
        self._count(kind, kinds[kind][1](circle))

    def _count(self, kind: str, happened: bool) -> None:
        self.happened[kind] += happened

    def _tell(self, name: str, **cells: object) -> Row:
        known_at = self._at()
        if self._number >= LATE_FROM and self._random.random() < 0.15:
            known_at -= A_DELIVERY
            self.happened["known before, landed late"] += 1
        row = {**cells, "known_at": known_at}
        self._rows[name].append(row)
        return row

    def _at(self) -> datetime:
        """An instant of this delivery, often the same as another's."""
        seconds = self._random.randrange(int(A_DELIVERY.total_seconds()) - 86400)
        at = self._began + timedelta(seconds=seconds)
        return at.replace(minute=0, second=0) if self._random.random() < 0.3 else at

    def _new_id(self) -> str:
        self._ids += 1
        return f"i{self._ids:06}"

    def _some(self, values: Iterable[str]) -> str:
        return self._random.choice(list(values))

    # What leads, people and companies are.

    def _lead(self, circle: Circle, lead: str, **changed: object) -> bool:
        number = circle.leads.index(lead) if lead in circle.leads else 0
        before = circle.leads_told.get(lead) or {
            "lead_id": lead,
            "email": self._random.choice((circle.emails[number], circle.emails[number], None)),
            "last_name": self._random.choice(("Martin", "Smith", None)),
            "job_title": self._random.choice(PEOPLE),
            "country_code": self._random.choice(("FR", "DE", "US", None)),
            "industry": self._random.choice(("manufacturing", "banking", None)),
            "employee_count": self._random.choice((20, 200, 800, 5000, None)),
            "company_domain": self._random.choice((f"www.{circle.name}.example", None)),
            "contact_id": self._random.choice((circle.contact, None)),
            "account_id": self._random.choice((circle.account, None, None)),
            "created_at": self._began - timedelta(days=self._random.randint(0, 400)),
        }
        circle.leads_told[lead] = {**before, **changed}
        self._tell("leads", **circle.leads_told[lead])
        return True

    def _some_lead(self, circle: Circle) -> bool:
        return self._lead(
            circle,
            self._some(circle.leads),
            job_title=self._random.choice(PEOPLE),
            employee_count=self._random.choice((20, 200, 5000, None)),
        )

    def _shared_address(self, circle: Circle) -> bool:
        return self._lead(circle, self._some(circle.leads), email=circle.emails[0])

    def _own_address(self, circle: Circle) -> bool:
        return self._lead(circle, self._some(circle.leads), email=f"{self._new_id()}@alone.example")

    def _other_domain(self, circle: Circle) -> bool:
        domain = self._random.choice((*DOMAINS, f"{circle.name}.example"))
        return self._lead(circle, self._some(circle.leads), company_domain=domain)

    def _other_creation(self, circle: Circle) -> bool:
        created_at = self._began - timedelta(days=self._random.randint(0, 4000))
        return self._lead(circle, self._some(circle.leads), created_at=created_at)

    def _person(self, circle: Circle) -> bool:
        self._tell(
            "contacts",
            contact_id=circle.contact,
            account_id=self._random.choice((circle.account, None)),
            email=f"person@{self._random.choice((*DOMAINS, 'free.example'))}",
            last_name=self._random.choice(("Test", "Martin", None)),
            created_at=START - timedelta(days=900),
        )
        return True

    def _company(self, circle: Circle) -> bool:
        self._tell(
            "accounts",
            account_id=circle.account,
            account_name=circle.name,
            domain=self._random.choice((*DOMAINS, f"{circle.name}.example")),
            account_status=self._random.choice(("prospect", "customer")),
            created_at=START - timedelta(days=900),
        )
        return True

    # What they do.

    def _event(self, circle: Circle, **cells: object) -> bool:
        kind = cells.get("interaction_type") or self._some(TYPES)
        row = {
            "interaction_id": self._new_id(),
            "lead_id": self._some(circle.leads),
            "visitor_id": self._random.choice((*circle.visitors, None, None)),
            "interaction_type": kind,
            "occurred_at": self._at(),
            "asset": self._some(PAGES[:4]) if kind == "page" else None,
            "depth": self._random.choice((None, 10, 45, 90, -5)) if kind == "webinar" else None,
            "depth_unit": self._random.choice((None, "minutes")),
            "user_agent": self._random.choice(("Mozilla/5.0 (X11)",) * 9 + ("Googlebot/2.1",)),
            **cells,
        }
        self._tell("interactions", **row)
        circle.events.append(row)
        return True

    def _late_event(self, circle: Circle) -> bool:
        days = timedelta(days=self._random.randint(1, 60), microseconds=self._ids)
        return self._event(circle, occurred_at=self._began - days)

    def _years_late(self, circle: Circle) -> bool:
        return self._event(circle, occurred_at=self._began - self._random.random() * FIFTEEN_YEARS)

    def _anonymous(self, circle: Circle) -> bool:
        return self._event(circle, lead_id=None, visitor_id=self._some(circle.visitors))

    def _identified_late(self, circle: Circle) -> bool:
        """Between what an anonymous visitor did."""
        anonymous = [one for one in circle.events if not one["lead_id"]]
        if not anonymous:
            return False
        one = self._random.choice(anonymous)
        assert isinstance(one["occurred_at"], datetime)
        at = one["occurred_at"] + timedelta(hours=self._random.randint(-30, 30))
        visitor = one["visitor_id"]
        return self._event(circle, visitor_id=visitor, occurred_at=min(at, self._ends))

    def _again(self, circle: Circle) -> bool:
        return self._correct(circle)

    def _correct(self, circle: Circle, **changed: object) -> bool:
        if not circle.events:
            return False
        one = self._random.choice(circle.events)
        one.update({key: value for key, value in changed.items() if key in one})
        if self._random.random() < 0.3 and not changed.keys() - set(COLUMNS["corrections"]):
            self._tell("corrections", **{key: one[key] for key in COLUMNS["corrections"]})
        else:
            self._tell("interactions", **one)
        return True

    def _corrected(self, circle: Circle) -> bool:
        return self._correct(
            circle,
            interaction_type=self._some((*TYPES, "honeypot")),
            depth=self._random.choice((None, 30)),
            user_agent=self._random.choice((None, "curl/8")),
        )

    def _other_lead(self, circle: Circle) -> bool:
        return self._correct(circle, lead_id=self._some([*circle.leads, circle.unknown]))

    def _other_visitor(self, circle: Circle) -> bool:
        return self._correct(circle, visitor_id=self._some(circle.visitors))

    def _nobody_any_more(self, circle: Circle) -> bool:
        return self._correct(circle, lead_id=None)

    def _moved(self, circle: Circle) -> bool:
        at = self._at() - self._random.choice((0, 0.1, 1)) * timedelta(days=300)
        return self._correct(circle, occurred_at=min(at, self._ends))

    def _burst(self, circle: Circle) -> bool:
        lead, at = self._some(circle.leads), self._at()
        for number in range(self._random.choice((4, 4, 6))):
            self._event(
                circle,
                lead_id=lead,
                interaction_type="click",
                occurred_at=at + timedelta(seconds=number),
            )
        return True

    def _burst_completed(self, circle: Circle) -> bool:
        """By one click more beside the latest known; else some are made for a later one."""
        clicks = [
            one for one in circle.events if one["interaction_type"] == "click" and one["lead_id"]
        ]
        if len(clicks) < 4:
            self._burst(circle)
            return False
        one = clicks[-1]
        assert isinstance(one["occurred_at"], datetime)
        at = one["occurred_at"] + timedelta(milliseconds=self._random.randint(-3000, 3000))
        at = min(at, self._ends)
        return self._event(circle, lead_id=one["lead_id"], interaction_type="click", occurred_at=at)

    def _honeypot(self, circle: Circle) -> bool:
        """Near something that the visitor did, perhaps as another lead."""
        seen = [one for one in circle.events if one["visitor_id"]]
        if not seen:
            return False
        one = self._random.choice(seen)
        assert isinstance(one["occurred_at"], datetime)
        kind, asset = self._random.choice((("honeypot", None), ("page", PAGES[4])))
        return self._event(
            circle,
            visitor_id=one["visitor_id"],
            interaction_type=kind,
            asset=asset,
            occurred_at=min(one["occurred_at"] + timedelta(minutes=20), self._ends),
        )

    def _openings(self, circle: Circle) -> bool:
        lead = self._some(circle.leads)
        for _ in range(3):
            self._event(circle, lead_id=lead, interaction_type="open", visitor_id=None)
        return True

    def _human_act(self, circle: Circle) -> bool:
        opened = [one["lead_id"] for one in circle.events if one["interaction_type"] == "open"]
        if not opened:
            return False
        kind = self._some(("reply", "white_paper"))
        return self._event(circle, lead_id=opened[-1], interaction_type=kind)

    def _event_of_unknown(self, circle: Circle) -> bool:
        return self._event(circle, lead_id=circle.unknown)

    def _record_of_unknown(self, circle: Circle) -> bool:
        return self._lead(circle, circle.unknown)

    def _unsubscribed(self, circle: Circle) -> bool:
        return self._event(circle, interaction_type="unsubscribe")

    def _hand_raised(self, circle: Circle) -> bool:
        return self._event(circle, interaction_type="demo", visitor_id=None)

    # Who is whom.

    def _merged(self, merged: str, surviving: str) -> None:
        self._tell(
            "lead_merges", merged_lead_id=merged, surviving_lead_id=surviving, merged_at=self._at()
        )

    def _merge(self, circle: Circle) -> bool:
        merged, surviving = self._random.sample([*circle.leads, circle.unknown], 2)
        self._merged(merged, surviving)
        return True

    def _circle_of_merges(self, circle: Circle) -> bool:
        for merged, surviving in zip(
            circle.leads, [*circle.leads[1:], circle.leads[0]], strict=True
        ):
            self._merged(merged, surviving)
        return True

    def _chain_of_merges(self, circle: Circle) -> bool:
        self._merged(circle.leads[0], circle.leads[1])
        self._merged(circle.leads[1], circle.leads[2])
        return True

    def _split(self, circle: Circle) -> bool:
        lead = self._some([*circle.leads, circle.unknown])
        self._merged(lead, lead)
        return True

    # What sales does.

    def _stage(self, circle: Circle) -> bool:
        stage, reason = self._random.choice(
            (("sal", None), ("recycled", "timing"), ("disqualified", "duplicate"))
        )
        lead = self._some(circle.leads)
        self._tell(
            "lead_stage_changes", lead_id=lead, stage=stage, reason=reason, changed_at=self._at()
        )
        return True

    def _meeting(self, circle: Circle) -> bool:
        self._tell(
            "sales_activities",
            sales_activity_id=self._new_id(),
            lead_id=self._some(circle.leads),
            activity_type="meeting",
            meeting_status="booked",
            created_at=self._at(),
        )
        return True

    def _answer(self, circle: Circle) -> bool:
        self._tell(
            "qualifications",
            qualification_id=self._new_id(),
            lead_id=self._some(circle.leads),
            framework="BANT",
            criterion=self._some(("need", "timing", "budget", "authority")),
            status="confirmed",
            answer="yes",
            evidence="call",
            answered_by="rep",
            answered_at=self._at(),
        )
        return True

    def _deal(self, circle: Circle) -> bool:
        self._tell(
            "opportunities",
            opportunity_id=self._new_id(),
            lead_id=self._some(circle.leads),
            status=self._random.choice(("open", "won", "lost")),
            created_at=self._began,
            closed_at=self._at(),
        )
        return True

    def _objection(self, circle: Circle) -> bool:
        lead, at = self._some(circle.leads), self._at()
        purpose = self._random.choice(("profiling", "tracking"))
        status = self._random.choice(("objected", "given"))
        self._tell(
            "consents",
            consent_id=self._new_id(),
            lead_id=lead,
            purpose=purpose,
            channel=self._random.choice((None, "web", "web")),
            status=status,
            legal_ground="consent",
            proof="letter",
            recorded_at=at,
        )
        if (purpose, status) == ("tracking", "given"):
            # Where policies ask for consent, only the second of these visits counts.
            for hours in (-1, 1):
                visited_at = min(at + timedelta(hours=hours), self._ends)
                self._event(circle, lead_id=lead, interaction_type="page", occurred_at=visited_at)
        return True


def tracking_rules(seeds: Path, folder: Path) -> None:
    """Rules by which visits of pages count only with consent to tracking."""
    text = (seeds / "rules" / "tracking_policies.csv").read_text(encoding="utf-8")
    before, after = ",page,web,false,", ",page,web,true,"
    assert text.count(before) == 1
    (folder / "tracking_policies.csv").write_text(text.replace(before, after), encoding="utf-8")


def changed_rules(seeds: Path, folder: Path) -> None:
    """A weight, two half-lives as short and as long as they come, an ICP criterion."""
    changes = {
        "signals": {"pricing_page,web,5,": "pricing_page,web,5.5,"},
        "signal_groups": {"web,7,": "web,1,", "event,30,": "event,365,"},
        "icp_criteria": {",50..500,20,": ",50..500,19.5,"},
    }
    for name, edits in changes.items():
        text = (seeds / "rules" / f"{name}.csv").read_text(encoding="utf-8")
        for before, after in edits.items():
            assert text.count(before) == 1, before
            text = text.replace(before, after)
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
