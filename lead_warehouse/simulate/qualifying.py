"""Answers to qualification criteria: confirmed, in part only, without evidence, later denied."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from lead_warehouse.simulate.chance import after
from lead_warehouse.simulate.records import LAST_DAY, Lead, Qualification

CRITERIA = {
    "BANT": ("need", "timing", "budget", "authority"),
    "MEDDICC": ("identified_pain", "priority", "budget", "economic_buyer"),
}
LATER_CRITERIA = ("metrics", "decision_criteria", "decision_process", "champion", "competition")
ANSWERS = {
    "need": "Replaces spreadsheets in two plants",
    "identified_pain": "Audit findings cost a quarter of work",
    "timing": "To start within two quarters",
    "priority": "Among the three projects of the year",
    "budget": "Line planned in the yearly budget",
    "authority": "Signs up to 50 k€",
    "economic_buyer": "Member of the board named and met",
}
EVIDENCE = ("notes of the call", "e-mail of the contact", "minutes of the meeting", "slide deck")
PARTIAL_SHARE = 0.1
NO_EVIDENCE_SHARE = 0.07
LATER_DENIED_SHARE = 0.06


@dataclass
class Questioner:
    """Someone who asks a lead about the criteria of a framework."""

    rng: random.Random
    lead: Lead
    framework: str
    user_id: str

    def ask(self, at: datetime, is_qualified: bool) -> datetime:
        """Record the answers that come in from an instant on; returns when the last one came.

        Sellers call some leads qualified although an answer is missing.
        """
        rng, criteria = self.rng, CRITERIA[self.framework]
        known = 4 if is_qualified else rng.randrange(1, 4)
        if is_qualified and rng.random() < PARTIAL_SHARE:
            known = 3
        last = at
        for place, criterion in enumerate(criteria):
            if place and rng.random() < 0.6:
                last = after(rng, last, 2.5)
            status = "confirmed" if place < known else rng.choice(("unknown", "denied"))
            self._record(criterion, status, last)
        if is_qualified and rng.random() < LATER_DENIED_SHARE:
            denied_at = after(rng, last + timedelta(days=1), 15)
            self._record(rng.choice(criteria), "denied", denied_at)
        if is_qualified and self.framework == "MEDDICC" and rng.random() < 0.5:
            for criterion in rng.sample(LATER_CRITERIA, 3):
                self._record(criterion, "confirmed", after(rng, last, 8))
        return last

    def _record(self, criterion: str, status: str, at: datetime) -> None:
        if at >= LAST_DAY:
            return
        is_confirmed = status == "confirmed"
        has_evidence = is_confirmed and self.rng.random() >= NO_EVIDENCE_SHARE
        self.lead.qualifications.append(
            Qualification(
                self.lead.lead_id,
                self.framework,
                criterion,
                status,
                ANSWERS.get(criterion, "Known and written down") if is_confirmed else "",
                self.rng.choice(EVIDENCE) if has_evidence else "",
                self.user_id,
                at,
            )
        )
