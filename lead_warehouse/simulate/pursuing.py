"""What sales does with a lead it has taken up: touches, meets, accepts, rejects.

Whether a lead that is touched buys in the end follows the true model at that very instant; how far
a lead comes that does not buy depends on its fit and interest. A slow answer lets interest decay.
"""

import random
from datetime import datetime, timedelta

from lead_warehouse.simulate.chance import after, at_work, pick
from lead_warehouse.simulate.deals import open_deal
from lead_warehouse.simulate.interest import interest_at, propensity
from lead_warehouse.simulate.qualifying import Questioner
from lead_warehouse.simulate.records import LAST_DAY, Activity, Interaction, Lead, Pursuit
from lead_warehouse.simulate.team import Seller, Team

UNANSWERED_SHARE = 0.07
CADENCE_DAYS = (0, 1, 3, 5, 8, 12)
REST_DAYS = 75
READ_ON = {"page": 1.0, "pricing_page": 0.4, "reply": 0.25}
RECYCLED = {
    "unreachable": 0.3,
    "no_need": 0.25,
    "timing": 0.25,
    "budget": 0.12,
    "wrong_person": 0.08,
}
DISQUALIFIED = {"not_icp": 0.7, "bad_data": 0.2, "customer": 0.1}
REASON_OF_SEGMENT = {
    "student": "not_icp",
    "competitor": "competitor",
    "internal": "bad_data",
    "outside_europe": "not_icp",
}


