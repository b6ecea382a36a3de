"""What people do: sessions that interest brings, and that bring interest.

A person's sessions are a self-exciting process (Ogata's thinning, exact): the rate follows the
decayed interest, each interaction adds to it, and so recent activity means interest now.
"""

import heapq
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from math import log1p

from lead_warehouse.simulate.chance import at_work, logistic, pick
from lead_warehouse.simulate.interest import HAND_RAISES, SCALE, Interest
from lead_warehouse.simulate.programme import SHOW_DAYS, Campaign, Programme
from lead_warehouse.simulate.records import FIRST_DAY, LAST_DAY, Interaction, Lead

BASE_RATE = 0.004
"""Sessions a day of someone without interest."""
HALF_EXCITED = 25.0
"""Interest at which the rate is half of a person's drive."""
SESSIONS = {"web": 0.5, "mail": 0.24, "content": 0.14, "webinar": 0.08, "odd": 0.04}
FIRST_SESSIONS = {
    "organic_search": {"content": 0.6, "contact": 0.28, "demo": 0.12},
    "paid_search": {"content": 0.6, "contact": 0.2, "demo": 0.2},
    "newsletter": {"mail": 0.8, "content": 0.2},
    "referral": {"contact": 0.6, "web": 0.4},
}
ODD = {
    "careers_page": 2.0,
    "unsubscribe": 1.0,
    "not_interested": 0.7,
    # No rule names these.
    "video_play": 3.0,
    "chat_started": 2.0,
    "forward": 1.0,
}
PAGES = ("/", "/product", "/customers", "/blog/traceability", "/blog/data", "/integrations")
PAPERS = ("traceability-guide", "erp-checklist", "innovation-barometer")
BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.5 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0",
)


