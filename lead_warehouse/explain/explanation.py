"""What is to say about a lead, as data; ``wording`` makes sentences of it."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb

from lead_warehouse.errors import LeadWarehouseError, UserError
from lead_warehouse.explain.at_instant import ask_for, asking_at, can_ask
from lead_warehouse.nearest import did_you_mean
from lead_warehouse.state.generations import Generations

Row = dict[str, Any]

RECORDS = """
select lead_id, surviving_lead_id, link_reason, linked_at
from marts.dim_lead_identities
where surviving_lead_id = (
    select surviving_lead_id from marts.dim_lead_identities where lead_id = ?
) and not is_survivor
order by linked_at, lead_id
"""

LEAD = """
select
    leads.lead_id, leads.source, leads.owner_id, leads.created_at,
    known.job_title, known.company_name, known.country_code, known.industry, known.employee_count,
    objections.lead_id is not null as is_profiling_objected,
    customers.lead_id is not null as is_of_customer
from marts.dim_leads as leads
cross join (
    select as_of, case when is_as_of_given then as_of else known_by end as known_until
    from raw.refresh_context
) as context
left join intermediate.int_leads_enriched as known
    on
        leads.lead_id = known.lead_id
        and known.valid_from <= known_until
        and coalesce(known.valid_to > known_until, true)
left join intermediate.int_profiling_objections_dated as objections
    on
        leads.lead_id = objections.lead_id
        and objections.objected_at <= as_of
        and coalesce(objections.objected_until > as_of, true)
left join intermediate.int_customer_leads_dated as customers
    on
        leads.lead_id = customers.lead_id
        and customers.customer_from <= as_of
        and coalesce(customers.customer_until > as_of, true)
where leads.lead_id = ?
"""

SCORE = """
select
    scores.scored_at, scores.profile, profiles.label_{language} as profile_label,
    scores.fit_score, scores.fit_ceiling, scores.fit_coverage, scores.is_excluded,
    excluding.label_{language} as excluding_criterion_label,
    scores.is_mql_blocked_by_unknown, blocking.label_{language} as blocking_criterion_label,
    scores.is_worth_enriching, scores.intent_score, scores.intent_points, scores.recency_days,
    scores.frequency_count, scores.mean_depth_factor as depth_factor, scores.is_hand_raised,
    scores.grade, scores.temperature, temperatures.label_{language} as temperature_label,
    scores.priority, thresholds.min_fit_score, thresholds.min_intent_score,
    scores.reason_{language} as reason, scores.rules_digest
from intermediate.int_reasons_worded as scores
inner join seeds.temperatures as temperatures using (temperature)
left join seeds.icp_profiles as profiles using (profile)
left join seeds.mql_thresholds as thresholds using (profile)
left join seeds.icp_criteria as blocking
    on scores.profile = blocking.profile and scores.blocking_criterion = blocking.criterion
left join (
    select lead_id, profile, rule
    from marts.fct_score_contributions
    where kind = 'exclusion' and lead_id = $lead
) as exclusions using (lead_id)
left join seeds.icp_criteria as excluding
    on exclusions.profile = excluding.profile and exclusions.rule = excluding.criterion
where scores.lead_id = $lead
"""

# Of another instant than the generation's own, the account is named and its scores are not told.
ACCOUNT = """
select
    matches.account_id, accounts.account_name, matches.matched_by, matches.is_ambiguous,
    scores.grade, scores.intent_score, scores.reason_{language} as reason
from intermediate.int_leads_matched_to_accounts as matches
cross join (
    select as_of, case when is_as_of_given then as_of else known_by end as known_until
    from raw.refresh_context
) as context
left join intermediate.int_accounts_historized as accounts
    on
        matches.account_id = accounts.account_id
        and accounts.valid_from <= known_until
        and coalesce(accounts.valid_to > known_until, true)
left join marts.fct_account_scores as scores
    on matches.account_id = scores.account_id and scores.scored_at = as_of
where
    matches.lead_id = $lead
    and matches.is_account_known
    and matches.valid_from <= known_until
    and coalesce(matches.valid_to > known_until, true)
