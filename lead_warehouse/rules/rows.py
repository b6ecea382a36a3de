"""Rows of the rule files as objects: of each file, the columns whose meaning is checked."""

from collections.abc import Iterator, Mapping, Set
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from lead_warehouse.rules.cells import Table
from lead_warehouse.rules.problems import Problem, quoted


class Row(BaseModel):
    """A row of the file ``table``, and the line it begins on."""

    model_config = ConfigDict(frozen=True, strict=True)
    table: ClassVar[str]
    line: int

    def problem(self, text: str) -> Problem:
        return Problem(self.table, self.line, text)

    def out_of(
        self,
        column: str,
        *,
        least: int | None = None,
        greatest: int | None = None,
        above: int | None = None,
        below: int | None = None,
    ) -> Iterator[Problem]:
        """A problem when the number in ``column``, if there is one, breaks a limit."""
        value: Decimal | int | None = getattr(self, column)
        limits = {
            f"{least} or more": least is not None and value is not None and value < least,
            f"{greatest} or less": greatest is not None and value is not None and value > greatest,
            f"greater than {above}": above is not None and value is not None and value <= above,
            f"less than {below}": below is not None and value is not None and value >= below,
        }
        for limit, is_broken in limits.items():
            if is_broken:
                yield self.problem(f"{column} {quoted(value)} must be {limit}")


R = TypeVar("R", bound=Row)


class RuleSet:
    """The rows that can be read, by the file they stand in.

    Args:
        doubtful: files with a value that is not declared, such as a misspelt name.
    """

    def __init__(self, tables: Mapping[str, Table], doubtful: Set[str] = frozenset()) -> None:
        self._tables = tables
        self._doubtful = doubtful
        self._read: dict[type[Row], list[Any]] = {}

    def rows(self, model: type[R]) -> list[R]:
        """Rows of a file whose cells the model needs can be read."""
        if model not in self._read:
            self._read[model] = self._rows(model)
        return list(self._read[model])

    def _rows(self, model: type[R]) -> list[R]:
        table = self._tables.get(model.table)
        found = []
        for line in table.lines if table else []:
            try:
                row = {name: line.cells[name] for name in model.model_fields if name != "line"}
                found.append(model(line=line.number, **row))
            except (KeyError, ValidationError):
                continue  # reading its cells, or what is required of them, has said why
        return found

    def all_rows(self, model: type[R]) -> list[R] | None:
        """Rows of a file, or nothing when one of them cannot be read or is doubtful: then a rule
        about all rows would complain of what only seems to be missing."""
        table = self._tables.get(model.table)
        if table is None or not table.is_complete or table.name in self._doubtful:
            return None
        rows = self.rows(model)
        return rows if len(rows) == len(table.lines) else None

    def accepted(self, model: type[Row], column: str) -> list[str]:
        """The values that a column is declared to accept."""
        table = self._tables.get(model.table)
        return (table.declared.columns[column].accepted or []) if table else []


class Attribute(Row):
    """What a criterion may look at."""

    table = "fit_attributes"
    attribute: str
    value_type: str


class CountryRegion(Row):
    """A country in a region."""

    table = "country_regions"
    region: str
    country_code: str


class CountryName(Row):
    """A name or code of a country."""

    table = "country_names"
    country_name: str
    country_code: str


class Profile(Row):
    """An ideal customer profile."""

    table = "icp_profiles"
    profile: str


class Criterion(Row):
    """What tells how well a lead fits a profile."""

    table = "icp_criteria"
    profile: str
    criterion: str
    attribute: str
    operator: str
    operand: str | None
    points: Decimal
    is_required: bool


class MqlThreshold(Row):
    """What makes a lead of a profile an MQL, and what ends it."""

    table = "mql_thresholds"
    profile: str
    min_fit_score: Decimal
    min_intent_score: Decimal
    exit_intent_score: Decimal
    exit_dwell_days: int


class SignalGroup(Row):
    """Signals that fade and saturate together."""

    table = "signal_groups"
    signal_group: str
    half_life_days: Decimal
    cap_points: Decimal


