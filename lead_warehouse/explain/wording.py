"""An explanation in a few lines that a salesperson understands, in English or French."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import yaml

from lead_warehouse.explain.explanation import Explanation, Row, stage_now

LANGUAGES = ("en", "fr")
INTERACTIONS_SHOWN = 6
CAUSES = ("attribute", "expiry", "timer", "permission")
"""What makes a score reach its threshold beside an interaction, which has a name of its own."""

TOO_LITTLE = Decimal("0.05")
"""Points that one decimal cannot show."""


@cache
def phrases() -> dict[str, dict[str, str]]:
    """Language to key to sentence."""
    text = Path(__file__).with_name("phrases.yml").read_text(encoding="utf-8")
    read: dict[str, dict[str, str]] = yaml.safe_load(text)
    return read


def phrase(language: str, key: str, **places: object) -> str:
    """A sentence with its places filled."""
    return phrases()[language][key].format(**places)


def in_number(value: Decimal, language: str) -> str:
    """One decimal, none where it is whole; a comma in French."""
    text = f"{value:.1f}".removesuffix(".0") if value else "0"
    return text.replace(".", ",") if language == "fr" else text


def in_words(explanation: Explanation) -> list[str]:
    """The lines of an explanation, blank ones between its parts."""
    return list(_Wording(explanation).lines())


class _Wording:
    def __init__(self, explanation: Explanation) -> None:
        self.explanation = explanation
        self.language = explanation.language

    def say(self, key: str, **places: object) -> str:
        return phrase(self.language, key, **places)

    def lines(self) -> Iterator[str]:
        lead, score = self.explanation.lead, self.explanation.score
        who = ", ".join(
            str(lead[name])
            for name in ("job_title", "company_name", "country_code")
            if lead[name] is not None
        )
        yield from self.asked_for()
        title = self.say("title", lead=self.explanation.lead_id, who=who).rstrip(" ·")
        yield f"{title} · {self.say('at', at=self.instant(self.explanation.at))}"
        if self.explanation.other_records:
            records = ", ".join(one["lead_id"] for one in self.explanation.other_records)
            yield self.say("other_records", records=records)
        if score is None:
            yield self.say("nothing_known")
            return
        yield self.say(
            "summary",
            temperature=score["temperature_label"],
            grade=score["grade"],
            priority=score["priority"],
            fit=self.number(score["fit_score"]),
            intent=self.number(score["intent_score"]),
        )
        if score["is_hand_raised"]:
            yield self.say("hand_raised")
        yield from self.stage()
        yield from self.next_action()
        yield from self.account()
        yield ""
        yield from self.fit(score)
        yield ""
        yield from self.intent(score)
        yield from self.missing(score)
        yield from self.handover()
        yield from self.history()

    def asked_for(self) -> Iterator[str]:
        """That the record asked for belongs to another lead, and since when that is known."""
        asked = self.explanation.asked_for
        if asked is not None:
            yield self.say(
                f"asked_{asked['link_reason']}",
                asked=asked["lead_id"],
                lead=self.explanation.lead_id,
                since=self.instant(asked["linked_at"]),
            )

    def stage(self) -> Iterator[str]:
        now = stage_now(self.explanation, "rules")
        if now is None:
            yield self.say("no_stage")
        else:
            yield self.say(
                "stage",
                stage=now["label"],
                since=self.instant(now["transitioned_at"]),
                why=self.why(now),
            )
            if now["to_stage"] == "nurture" and now["timer_ends_at"] is not None:
                yield self.say("nurtured_until", until=self.instant(now["timer_ends_at"]))
        in_crm = stage_now(self.explanation, "crm")
        is_told = in_crm is not None and in_crm["evidence"] != "lead record"
        if in_crm is not None and is_told and in_crm["to_stage"] != (now or {}).get("to_stage"):
            yield self.say(
                "crm_stage",
                stage=in_crm["label"],
                since=self.instant(in_crm["transitioned_at"]),
            )

    def next_action(self) -> Iterator[str]:
        """What the work queue says of the lead, where it is in it."""
        action = self.explanation.next_action
        if action is None:
            return
        what, step = action["action_label"], action["step_label"]
        told = self.say("next_step", action=what, step=step) if step else what
        by = action["sla_due_at"] or action["due_at"]
        if by is not None:
            told = self.say("next_by", action=told, by=self.instant(by))
        if action["is_sla_breached"]:
            told = self.say("next_late", action=told)
        if action["proposed_owner_id"] is not None:
            told = self.say("next_owner", action=told, owner=action["proposed_owner_id"])
        yield self.say("next_action", action=told, reason=action["reason"])

    def account(self) -> Iterator[str]:
        """The company and how it was found; what its people do together, where that is told."""
        account = self.explanation.account
        if account is None:
            return
        name, account_id = account["account_name"], account["account_id"]
        how = self.say(f"matched_{account['matched_by']}")
        if account["is_ambiguous"]:
            how += self.say("matched_ambiguous")
        yield self.say("account", account=f"{name} ({account_id})" if name else account_id, how=how)
        if account["grade"] is not None:
            yield self.say(
                "account_scored",
                grade=account["grade"],
                intent=self.number(account["intent_score"]),
                reason=account["reason"],
            )

    def why(self, transition: Row) -> str:
        label = transition["trigger_label"]
        trigger = label[:1].lower() + label[1:]
        because = transition["interaction_label"] or transition["reason_label"]
        if transition["trigger"] == "thresholds_reached" and transition["evidence"] in CAUSES:
            because = self.say(f"cause_{transition['evidence']}")
        why = self.say("because", trigger=trigger, because=because) if because else trigger
        if transition["skipped_stages"]:
            return self.say("skipping", why=why, skipped=transition["skipped_stages"].upper())
        return why

    def fit(self, score: Row) -> Iterator[str]:
        rows = [one for one in self.explanation.contributions if one["score"] == "fit"]
        if score["is_excluded"]:
            yield self.say("fit_excluded_title")
        else:
            title = self.say(
                "fit_title", fit=self.number(score["fit_score"]), profile=score["profile_label"]
            )
            if score["fit_ceiling"] > score["fit_score"]:
                title += ", " + self.say(
                    "fit_possible",
                    ceiling=self.number(score["fit_ceiling"]),
                    coverage=self.number(score["fit_coverage"]),
                )
            yield title
        for row in rows:
            if row["kind"] != "criterion":
                text = self.say(
                    row["kind"] if row["kind"] == "exclusion" else row["rule"], label=row["label"]
                )
                yield self.points(row["score_points"], text)
            elif row["score_points"] != 0:
                yield self.points(row["score_points"], row["label"])
        # Of alternatives, those that do not hold say nothing once one does.
        met = {row["rule_group"] for row in rows if row["note"] == "matched"}
        told = {row["rule"] for row in rows if row["kind"] == "exclusion"}
        for note, key in (("not_matched", "fit_not_matched"), ("unknown", "fit_unknown")):
            labels = [
                f"{row['label']} ({self.signed(self.scaled(row, 'undecayed_points'))})"
                for row in rows
                if row["note"] == note
                and row["undecayed_points"] > 0
                and row["rule_group"] not in met
                and row["rule"] not in told
            ]
            if labels:
                yield " " * 9 + self.say(key, criteria=", ".join(labels))

    def intent(self, score: Row) -> Iterator[str]:
        rows = [one for one in self.explanation.contributions if one["score"] == "intent"]
        yield self.say("intent_title", intent=self.number(score["intent_score"]))
        signals = [
            one
            for one in rows
            if one["kind"] == "step" or (one["kind"] == "signal" and one["undecayed_points"] > 0)
            if one["note"] is None
        ]
        if not signals:
            yield " " * 9 + self.say("intent_none")
        steps = [one for one in signals if one["kind"] == "step"]
        lasting = [
            one
            for one in signals
            if one["kind"] == "signal" and abs(one["score_points"]) > TOO_LITTLE
        ]
        told = lasting[:INTERACTIONS_SHOWN] + steps
        for row in told:
            yield self.points(row["score_points"], self.interaction(row))
        shown = {id(one) for one in told}
        others = [one for one in signals if id(one) not in shown]
        if others:
            total = sum((row["score_points"] for row in others), Decimal(0))
            yield self.points(total, self.say("others", count=len(others)))
        for row in rows:
            if row["kind"] == "cap":
                cap = self.number(self.scaled(row, "cap_points"))
                yield self.points(row["score_points"], self.say("cap", label=row["label"], cap=cap))
            elif row["kind"] == "clamp":
                yield self.points(row["score_points"], self.say(row["rule"]))
        unscored = [row["rule"] for row in rows if row["note"] == "unknown_type"]
        if unscored:
            types = ", ".join(sorted(set(unscored)))
            yield " " * 9 + self.say("unscored", count=len(unscored), types=types)
        yield from self.machines()

    def machines(self) -> Iterator[str]:
        """What no prospect did, a line for each reason."""
        for row in self.explanation.machines:
            count, bursts = row["interaction_count"], row["burst_count"]
            key = "machines_one" if count == 1 else "machines"
            if row["is_burst"]:
                key = "machines_burst" if bursts == 1 else "machines_bursts"
            yield " " * 9 + self.say(
                key,
                count=count,
                seconds=max(1, row["seconds"]),
                bursts=bursts,
                reason=row["reason_label"],
                types=row["types"],
            )

    def interaction(self, row: Row) -> str:
        ago = self.ago(row["occurred_at"])
        then = self.number(self.scaled(row, "undecayed_points"))
        if row["kind"] == "step" or then == self.number(row["score_points"]):
            return self.say("fresh", label=row["label"], ago=ago)
        return self.say("decayed", label=row["label"], ago=ago, points=then)

    def missing(self, score: Row) -> Iterator[str]:
        """What keeps a lead that nobody in sales has taken up from being an MQL."""
        now = stage_now(self.explanation, "rules")
        if now is not None and now["to_stage"] not in ("lead", "nurture", "recycled"):
            return
        reasons = []
        lead = self.explanation.lead
        if lead["is_profiling_objected"]:
            reasons.append(self.say("missing_objected"))
        if lead["is_of_customer"]:
            reasons.append(self.say("missing_customer"))
        ends_at = now["timer_ends_at"] if now is not None else None
        is_recycled = now is not None and now["to_stage"] == "recycled"
        if is_recycled and ends_at is not None and ends_at > self.explanation.at:
            reasons.append(self.say("missing_cool_down", until=self.instant(ends_at)))
        if score["is_excluded"]:
            criterion = score["excluding_criterion_label"]
            reasons.append(self.say("missing_excluded", criterion=criterion))
        if score["is_mql_blocked_by_unknown"]:
            criterion = score["blocking_criterion_label"]
            reasons.append(self.say("missing_blocked", criterion=criterion))
        least_fit, least_intent = score["min_fit_score"], score["min_intent_score"]
        if least_fit is not None and score["fit_score"] < least_fit:
            fit, least = self.number(score["fit_score"]), self.number(least_fit)
            reasons.append(self.say("missing_fit", fit=fit, least=least))
            if score["is_worth_enriching"]:
                ceiling = self.number(score["fit_ceiling"])
                reasons.append(self.say("missing_enrich", ceiling=ceiling))
        if least_intent is not None and score["intent_score"] < least_intent:
            intent, least = self.number(score["intent_score"]), self.number(least_intent)
            reasons.append(self.say("missing_intent", intent=intent, least=least))
        if reasons:
            yield ""
            yield self.say("missing_title")
            yield from (f"  - {reason}" for reason in reasons)

    def handover(self) -> Iterator[str]:
        """Who in sales did what with the lead, and whether in time."""
        lines = [*self._handed_over(), *map(self._clock, self.explanation.clocks)]
        if lines:
            yield ""
            yield self.say("handover_title")
            yield from (f"  - {line}" for line in lines)

    def _handed_over(self) -> Iterator[str]:
        found = self.explanation.handover
        if found is None:
            return
        if found["accepted_at"] is not None:
            key = "handover_implied" if found["is_acceptance_implied"] else "handover_accepted"
            yield self.by(
                self.say(key, at=self.instant(found["accepted_at"])), found["accepted_by"]
            )
        if found["rejected_at"] is not None:
            reason = found["rejection_label"] or found["rejection_reason"]
            told = self.say("handover_rejected", at=self.instant(found["rejected_at"]))
            if reason:
                told = self.say("handover_reason", told=told, reason=reason)
            yield self.by(told, found["rejected_by"])
        if found["accepted_at"] is None and found["rejected_at"] is None:
            ended = found["withdrawn_at"]
            if ended is not None:
                yield self.say("handover_withdrawn", at=self.instant(ended))
            else:
                yield self.say("handover_unanswered")

    def by(self, told: str, who: str | None) -> str:
        return self.say("handover_by", told=told, who=who) if who else told

    def _clock(self, row: Row) -> str:
        """A clock: done in time or late, ended without it, running or past its deadline."""
        places = {"clock": self.say(f"clock_{row['clock']}"), "due": self.instant(row["due_at"])}
        if row["done_at"] is not None:
            key = "clock_late" if row["is_late"] else "clock_met"
            return self.say(key, done=self.instant(row["done_at"]), **places)
        if row["left_at"] is not None:
            return self.say("clock_left", left=self.instant(row["left_at"]), **places)
        return self.say("clock_overdue" if row["is_late"] else "clock_running", **places)

    def history(self) -> Iterator[str]:
        rows = [one for one in self.explanation.stages if one["basis"] == "rules"]
        if len(rows) > 1:
            yield ""
            yield self.say("history_title")
            for row in rows:
                at = self.instant(row["transitioned_at"])
                yield "  " + self.say("history", at=at, stage=row["label"], why=self.why(row))

    def scaled(self, row: Row, column: str) -> Decimal:
        """Points as parts of a score of 100."""
        return Decimal(100 * row[column] / row["full_points"])

    def points(self, points: Decimal, text: str) -> str:
        return f"{self.signed(points):>8} {text}"

    def signed(self, points: Decimal) -> str:
        sign = "-" if points < 0 else "+"
        return sign + self.number(abs(points))

    def number(self, value: Decimal) -> str:
        return in_number(value, self.language)

    def instant(self, at: datetime) -> str:
        return f"{at:%d/%m/%Y %H:%M}" if self.language == "fr" else f"{at:%Y-%m-%d %H:%M}"

    def ago(self, at: datetime) -> str:
        days = (self.explanation.at.date() - at.date()).days
        if days == 0:
            return self.say("today")
        return self.say("yesterday") if days == 1 else self.say("days_ago", days=days)