"""

# The queue speaks of the generation's own instant only.
NEXT_ACTION = """
select
    queue.next_action, queue.contact_action, actions.label_{language} as action_label,
    queue.cadence_step_{language} as step_label, queue.is_due, queue.due_at, queue.sla_due_at,
    queue.is_sla_breached, queue.owner_id, queue.proposed_owner_id,
    queue.reason_{language} as reason
from marts.fct_work_queue as queue
inner join seeds.queue_actions as actions on queue.contact_action = actions.action
where queue.lead_id = $lead and queue.as_of = (select as_of from raw.refresh_context)
"""

CONTRIBUTIONS = """
select
    contributions.score, contributions.kind, contributions.rule, contributions.rule_group,
    coalesce(
        criteria.label_{language}, patterns.label_{language}, signals.label_{language},
        steps.label_{language},
        case
            when contributions.kind = 'cap'
                then coalesce(groups.label_{language}, negative_groups.label_{language})
        end
    ) as label,
    contributions.interaction_id, contributions.occurred_at, contributions.undecayed_points,
    contributions.points, contributions.score_points, contributions.note,
    contributions.full_points, groups.half_life_days,
    coalesce(groups.cap_points, negative_groups.cap_points) as cap_points
from marts.fct_score_contributions as contributions
left join seeds.icp_criteria as criteria
    on
        contributions.score = 'fit'
        and contributions.profile = criteria.profile
        and contributions.rule = criteria.criterion
left join seeds.signals as signals
    on contributions.kind = 'signal' and contributions.rule = signals.interaction_type
left join seeds.negative_steps as steps
    on contributions.kind = 'step' and contributions.rule = steps.interaction_type
left join seeds.signal_groups as groups
    on contributions.score = 'intent' and contributions.rule_group = groups.signal_group
left join seeds.negative_groups as negative_groups
    on contributions.score = 'intent' and contributions.rule_group = negative_groups.negative_group
left join intermediate.int_interactions_weighted as weighted
    on
        contributions.lead_id = weighted.lead_id
        and contributions.interaction_id = weighted.interaction_id
left join seeds.signal_patterns as patterns on weighted.pattern_name = patterns.pattern_name
where contributions.lead_id = $lead
order by
    contributions.score,
    contributions.kind in ('cap', 'clamp', 'exclusion'),
    contributions.score_points desc,
    contributions.undecayed_points desc,
    contributions.occurred_at desc,
    contributions.rule
"""

MACHINES = """
select
    screened.zero_because, reasons.label_{language} as reason_label,
    count(*) as interaction_count,
    count(distinct screened.evidence_interaction_id) filter (screened.rule_kind = 'burst')
        as burst_count,
    bool_and(screened.rule_kind = 'burst') as is_burst,
    cast(ceil(epoch(max(weighted.occurred_at) - min(weighted.occurred_at))) as bigint) as seconds,
    string_agg(
        distinct coalesce(
            signals.label_{language}, steps.label_{language}, weighted.interaction_type
        ),
        ', '
        order by coalesce(
            signals.label_{language}, steps.label_{language}, weighted.interaction_type
        )
    ) as types
from intermediate.int_interactions_screened as screened
inner join intermediate.int_interactions_weighted as weighted using (interaction_id)
inner join seeds.traffic_reasons as reasons on screened.zero_because = reasons.zero_because
left join seeds.signals as signals using (interaction_type)
left join seeds.negative_steps as steps using (interaction_type)
where
    weighted.lead_id = $lead
    and weighted.occurred_at <= (select as_of from raw.refresh_context)
group by screened.zero_because, reasons.label_{language}, reasons.precedence
order by reasons.precedence
"""

STAGES = """
select
    transitions.basis, transitions.from_stage, transitions.to_stage,
    stages.label_{language} as label, transitions.transitioned_at, transitions.passage_number,
    transitions.trigger, triggers.label_{language} as trigger_label, transitions.profile,
    transitions.reason,
    coalesce(reasons.label_{language}, criteria.label_{language}) as reason_label,
    transitions.evidence, transitions.evidence_id,
    coalesce(signals.label_{language}, interactions.interaction_type) as interaction_label,
    transitions.skipped_stages, transitions.is_effective, transitions.timer_ends_at,
    transitions.first_published_at