class Signal(Row):
    """A type of interaction that shows intent."""

    table = "signals"
    interaction_type: str
    points: Decimal
    reference_depth: Decimal | None
    depth_unit: str | None
    min_depth_factor: Decimal | None
    max_depth_factor: Decimal | None


class NegativeStep(Row):
    """A type of interaction that takes points away for a time."""

    table = "negative_steps"
    interaction_type: str
    points: Decimal
    lasts_days: Decimal


class NegativeGroup(Row):
    """Steps with a greatest deduction of their own."""

    table = "negative_groups"
    negative_group: str
    cap_points: Decimal | None


class SignalPattern(Row):
    """A kind of page or document that counts otherwise than its type."""

    table = "signal_patterns"
    interaction_type: str
    match: str
    pattern: str
    precedence: int
    counts_as: str | None
    weight_factor: Decimal | None


class TrafficReason(Row):
    """Why an interaction earns nothing."""

    table = "traffic_reasons"
    zero_because: str


class TrafficAgent(Row):
    """A kind of user agent that is no browser."""

    table = "traffic_agents"
    match: str
    term: str | None
    interaction_type: str | None


class TrafficBurst(Row):
    """More than a person can do in a short time."""

    table = "traffic_bursts"
    interaction_types: str
    min_count: int
    min_types: int
    within_seconds: int


class TrafficHoneypot(Row):
    """What no person sees."""

    table = "traffic_honeypots"
    interaction_type: str
    match: str | None
    pattern: str | None
    before_seconds: int
    after_seconds: int


class TrafficOpening(Row):
    """What alone shows no person."""

    table = "traffic_openings"
    interaction_type: str
    min_count: int


class TrafficLead(Row):
    """A mark of a lead that is no prospect."""

    table = "traffic_leads"
    attribute: str
    match: str
    operand: str


class TrafficOverride(Row):
    """A decision by a person."""

    table = "traffic_overrides"
    interaction_id: str | None
    lead_id: str | None
    domain: str | None


class Scoring(Row):
    """What all scores share."""

    table = "scoring"
    reference_points: Decimal
    hand_raise_days: Decimal
    frequency_days: Decimal


class ScoreBand(Row):
    """A band of a score, open to the top where ``below_score`` is empty."""

    table = "score_bands"
    score: str
    band: str
    from_score: Decimal
    below_score: Decimal | None


class Grade(Row):
    """What a fit band and an intent band make together."""

    table = "grades"
    fit_band: str
    intent_band: str
    priority: int
    hand_raise_priority: int


class Stage(Row):
    """A stage of the lifecycle."""

    table = "lifecycle_stages"
    stage: str
    position: int | None
    is_final: bool


class Transition(Row):
    """A change of stage; the start is the one that leaves no stage."""

    table = "lifecycle_transitions"
    from_stage: str | None
    trigger: str
    to_stage: str
    precedence: int
    not_before: str | None


class Timer(Row):
    """A trigger that comes by time."""

    table = "lifecycle_timers"
    stage: str
    trigger: str
    after_days: int


class QualificationCriterion(Row):
    """What a framework asks to confirm one of the four dimensions."""

    table = "qualification_criteria"
    framework: str
    criterion: str
    dimension: str


class QualificationQuestion(Row):
    """What salespeople ask about a criterion, and by which stage."""

    table = "qualification_questions"
    framework: str
    criterion: str
    dimension: str | None
    due_stage: str


class JobTitleTerm(Row):
    """Words of a job title that tell a function or a seniority."""

    table = "job_title_terms"
    term: str
    attribute: str
    value: str


class AccountRules(Row):
    """How leads are matched to accounts and how these are scored."""

    table = "account_rules"
    max_accounts_per_key: int
    people_per_cap: Decimal
    min_engaged_intent_score: Decimal


class BuyingGroupRole(Row):
    """A role that somebody of the company has in the purchase."""

    table = "buying_group_roles"
    profile: str
    role: str
    sort_order: int


class BuyingGroupMember(Row):
    """A kind of person who has a role."""

    table = "buying_group_members"
    profile: str
    role: str
    job_function: str | None
    job_seniority: str | None


class RoleMailbox(Row):
    """A mailbox that a function reads."""

    table = "role_mailboxes"
    local_part: str