class Life:
    """One person's interactions from the first visit to the end of the data."""

    def __init__(self, rng: random.Random, lead: Lead, programme: Programme) -> None:
        self._rng = rng
        self._lead = lead
        self._programme = programme
        self._interest = Interest()
        self._browser = rng.choice(BROWSERS)
        self._is_reachable = True
        self._raised_at: datetime | None = None
        self._attended: set[str] = set()
        self._count = 0
        self._planned: list[tuple[datetime, int, Callable[[datetime], None]]] = []

    def live(self) -> None:
        """Fill the lead's interactions, in order of time."""
        now = self._plan()
        while now < LAST_DAY:
            rate = self._rate(now)
            candidate = now + timedelta(seconds=1 + int(self._rng.expovariate(rate) * 86400))
            if self._planned and self._planned[0][0] <= candidate:
                at, _, act = heapq.heappop(self._planned)
                now = max(now, at)
                act(now)
            else:
                now = candidate
                if self._rng.random() * rate <= self._rate(now):
                    now = at_work(self._rng, now) if self._rng.random() < 0.85 else now
                    self._session(now, pick(self._rng, SESSIONS))
            if self._lead.interactions:
                now = max(now, self._lead.interactions[-1].at)

    def _rate(self, at: datetime) -> float:
        level = self._interest.level(at)
        return BASE_RATE + self._lead.drive * level / (level + HALF_EXCITED)

    def _plan(self) -> datetime:
        """Put down what is bound to happen; returns where the person's history begins."""
        rng, lead = self._rng, self._lead
        begin = lead.created_at
        if rng.random() < 0.35:
            begin -= timedelta(seconds=rng.randrange(3600, 14 * 86400))
            self._at(begin, lambda at: self._session(at, "web"))
        by_channel = {"trade_show": self._badge, "webinar": self._webinar}
        campaign = next(
            (c for c in self._programme.of(lead.source) if c.campaign_id == lead.campaign_id), None
        )
        if campaign and lead.source in by_channel:
            came, held_at = by_channel[lead.source], campaign.held_at
            if lead.source == "trade_show":
                held_at += timedelta(days=rng.randrange(SHOW_DAYS), seconds=rng.randrange(28_000))
            self._at(held_at, lambda at: came(at, campaign))
            begin = min(begin, held_at)
        elif lead.source in FIRST_SESSIONS:
            first = pick(rng, FIRST_SESSIONS[lead.source])
            self._at(lead.created_at, lambda at: self._session(at, first))
        need_at = lead.account.need_at
        if need_at and need_at > lead.created_at and rng.random() < 0.7:
            found_at = need_at + timedelta(seconds=int(rng.expovariate(0.2) * 86400))
            self._at(found_at, lambda at: self._session(at, "content"))
        for letter in self._programme.of("newsletter"):
            if letter.held_at > lead.created_at:
                opened_at = letter.held_at + timedelta(seconds=int(rng.expovariate(2) * 86400))
                self._at(opened_at, partial(self._open, letter=letter))
        return max(begin, FIRST_DAY)

    def _at(self, at: datetime, act: Callable[[datetime], None]) -> None:
        # The number decides between two at the same instant, since deeds have no order.
        self._count += 1
        heapq.heappush(self._planned, (at, self._count, act))

    def _session(self, at: datetime, kind: str) -> None:
        rng = self._rng
        if kind == "mail":
            if not self._is_reachable:
                return
            at = self._did("click", at, "product-update")
            if rng.random() < 0.12:
                self._did("reply", at + timedelta(minutes=rng.randrange(5, 90)), "product-update")
                return
        if kind == "webinar" and (webinar := self._programme.following("webinar", at)):
            self._at(webinar.held_at, lambda later: self._webinar(later, webinar))
        at = self._browse(at)
        if kind == "content":
            at = self._did("white_paper", at + timedelta(seconds=40), rng.choice(PAPERS))
        if kind == "odd":
            odd = pick(rng, ODD)
            at = self._did(odd, at + timedelta(seconds=50))
            self._is_reachable = self._is_reachable and odd != "unsubscribe"
        if self._lead.segment == "student" and rng.random() < 0.15:
            at = self._did("careers_page", at + timedelta(seconds=30), "/careers")
        self._maybe_raise_hand(at, kind)

    def _browse(self, at: datetime) -> datetime:
        rng = self._rng
        eager = self._interest.level(at) / 100
        for _ in range(1 + min(9, int(rng.expovariate(0.45)))):
            if rng.random() < 0.06 + 0.2 * eager:
                self._did("pricing_page", at, "/pricing")
            else:
                self._did("page", at, rng.choice(PAGES))
            at += timedelta(seconds=rng.randrange(8, 240))
        return at

    def _maybe_raise_hand(self, at: datetime, kind: str) -> None:
        rng = self._rng
        if self._raised_at and at - self._raised_at < timedelta(days=30):
            return
        level = self._interest.level(at)
        chance = logistic(-4.9 + 1.2 * log1p(level / SCALE) + 1.4 * self._lead.fit)
        if kind in ("contact", "demo") or rng.random() < chance:
            asked = "contact_request" if kind == "contact" else "demo"
            if kind not in ("contact", "demo"):
                asked = rng.choice(HAND_RAISES)
            self._raised_at = self._did(asked, at + timedelta(seconds=45), "/" + asked)

    def _webinar(self, at: datetime, webinar: Campaign) -> None:
        is_known = self._lead.source == "webinar" or at >= self._lead.created_at
        if webinar.campaign_id in self._attended or not is_known:
            return
        self._attended.add(webinar.campaign_id)
        minutes = round(min(75.0, max(2.0, self._rng.gauss(42, 17))), 1)
        self._did("webinar", at, webinar.name, minutes, webinar.campaign_id)

    def _badge(self, at: datetime, show: Campaign) -> None:
        self._did("badge_scanned", at, show.name, None, show.campaign_id)

    def _open(self, at: datetime, letter: Campaign) -> None:
        level = self._interest.level(at)
        if self._is_reachable and self._rng.random() < 0.1 + 0.3 * level / (level + 20):
            self._did("open", at, letter.name, None, letter.campaign_id)
            if self._rng.random() < 0.12:
                at += timedelta(seconds=20)
                self._did("click", at, letter.name, None, letter.campaign_id)

    def _did(
        self,
        kind: str,
        at: datetime,
        asset: str = "",
        depth: float | None = None,
        campaign_id: str = "",
    ) -> datetime:
        lead = self._lead
        if FIRST_DAY <= at < LAST_DAY:
            # Before the form is filled in, a visitor is mostly a cookie.
            is_known = at >= lead.created_at or kind not in ("page", "pricing_page")
            one = Interaction(
                lead.lead_id if is_known else "",
                kind,
                at,
                asset,
                depth,
                campaign_id,
                self._browser,
                lead.visitor_id,
            )
            lead.interactions.append(one)
            self._interest.add(one)
        return at