from marts.fct_lifecycle_transitions as transitions
inner join seeds.lifecycle_stages as stages on transitions.to_stage = stages.stage
left join seeds.lifecycle_triggers as triggers using (trigger)
left join seeds.rejection_reasons as reasons on lower(transitions.reason) = reasons.reason
left join seeds.icp_criteria as criteria
    on
        transitions.trigger = 'excluded'
        and transitions.profile = criteria.profile
        and transitions.reason = criteria.criterion
left join intermediate.int_interactions_weighted as interactions
    on
        transitions.evidence = 'interaction'
        and transitions.lead_id = interactions.lead_id
        and transitions.evidence_id = interactions.interaction_id
left join seeds.signals as signals using (interaction_type)
where
    transitions.lead_id = $lead
    and transitions.transitioned_at <= (select as_of from raw.refresh_context)
order by transitions.basis, transitions.transition_number
"""


# What came after the instant is not told of it; the queue's own clock is told with the next action.
HANDOVER = """
select
    handovers.qualified_at,
    case when handovers.first_touched_at <= as_of then handovers.first_touched_at end
        as first_touched_at,
    handovers.first_touched_by,
    case when handovers.accepted_at <= as_of then handovers.accepted_at end as accepted_at,
    handovers.accepted_by, handovers.is_acceptance_implied,
    case when handovers.rejected_at <= as_of then handovers.rejected_at end as rejected_at,
    case when handovers.withdrawn_at <= as_of then handovers.withdrawn_at end as withdrawn_at,
    handovers.rejected_by, handovers.rejection_label_{language} as rejection_label,
    handovers.rejection_reason
from marts.fct_handovers as handovers
cross join (select as_of from raw.refresh_context) as context
where handovers.lead_id = $lead and handovers.basis = 'rules' and handovers.qualified_at <= as_of
order by handovers.passage_number desc
limit 1
"""

CLOCKS = """
select
    clocks.clock, clocks.started_at, clocks.due_at,
    case when clocks.done_at <= as_of then clocks.done_at end as done_at,
    case when clocks.left_at <= as_of then clocks.left_at end as left_at,
    coalesce(clocks.done_at, clocks.left_at, as_of) > clocks.due_at and clocks.due_at < as_of
        as is_late
from marts.fct_sla_clocks as clocks
cross join (select as_of from raw.refresh_context) as context
where clocks.lead_id = $lead and clocks.started_at <= as_of and clocks.due_at is not null
qualify
    row_number() over (partition by clocks.clock order by clocks.started_at desc, sla_clock_id) = 1