class ContactPurpose(Row):
    """A purpose and channel for which it is decided whether a person may be contacted."""

    table = "contact_purposes"
    purpose: str
    channel: str


class ContactPolicy(Row):
    """What silence means, for a country and a kind of address."""

    table = "contact_policies"
    policy: str
    purpose: str
    channel: str
    country_code: str
    address_kind: str
    ground_needed: str
    request_days: int | None
    source_url: str


class ContactReason(Row):
    """Why a person may or may not be contacted."""

    table = "contact_reasons"
    reason: str


class PersonAct(Row):
    """An interaction that is the person's own act before the law."""

    table = "person_acts"
    interaction_type: str
    resets_retention: bool
    objects_to_purpose: str | None
    objects_to_channel: str | None
    source_url: str


class RetentionPolicy(Row):
    """How long a person's data are kept in a country."""

    table = "retention_policies"
    country_code: str
    retention_days: int
    notice_days: int
    source_url: str


class TrackingPolicy(Row):
    """Whether tracked interactions of a type count without consent, and how long they are kept."""

    table = "tracking_policies"
    policy: str
    country_code: str
    interaction_type: str
    needs_consent: bool
    retention_days: int | None
    source_url: str


class Reporting(Row):
    """How periods are cut, and the currency of reports."""

    table = "reporting"
    time_zone: str
    currency_code: str


class SourceMapping(Row):
    """The channel of a kind of source."""

    table = "source_mappings"
    precedence: int
    recorded_source: str | None
    utm_source: str | None
    utm_medium: str | None
    channel: str


class TargetMetric(Row):
    """A figure that targets are set for."""

    table = "target_metrics"
    metric: str
    measure: str
    stage: str | None


class WorkingCalendar(Row):
    """A working calendar."""

    table = "working_calendars"
    calendar: str
    time_zone: str
    country_code: str | None
    region_code: str | None
    is_default: bool


class WorkingHours(Row):
    """A stretch of opening hours."""

    table = "working_hours"
    calendar: str
    weekday: int
    opens_at: str
    closes_at: str


class PublicHoliday(Row):
    """A public holiday of a country or of one of its regions."""

    table = "public_holidays"
    country_code: str
    region_code: str | None


class SlaPolicy(Row):
    """How long something may take."""

    table = "sla_policies"
    clock: str
    urgency: str
    business_minutes: int


class CadenceStep(Row):
    """A step of a cadence."""

    table = "cadence_steps"
    cadence: str
    step_number: int
    after_business_days: int


class QueueAction(Row):
    """What the work queue proposes to do."""

    table = "queue_actions"
    action: str
    cadence: str | None
    after_business_days: int | None


class QueueReason(Row):
    """What the work queue says of it."""

    table = "queue_reasons"
    reason: str
    kind: str
    text_en: str
    text_fr: str


class ContactOutcome(Row):
    """Whether a person was reached."""

    table = "contact_outcomes"
    outcome: str


class TerritoryCountry(Row):
    """A country of a territory."""

    table = "territory_countries"
    territory: str
    country_code: str | None


class CostAllocation(Row):
    """How much of a category of cost serves new business."""

    table = "cost_allocation"
    cost_category: str


class AttributionModel(Row):
    """A way to share a deal among its touches."""

    table = "attribution_models"
    attribution_model: str
    method: str
    first_share: Decimal | None
    last_share: Decimal | None
    half_life_days: Decimal | None
    is_chosen: bool


class ForecastAge(Row):
    """A band of days that a deal has been in its stage."""

    table = "forecast_ages"
    age_band: int
    min_days: int
    max_days: int | None


class BacktestAttribute(Row):
    """When an attribute is known."""

    table = "backtest_attributes"
    attribute: str
    known_from: str
    is_in_naive_bayes: bool


class BacktestHorizon(Row):
    """An instant at which leads of the past are scored again."""

    table = "backtest_horizons"
    horizon: str
    days_after_creation: int | None


class ThresholdStep(Row):
    """Thresholds that are tried."""

    table = "threshold_steps"
    score: str
    from_score: int
    to_score: int