class Chase:
    """One pursuit of a lead, from the handover to its end or the end of the data."""

    def __init__(
        self, rng: random.Random, lead: Lead, team: Team, trigger: str, at: datetime
    ) -> None:
        self._rng, self._lead, self._team = rng, lead, team
        self._now = at
        self._rep: Seller = team.choose(rng, "development_rep", lead.account, at.date())
        self._pursuit = Pursuit(trigger, at, self._rep.user_id)

    def run(self) -> datetime:
        """Returns the instant until which the lead is left alone."""
        if self._now >= LAST_DAY:
            return LAST_DAY
        self._lead.pursuits.append(self._pursuit)
        self._hand_over()
        if self._rng.random() < UNANSWERED_SHARE:
            self._pursuit.outcome = "unanswered"
            return self._now + timedelta(days=REST_DAYS)
        hours = self._rep.hours_to_answer * {"hand_raise": 0.5, "list": 4}.get(
            self._pursuit.trigger, 1.5
        )
        self._now = at_work(self._rng, after(self._rng, self._now, hours / 24, 1.1))
        if self._now >= LAST_DAY:
            return LAST_DAY
        self._touch()
        self._proceed()
        self._pursuit.ended_at = self._now if self._now < LAST_DAY else None
        return self._now + timedelta(days=REST_DAYS)

    def _hand_over(self) -> None:
        lead, rng = self._lead, self._rng
        if self._pursuit.trigger != "list":
            self._now += timedelta(minutes=rng.randrange(1, 90))
            self._enter("mql")
        if self._now < LAST_DAY:
            lead.owner_id = self._rep.user_id
            by = "routing_rule" if rng.random() < 0.9 else "U-001"
            lead.assignments.append((self._now, self._rep.user_id, by))
        if self._pursuit.trigger == "hand_raise" and rng.random() < 0.6:
            sent_at = self._now + timedelta(minutes=2)
            self._act("email", sent_at, is_automatic=True, outcome="auto_reply")

    def _touch(self) -> None:
        """The first touch decides by the true model; the cadence goes on until someone is met."""
        rng, lead, pursuit = self._rng, self._lead, self._pursuit
        pursuit.touched_at = self._now
        pursuit.interest = interest_at(lead.interactions, self._now)
        pursuit.propensity = propensity(lead.fit, pursuit.interest)
        pursuit.buys = rng.random() < pursuit.propensity
        begin = self._now
        for day in CADENCE_DAYS:
            at = begin if day == 0 else at_work(rng, begin + timedelta(days=day))
            if at >= LAST_DAY:
                break
            self._now = max(self._now, at)
            kind = rng.choice(("call", "call", "email"))
            is_met = pursuit.buys or (not lead.is_bot and rng.random() < 0.25 + pursuit.propensity)
            outcome = {"call": "connected", "email": "answered"}[kind] if is_met else "no_answer"
            minutes = rng.randrange(1, 25) if outcome == "connected" else None
            self._act(kind, at, outcome=outcome, minutes=minutes)
            if outcome == "answered":
                answered_at = at + timedelta(minutes=rng.randrange(10, 2000))
                if answered_at < LAST_DAY:
                    reply = Interaction(lead.lead_id, "reply", answered_at, "sales-mail")
                    lead.interactions.append(reply)
            if is_met:
                break

    def _proceed(self) -> None:
        rng, lead, pursuit = self._rng, self._lead, self._pursuit
        if not pursuit.buys and rng.random() > 0.2 + 0.7 * lead.fit:
            self._reject()
            return
        self._now = at_work(rng, after(rng, self._now, 0.7))
        # Some teams never write the acceptance down.
        if rng.random() >= 0.15:
            self._enter("sal")
        pursuit.outcome = "accepted"
        is_met = self._meet()
        depth = pursuit.interest / (pursuit.interest + 40)
        is_qualified = pursuit.buys or (is_met and rng.random() < 0.3 + 0.5 * depth)
        if self._now >= LAST_DAY:
            return
        framework = "MEDDICC" if lead.segment == "it_services_large_accounts" else "BANT"
        questioner = Questioner(rng, lead, framework, self._rep.user_id)
        self._now = questioner.ask(self._now, is_qualified)
        if not is_qualified:
            self._reject()
            return
        self._enter("sql")
        pursuit.outcome = "qualified"
        if not pursuit.buys and rng.random() < 0.25:
            self._reject()
            return
        self._now = at_work(rng, after(rng, self._now, 2.5))
        if self._now < LAST_DAY:
            executive = self._team.choose(rng, "account_executive", lead.account, self._now.date())
            deal = open_deal(rng, lead, executive.user_id, self._now, pursuit.buys)
            pursuit.outcome = deal.outcome
            self._now = deal.closed_at or LAST_DAY
            if pursuit.buys:
                self._read_on(pursuit.touched_at or self._now, self._now)

    def _read_on(self, begin: datetime, end: datetime) -> None:
        """Who is about to buy comes back until the deal is closed."""
        rng, lead = self._rng, self._lead
        at = after(rng, begin, 5)
        while at < end:
            for kind in ("page", "pricing_page", "reply"):
                if rng.random() < READ_ON[kind] and at < end:
                    one = Interaction(lead.lead_id, kind, at, visitor_id=lead.visitor_id)
                    lead.interactions.append(one)
                    at += timedelta(seconds=rng.randrange(20, 400))
            at = at_work(rng, after(rng, at, 7))

    def _meet(self) -> bool:
        """Book meetings until one is held; a few are forgotten in the state `booked`."""
        rng = self._rng
        if rng.random() < 0.15:
            self._now = after(rng, self._now, 5)
            return True
        for _ in range(3):
            booked_at = self._now + timedelta(minutes=rng.randrange(5, 600))
            planned = at_work(rng, after(rng, booked_at, 5, 0.5))
            planned = planned.replace(minute=planned.minute // 30 * 30, second=0)
            if booked_at >= LAST_DAY:
                self._now = LAST_DAY
                return False
            status = pick(rng, {"held": 0.78, "no_show": 0.12, "cancelled": 0.1})
            if planned >= LAST_DAY or (status == "held" and rng.random() < 0.03):
                status = "booked"
            self._act("meeting", booked_at, planned=planned, status=status)
            self._now = max(self._now, planned)
            if status in ("held", "booked"):
                return status == "held"
        return False

    def _reject(self) -> None:
        rng, lead = self._rng, self._lead
        self._now = at_work(rng, after(rng, self._now, 4))
        reason = REASON_OF_SEGMENT.get(lead.segment, "")
        stage = "disqualified"
        if not reason and rng.random() < 0.18:
            reason = pick(rng, DISQUALIFIED)
        elif not reason:
            stage, reason = "recycled", pick(rng, RECYCLED)
        self._enter(stage, reason)
        if self._now < LAST_DAY:
            self._pursuit.outcome = stage
            lead.owner_id = ""
            lead.assignments.append((self._now, "", self._rep.user_id))

    def _enter(self, stage: str, reason: str = "") -> None:
        if self._now < LAST_DAY:
            self._lead.stages.append((stage, self._now, reason))

    def _act(
        self,
        kind: str,
        at: datetime,
        *,
        is_automatic: bool = False,
        planned: datetime | None = None,
        status: str = "",
        minutes: int | None = None,
        outcome: str = "",
    ) -> None:
        if at >= LAST_DAY:
            return
        occurred_at: datetime | None = at
        if kind == "meeting":
            occurred_at = planned if status == "held" else None
            minutes = self._rng.choice((30, 45, 60)) if status == "held" else None
        self._lead.activities.append(
            Activity(
                self._lead.lead_id,
                self._rep.user_id,
                kind,
                at,
                occurred_at,
                is_automatic=is_automatic,
                scheduled_for=planned,
                meeting_status=status,
                minutes=minutes,
                outcome=outcome,
            )
        )