order by clocks.started_at, clocks.clock = 'acceptance'
"""

HISTORY = """
select fit_score, intent_score from intermediate.int_instants_scored where lead_id = ?
"""

TOLERANCE = Decimal("1e-9")


@dataclass(frozen=True)
class Explanation:
    """Why a lead has its score and stage at an instant.

    Attributes:
        lead_id: the lead that stands for the person, also where another record of theirs was
            asked for.
        at: the instant (UTC).
        score: the row of ``fct_lead_scores`` at that instant, with labels and thresholds; none when
            nothing was known of the lead yet.
        contributions: rows of ``fct_score_contributions``, those that give most first.
        machines: of each reason for which interactions earn nothing, how many and within what time.
        stages: transitions up to the instant, on both bases, in order.
        asked_for: the record asked for, where it belongs to another lead, with the reason and since
            when that is known.
        other_records: records of the same person known by the instant.
        next_action: its row of the work queue, at the generation's own instant.
        account: the known account it was matched to then, and how that one stood; its scores only
            at the generation's own instant.
        handover: the last passage through MQL by the rules, as far as it had come.
        clocks: the last of each kind that had started, with their deadlines.
    """

    lead_id: str
    at: datetime
    run_id: str
    language: str
    lead: Row
    score: Row | None
    contributions: list[Row]
    machines: list[Row]
    stages: list[Row]
    asked_for: Row | None = None
    other_records: list[Row] = field(default_factory=list)
    account: Row | None = None
    next_action: Row | None = None
    handover: Row | None = None
    clocks: list[Row] = field(default_factory=list)


def explain(
    generations: Generations,
    lead_id: str,
    *,
    at: datetime | None = None,
    language: str = "en",
    run_id: str | None = None,
) -> Explanation:
    """Explain a lead in a generation, the published one by default; of a record that belongs to
    another lead, that lead.

    Args:
        at: instant (UTC) up to the one the generation speaks for, which is the default.
        language: ``en`` or ``fr``, of the labels.

    Raises:
        UserError: no such lead or generation, or ``at`` lies after it.
    """
    generation = generations.find(run_id)
    with asking_at(generation, at) as connection:
        records = _rows(connection, RECORDS, [lead_id])
        asked_for = next((one for one in records if one["lead_id"] == lead_id), None)
        survivor = asked_for["surviving_lead_id"] if asked_for else lead_id
        found = _rows(connection, LEAD, [survivor])
        if not found:
            rows = connection.execute("select lead_id from marts.dim_lead_identities").fetchall()
            hint = did_you_mean(lead_id, [one for (one,) in rows if one != lead_id])
            raise UserError(f"no lead '{lead_id}' in {generation.run_id}{hint}")
        named = {"lead": survivor}
        scores = _rows(connection, SCORE.format(language=language), named)
        instant = at or generation.as_of
        if at is not None and can_ask(connection):
            _hold_against_history(connection, survivor, at, scores[0] if scores else None)
        accounts = _rows(connection, ACCOUNT.format(language=language), named)
        actions = (
            _rows(connection, NEXT_ACTION.format(language=language), named)
            if _has_mart(connection, "fct_work_queue")
            else []
        )
        handovers, clocks = (
            _rows(connection, sql.format(language=language), named)
            if _has_mart(connection, mart)
            else []
            for mart, sql in (("fct_handovers", HANDOVER), ("fct_sla_clocks", CLOCKS))
        )
        return Explanation(
            survivor,
            instant,
            generation.run_id,
            language,
            found[0],
            scores[0] if scores else None,
            _rows(connection, CONTRIBUTIONS.format(language=language), named),
            _rows(connection, MACHINES.format(language=language), named),
            _rows(connection, STAGES.format(language=language), named),
            asked_for,
            [one for one in records if one["linked_at"] <= instant],
            accounts[0] if accounts else None,
            actions[0] if actions else None,
            handovers[0] if handovers else None,
            clocks,
        )


def _has_mart(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether the generation has a mart; those of earlier versions have fewer."""
    found = connection.execute(
        "select 1 from information_schema.tables where table_schema = 'marts' and table_name = ?",
        [name],
    )
    return found.fetchone() is not None


def stage_now(explanation: Explanation, basis: str) -> Row | None:
    """The last transition that moved the lead on a basis."""
    moved = [one for one in explanation.stages if one["basis"] == basis and one["is_effective"]]
    return moved[-1] if moved else None


def _hold_against_history(
    connection: duckdb.DuckDBPyConnection, lead_id: str, at: datetime, score: Row | None
) -> None:
    """Look the scores up in the history, which must tell the same as the ledger's sums.

    Raises:
        LeadWarehouseError: it tells otherwise.
    """
    ask_for(connection, lead_id, [at])
    found = _rows(connection, HISTORY, [lead_id])
    told = found[0] if found else None
    names = ("fit_score", "intent_score")
    if (told is None) != (score is None) or (
        told and score and any(abs(told[name] - score[name]) > TOLERANCE for name in names)
    ):
        by_sums = {name: score[name] for name in names} if score else None
        raise LeadWarehouseError(
            f"{lead_id} at {at}: the history says {told}, the ledger {by_sums}; one of them is "
            "wrong, so nothing is explained: please report it"
        )


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Any) -> list[Row]:
    cursor = connection.execute(sql, parameters)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, map(_plain, row), strict=True)) for row in cursor.fetchall()]


def _plain(value: Any) -> Any:
    """Decimals without the zeros behind them."""
    if not isinstance(value, Decimal):
        return value
    whole = value == value.to_integral_value()
    return value.quantize(Decimal(1)) if whole else value.normalize()
