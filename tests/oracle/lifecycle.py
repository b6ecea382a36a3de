"""Stages of one lead by the rules, simulated act by act.

Two kinds of trigger. A *point* can be taken at its instant only. A *level* holds from an instant of
change on, while intent stays high enough; between changes it is looked at as each UTC day ends.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from tests.oracle.fit import Attributes, ProfileFit, fit_of_profiles
from tests.oracle.intent import (
    Intent,
    Interaction,
    counted_type,
    expiries,
    intent_at,
    is_by_machine,
    is_hand_raise,
    reaches,
)
from tests.oracle.rules import Rules, Threshold, TransitionRule, days

ONE_DAY = timedelta(days=1)
DIMENSIONS = ("need", "priority", "budget", "authority")


@dataclass(frozen=True)
class Version:
    """All attributes, derived ones included, known from ``known_at`` on: one for an instant."""

    known_at: datetime
    attributes: Attributes


@dataclass(frozen=True)
class Rejection:
    at: datetime
    reason: str | None


@dataclass(frozen=True)
class Answer:
    """A row of ``qualifications``."""

    answer_id: str
    at: datetime
    framework: str
    criterion: str
    status: str
    answer: str | None = None
    evidence: str | None = None
    answered_by: str | None = None


@dataclass(frozen=True)
class Contact:
    """A call or message, by sales or by the person (``is_inbound``)."""

    at: datetime
    outcome: str | None = None
    is_inbound: bool = False
    is_automatic: bool = False


@dataclass(frozen=True)
class Objection:
    """To profiling; without an end it lasts."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True)
class Acts:
    meetings_booked: Sequence[datetime] = ()
    accepted: Sequence[datetime] = ()
    rejections: Sequence[Rejection] = ()
    answers: Sequence[Answer] = ()
    deals_opened: Sequence[datetime] = ()
    deals_won: Sequence[datetime] = ()
    deals_lost: Sequence[datetime] = ()
    objections: Sequence[Objection] = ()
    contacts: Sequence[Contact] = ()


@dataclass(frozen=True)
class History:
    """All that happened to one lead."""

    created_at: datetime
    versions: Sequence[Version] = ()
    interactions: Sequence[Interaction] = ()
    acts: Acts = field(default_factory=Acts)


@dataclass(frozen=True)
class Transition:
    """``profile`` is the one the lead qualified for, kept until it is a plain lead again."""

    from_stage: str | None
    to_stage: str
    at: datetime
    trigger: str
    reason: str
    profile: str | None


@dataclass(frozen=True)
class Candidate:
    at: datetime
    rule: TransitionRule
    profile: str | None


def transitions_of(history: History, as_of: datetime, rules: Rules) -> list[Transition]:
    """The stages the lead passed through up to ``as_of``, in order."""
    timeline = Timeline(history, as_of, rules)
    stage: str | None = None
    entered_at, kept = history.created_at, None
    taken: list[Transition] = []
    while True:
        entered_now = {one.to_stage for one in taken if one.at == entered_at}
        candidates = [
            candidate
            for rule in rules.transitions
            if rule.from_stage == stage
            and (
                candidate := _first_candidate(rule, timeline, entered_at, kept, entered_now, rules)
            )
        ]
        if not candidates:
            return taken
        first = min(candidates, key=lambda one: (one.at, one.rule.precedence))
        kept = None if first.rule.to_stage == "lead" else first.profile or kept
        taken.append(
            Transition(
                stage, first.rule.to_stage, first.at, first.rule.trigger, first.rule.reason, kept
            )
        )
        stage, entered_at = first.rule.to_stage, first.at


def _first_candidate(
    rule: TransitionRule,
    timeline: "Timeline",
    entered_at: datetime,
    kept: str | None,
    entered_now: set[str],
    rules: Rules,
) -> Candidate | None:
    """The first instant at which ``rule`` may be taken from a stage entered at ``entered_at``."""
    earliest = entered_at
    if rule.not_before is not None and rule.from_stage is not None:
        earliest += days(rules.timers[rule.from_stage, rule.not_before])
    for at, profile in timeline.occurrences(
        rule.trigger, rule.from_stage, entered_at, earliest, kept
    ):
        is_second_entry = at == entered_at and rule.to_stage in entered_now
        if earliest <= at <= timeline.as_of and not is_second_entry:
            return Candidate(at, rule, profile)
    return None


