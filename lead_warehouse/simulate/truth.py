"""What is true of the sample company, written beside the exports and never landed."""

import json
from collections.abc import Iterator

from lead_warehouse.simulate.files import Export, iso
from lead_warehouse.simulate.interest import (
    FIT_COEFFICIENT,
    HALF_LIFE_DAYS,
    INTERCEPT,
    INTEREST_COEFFICIENT,
    SCALE,
    WEBINAR_MINUTES,
    WEIGHTS,
    interest_at,
    propensity,
)
from lead_warehouse.simulate.people import true_profile
from lead_warehouse.simulate.records import FIRST_DAY, LAST_DAY, OWN_DOMAIN, Lead
from lead_warehouse.simulate.segments import SEGMENTS
from lead_warehouse.simulate.world import Company


def model_of(leads: int, seed: int) -> str:
    """The true model, as JSON."""
    model = {
        "leads": leads,
        "seed": seed,
        "first_day": iso(FIRST_DAY),
        "last_day": iso(LAST_DAY),
        "own_domain": OWN_DOMAIN,
        "half_life_days": HALF_LIFE_DAYS,
        "weights": {kind: {"group": g, "points": p} for kind, (g, p) in WEIGHTS.items()},
        "webinar": {
            "reference_minutes": WEBINAR_MINUTES,
            "min_depth_factor": 0.5,
            "max_depth_factor": 1.5,
        },
        "interest": "sum over a person's own interactions of "
        "points * depth factor * 0.5 ** (days since / half-life of the group)",
        "conversion": {
            "of": "a lead that sales first touches in a pursuit becomes a customer",
            "log_odds": "intercept + fit * true_fit + interest * ln(1 + interest / scale)",
            "intercept": INTERCEPT,
            "fit": FIT_COEFFICIENT,
            "interest": INTEREST_COEFFICIENT,
            "scale": SCALE,
        },
        "segments": {
            name: {
                "profile": one.profile or None,
                "share": one.share,
                "fit": one.fit,
                "fit_of_wanted_function": one.function_fit,
                "fit_of_wanted_seniority": one.function_fit,
                "functions": one.functions,
                "seniorities": one.seniorities,
            }
            for name, one in SEGMENTS.items()
        },
    }
    return json.dumps(model, indent=2, ensure_ascii=False) + "\n"


def truth_exports(company: Company) -> Iterator[Export]:
    """Truth of leads, of each pursuit by sales, and of interactions that no person made."""
    yield Export(
        "leads.csv",
        [
            *("lead_id", "segment", "profile", "fit", "interest_at_end", "propensity_at_creation"),
            *("propensity_at_end", "is_bot", "duplicate_of", "merged_into", "outcome"),
        ],
        (_lead_row(lead) for lead in company.leads),
    )
    yield Export(
        "pursuits.csv",
        [
            *("lead_id", "trigger", "started_at", "touched_at", "fit", "interest", "propensity"),
            *("buys", "outcome"),
        ],
        (
            [
                *(lead.lead_id, one.trigger, iso(one.started_at), iso(one.touched_at)),
                *(f"{lead.fit:.4f}", f"{one.interest:.4f}", f"{one.propensity:.6f}"),
                *(_word(one.buys), one.outcome),
            ]
            for lead in company.leads
            for one in lead.pursuits
        ),
    )
    yield Export(
        "not_people.csv",
        ["interaction_id", "lead_id", "made_by"],
        (
            [one.interaction_id, one.lead_id, one.made_by]
            for one in company.interactions
            if one.made_by not in ("person", "visitor")
        ),
    )


def _lead_row(lead: Lead) -> list[str]:
    person = lead.duplicate_of or lead
    created, end = (interest_at(person.interactions, at) for at in (lead.created_at, LAST_DAY))
    return [
        lead.lead_id,
        lead.segment,
        true_profile(lead),
        f"{lead.fit:.4f}",
        f"{end:.4f}",
        f"{propensity(lead.fit, created):.6f}",
        f"{propensity(lead.fit, end):.6f}",
        _word(lead.is_bot),
        lead.duplicate_of.lead_id if lead.duplicate_of else "",
        lead.merged_into.lead_id if lead.merged_into else "",
        outcome_of(lead),
    ]


def outcome_of(lead: Lead) -> str:
    """How it went for a lead until the end of the data."""
    if lead.duplicate_of:
        return "duplicate"
    outcomes = {deal.outcome for deal in lead.deals}
    for outcome, word in (("won", "customer"), ("open", "open_deal"), ("lost", "lost")):
        if outcome in outcomes:
            return word
    return lead.pursuits[-1].outcome if lead.pursuits else "never_pursued"


def _word(is_true: bool) -> str:
    return "true" if is_true else "false"
