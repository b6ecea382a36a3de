"""Exports of the back office: deals, proposals, subscriptions, invoices, costs and targets."""

from collections.abc import Iterator

from lead_warehouse.simulate.files import Export, iso, local, money
from lead_warehouse.simulate.records import Deal
from lead_warehouse.simulate.world import Company

FRENCH = {
    "won": "Gagnée",
    "lost": "Perdue",
    "open": "En cours",
    "discovery": "Découverte",
    "proposal": "Proposition",
    "negotiation": "Négociation",
    "new": "Nouvelle",
    "expansion": "Extension",
}
FORECASTS = {"discovery": "pipeline", "proposal": "best case", "negotiation": "commit"}
DAY_AND_TIME = "%d/%m/%Y %H:%M"


def finance_exports(company: Company) -> Iterator[Export]:
    """What the back office exports."""
    yield _deal_export(company)
    yield _foreign_deal_export(company)
    yield _deal_stage_export(company)
    yield _deal_contact_export(company)
    yield _proposal_export(company)
    yield _subscription_export(company)
    yield _invoice_export(company)
    yield _sales_cost_export(company)
    yield _target_export(company)


def _stage(deal: Deal) -> str:
    return deal.stages[-1].stage if deal.stages else deal.outcome


def _forecast(deal: Deal) -> str:
    return FORECASTS.get(_stage(deal), "") if deal.outcome == "open" else ""


def _deal_export(company: Company) -> Export:
    """Deals in euros, as a French back office exports them."""
    return Export(
        "affaires.csv",
        [
            *("Affaire", "Contact", "Statut", "Montant HT", "Ouverte le", "Close le", "Motif"),
            *("Compte", "Type", "Étape", "Prévision", "Échéance", "Commercial"),
        ],
        (
            [
                deal.deal_id,
                deal.lead_id,
                FRENCH[deal.outcome],
                money(deal.amount, ","),
                local(deal.opened_at, "Europe/Paris", DAY_AND_TIME),
                local(deal.closed_at, "Europe/Paris", DAY_AND_TIME),
                deal.lost_reason,
                deal.account.account_id,
                FRENCH[deal.kind],
                FRENCH.get(_stage(deal), ""),
                _forecast(deal),
                f"{deal.stages[-1].expected_close:%d/%m/%Y}" if deal.stages else "",
                deal.user_id,
            ]
            for deal in company.deals
            if deal.currency == "EUR"
        ),
        delimiter=";",
        is_damaged=True,
    )


def _foreign_deal_export(company: Company) -> Export:
    """Deals in other currencies, from the system of another office."""
    return Export(
        "deals_international.csv.gz",
        [
            *("deal", "contact", "account", "status", "stage", "type", "amount", "currency"),
            *("created", "closed", "expected_close", "lost_reason", "owner"),
        ],
        (
            [
                *(deal.deal_id, deal.lead_id, deal.account.account_id, deal.outcome),
                *(_stage(deal), deal.kind, money(deal.amount), deal.currency),
                *(iso(deal.opened_at), iso(deal.closed_at)),
                deal.stages[-1].expected_close if deal.stages else "",
                *(deal.lost_reason, deal.user_id),
            ]
            for deal in company.deals
            if deal.currency != "EUR"
        ),
    )


def _deal_stage_export(company: Company) -> Export:
    return Export(
        "etapes_affaires.csv",
        ["Affaire", "Étape", "Depuis le", "Montant HT", "Échéance", "Probabilité"],
        (
            [
                deal.deal_id,
                FRENCH[one.stage],
                local(one.at, "Europe/Paris", DAY_AND_TIME),
                money(one.amount, ","),
                f"{one.expected_close:%d/%m/%Y}",
                f"{one.probability:.2f}".replace(".", ","),
            ]
            for deal in company.deals
            for one in deal.stages
        ),
        delimiter=";",
        encoding="cp1252",
    )


def _deal_contact_export(company: Company) -> Export:
    return Export(
        "deal_contacts.csv",
        ["deal", "contact", "role", "primary", "added_at"],
        (
            [deal.deal_id, lead_id, role, "true" if is_primary else "false", iso(at)]
            for deal in company.deals
            for lead_id, role, is_primary, at in deal.contacts
        ),
    )


def _proposal_export(company: Company) -> Export:
    return Export(
        "devis.csv",
        [
            *("Devis", "Version", "Affaire", "Montant HT", "Devise", "Statut", "Créé le"),
            *("Envoyé le", "Décidé le"),
        ],
        (
            [
                f"P-{deal.deal_id[2:]}",
                one.version,
                deal.deal_id,
                money(one.amount, ","),
                deal.currency,
                one.status,
                *(
                    local(at, "Europe/Paris", DAY_AND_TIME)
                    for at in (one.created_at, one.sent_at, one.decided_at)
                ),
            ]
            for deal in company.deals
            for one in deal.proposals
        ),
        delimiter=";",
    )


def _subscription_export(company: Company) -> Export:
    return Export(
        "subscriptions.csv",
        [
            *("subscription", "account", "deal", "amount", "months", "currency", "starts_on"),
            *("ends_on", "cancelled_at", "cancel_reason"),
        ],
        (
            [
                *(one.subscription_id, one.deal.account.account_id, one.deal.deal_id),
                *(money(one.amount), one.months, one.deal.currency, one.starts_on, one.ends_on),
                *(iso(one.cancelled_at), one.cancel_reason),
            ]
            for one in company.subscriptions
        ),
    )


def _invoice_export(company: Company) -> Export:
    return Export(
        "factures.csv",
        [
            *("Facture", "Compte", "Abonnement", "Émise le", "Montant HT", "Marge", "Devise"),
            *("Payée le", "TVA"),
        ],
        (
            [
                one.invoice_id,
                one.deal.account.account_id,
                one.subscription_id,
                f"{one.issued_on:%d/%m/%Y}",
                money(one.net, ","),
                money(one.margin, ","),
                one.deal.currency,
                f"{one.paid_at:%d/%m/%Y}" if one.paid_at else "",
                money(one.net // 5, ","),
            ]
            for one in company.invoices
        ),
        delimiter=";",
        is_damaged=True,
    )


def _sales_cost_export(company: Company) -> Export:
    return Export(
        "sales_costs.csv",
        ["booking", "month", "team", "kind", "amount", "currency", "new_business"],
        (
            [
                *(f"SC-{number:04d}", one.month, one.team, one.kind, money(one.amount)),
                *("EUR", one.new_business_share),
            ]
            for number, one in enumerate(company.sales_costs, 1)
        ),
    )


def _target_export(company: Company) -> Export:
    return Export(
        "objectifs.csv",
        ["Mois", "Équipe", "Indicateur", "Objectif"],
        (
            [f"{month:%d/%m/%Y}", team, metric, f"{value:.1f}".replace(".", ",")]
            for month, team, metric, value in company.targets
        ),
        delimiter=";",
    )