class Timeline:
    """What a history holds at any instant, and when each trigger occurs."""

    def __init__(self, history: History, as_of: datetime, rules: Rules) -> None:
        self.history = history
        self.as_of = as_of
        self.rules = rules
        self.interactions = [one for one in history.interactions if one.at <= as_of]
        self._intents: dict[datetime, Intent] = {}
        self._fits: dict[datetime, Mapping[str, ProfileFit]] = {}

    def occurrences(
        self,
        trigger: str,
        stage: str | None,
        entered_at: datetime,
        earliest: datetime,
        kept: str | None,
    ) -> Iterable[tuple[datetime, str | None]]:
        """Instants of ``trigger`` in order, each with the profile it qualifies the lead for."""
        if trigger == "lead_created":
            return [(self.history.created_at, None)]
        if trigger == "thresholds_reached":
            return self.thresholds_reached(earliest)
        if (stage, trigger) in self.rules.timers and stage is not None:
            return [(entered_at + days(self.rules.timers[stage, trigger]), None)]
        if trigger == "cadence_exhausted":
            return self.cadence_exhausted(entered_at)
        return self._points(trigger, kept)

    def _points(self, trigger: str, kept: str | None) -> Iterable[tuple[datetime, str | None]]:
        acts = self.history.acts
        qualifying: dict[str, Callable[[], Iterable[tuple[datetime, str | None]]]] = {
            "request_qualified": self.requests_qualified,
            "fit_reached": self.fit_reached,
        }
        plain: dict[str, Callable[[], Iterable[datetime]]] = {
            "hand_raised": lambda: self.hand_raises,
            "intent_stayed_low": lambda: self.intent_stayed_low(kept),
            "excluded": lambda: self.exclusions(kept),
            "profiling_objected": lambda: [one.start for one in acts.objections],
            # The companies of these histories are no customers.
            "account_won": lambda: [],
            "meeting_booked": lambda: acts.meetings_booked,
            "accepted": lambda: acts.accepted,
            "returned": lambda: self.rejections_to("recycled"),
            "rejected": lambda: self.rejections_to("disqualified"),
            "four_confirmed": lambda: self.confirmations(to=True),
            "confirmation_denied": lambda: self.confirmations(to=False),
            "deal_opened": lambda: acts.deals_opened,
            "deal_won": lambda: acts.deals_won,
            "deal_lost": lambda: acts.deals_lost,
        }
        if trigger in qualifying:
            return qualifying[trigger]()
        return [(at, None) for at in sorted(plain[trigger]())]

    @cached_property
    def attribute_changes(self) -> list[datetime]:
        return sorted({one.known_at for one in self.history.versions if one.known_at <= self.as_of})

    @cached_property
    def hand_raises(self) -> list[datetime]:
        return sorted({one.at for one in self.interactions if is_hand_raise(one, self.rules)})

    @cached_property
    def changes(self) -> list[datetime]:
        """The instants at which a score can rise, or a lead become eligible."""
        ends = {one.end for one in self.history.acts.objections if one.end is not None}
        known = {*self.rules.signals, *self.rules.negative_steps}
        instants = {
            one.at
            for one in self.interactions
            if counted_type(one, self.rules) in known and not is_by_machine(one, self.rules)
        }
        instants |= set(self.attribute_changes)
        instants |= expiries(self.interactions, self.rules) | ends
        return sorted(one for one in instants if one <= self.as_of)

    def intent(self, instant: datetime) -> float:
        if instant not in self._intents:
            self._intents[instant] = intent_at(instant, self.interactions, self.rules)
        return self._intents[instant].score

    def fits(self, instant: datetime) -> Mapping[str, ProfileFit]:
        known = [one for one in self.history.versions if one.known_at <= instant]
        latest = max(known, key=lambda one: one.known_at) if known else Version(datetime.min, {})
        if latest.known_at not in self._fits:
            self._fits[latest.known_at] = fit_of_profiles(latest.attributes, self.rules)
        return self._fits[latest.known_at]

    def is_objected(self, instant: datetime) -> bool:
        return any(
            one.start <= instant and (one.end is None or instant < one.end)
            for one in self.history.acts.objections
        )

    def fitting(self, instant: datetime) -> list[str]:
        """Eligible profiles whose fit is reached, the best first."""
        if self.is_objected(instant):
            return []
        ranks: list[tuple[Fraction, int, str]] = [
            (-fit.floor, self.rules.profiles[profile].priority, profile)
            for profile, fit in self.fits(instant).items()
            if profile in self.rules.thresholds
            and not fit.is_excluded
            and not fit.is_blocked_by_unknown
            and fit.floor >= Fraction(self.rules.thresholds[profile].min_fit_score)
        ]
        return [profile for _, _, profile in sorted(ranks)]

    def qualifying(self, instant: datetime) -> list[str]:
        """Profiles both of whose thresholds are reached, the best first."""
        return [
            profile
            for profile in self.fitting(instant)
            if reaches(self.intent(instant), self.threshold(profile).min_intent_score)
        ]

    def threshold(self, profile: str) -> Threshold:
        return self.rules.thresholds[profile]

    def thresholds_reached(self, earliest: datetime) -> Iterator[tuple[datetime, str | None]]:
        """The first instant from ``earliest`` on in each interval between changes."""
        for change, end in pairwise([*self.changes, datetime.max]):
            if end <= earliest:
                continue
            at = change if earliest <= change else day_end(earliest)
            holding = [
                profile
                for profile in self.qualifying(change)
                if at <= self.holds_until(profile, change, end) and not self.is_objected(at)
            ]
            if holding:
                yield at, holding[0]

    def holds_until(self, profile: str, change: datetime, end: datetime) -> datetime:
        """The last midnight before ``end`` at which intent still suffices, else ``change``.

        The one after as-of is looked at too: decay needs no event that is not known yet.
        """
        last, midnight = change, next_midnight(change)
        while midnight < end and midnight <= next_midnight(self.as_of):
            if not reaches(self.intent(midnight), self.threshold(profile).min_intent_score):
                break
            last, midnight = midnight, midnight + ONE_DAY
        return last

    def requests_qualified(self) -> list[tuple[datetime, str | None]]:
        return [(at, found[0]) for at in self.hand_raises if (found := self.qualifying(at))]

    def fit_reached(self) -> list[tuple[datetime, str | None]]:
        return [
            (at, found[0])
            for at in self.changes
            if (found := self.fitting(at)) and not self.qualifying(at)
        ]

    def cadence_exhausted(self, entered_at: datetime) -> list[tuple[datetime, str | None]]:
        """When the last step has waited for an answer in vain: at most one instant, as an answer
        ends the cadence for good unless a request begins it anew."""
        acts, rules = self.history.acts, self.rules
        requests = [at for at in self.hand_raises if at >= entered_at]
        for begun in [entered_at, *requests]:
            touches = sorted(
                one.at
                for one in acts.contacts
                if one.at >= begun and not one.is_inbound and not one.is_automatic
            )
            if len(touches) < rules.cadence_steps:
                break
            over = touches[rules.cadence_steps - 1] + days(rules.answer_wait_days)
            is_begun_anew = any(begun < at <= over for at in requests)
            is_answered = any(begun <= at <= over for at in self.heard_at)
            if not is_begun_anew and not is_answered:
                return [(over, None)]
        return []

    @cached_property
    def heard_at(self) -> list[datetime]:
        """When the person was reached, called back, met, or answered a question."""
        acts, reached = self.history.acts, self.rules.reached_outcomes
        return [
            *(
                one.at
                for one in acts.contacts
                if not one.is_automatic and (one.is_inbound or one.outcome in reached)
            ),
            *acts.meetings_booked,
            *(one.at for one in acts.answers),
        ]

    def exclusions(self, kept: str | None) -> list[datetime]:
        if kept is None:
            return []
        return [at for at in self.attribute_changes if self.fits(at)[kept].is_excluded]

    def intent_stayed_low(self, kept: str | None) -> list[datetime]:
        """Ends of dwells under the exit threshold that nothing touched."""
        if kept is None:
            return []
        threshold = self.threshold(kept)
        high = [at for at in self.changes if reaches(self.intent(at), threshold.exit_intent_score)]
        left: list[datetime] = []
        for at, following in pairwise([*high, datetime.max]):
            midnight = next_midnight(at)
            while midnight <= self.as_of and reaches(
                self.intent(midnight), threshold.exit_intent_score
            ):
                midnight += ONE_DAY
            leaves_at = midnight + days(threshold.exit_dwell_days)
            if leaves_at <= self.as_of and leaves_at < following:
                left.append(leaves_at)
        return left

    def rejections_to(self, stage: str) -> list[datetime]:
        """A reason that no rule knows returns the lead, so that nothing is lost."""
        return [
            one.at
            for one in self.history.acts.rejections
            if self.rules.returns_to.get(one.reason or "", "recycled") == stage
        ]

    def confirmations(self, *, to: bool) -> list[datetime]:
        """Answers after which all four are confirmed; or no longer, although they were before."""
        found: list[datetime] = []
        was_confirmed = False
        for at in sorted({one.at for one, _ in self.answers}):
            is_confirmed = self.are_four_confirmed(at)
            if is_confirmed if to else (was_confirmed and not is_confirmed):
                found.append(at)
            was_confirmed = is_confirmed
        return found

    @cached_property
    def answers(self) -> list[tuple[Answer, str]]:
        """Those that say something of one of the four, in order; of two at once the denial last."""
        return [
            (one, self.rules.dimensions[one.framework, one.criterion])
            for one in sorted(self.history.acts.answers, key=lambda one: (one.at, one.status))
            if (one.framework, one.criterion) in self.rules.dimensions
            and (one.status == "denied" or _is_confirmed(one))
        ]

    def are_four_confirmed(self, instant: datetime) -> bool:
        latest = {dimension: one for one, dimension in self.answers if one.at <= instant}
        return all(
            dimension in latest and _is_confirmed(latest[dimension]) for dimension in DIMENSIONS
        )


def day_end(instant: datetime) -> datetime:
    """The first midnight at or after ``instant``."""
    is_midnight = instant.time() == time()
    return instant if is_midnight else next_midnight(instant)


def next_midnight(instant: datetime) -> datetime:
    """The end of the UTC day of ``instant``."""
    return datetime.combine(instant.date(), time()) + ONE_DAY


def _is_confirmed(answer: Answer) -> bool:
    filled = all(
        text is not None and text.strip()
        for text in (answer.answer, answer.evidence, answer.answered_by)
    )
    return answer.status == "confirmed" and filled
