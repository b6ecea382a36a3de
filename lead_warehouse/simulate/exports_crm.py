"""Exports of the CRM: contacts, accounts, stages and merges."""

import random
from collections.abc import Iterator
from datetime import datetime

from lead_warehouse.simulate.files import Export, iso, local
from lead_warehouse.simulate.records import Account, Lead
from lead_warehouse.simulate.segments import SEGMENTS
from lead_warehouse.simulate.world import Company

PAYS = {
    "FR": "France",
    "BE": "Belgique",
    "LU": "Luxembourg",
    "CH": "Suisse",
    "DE": "Allemagne",
    "ES": "Espagne",
    "IT": "Italie",
    "NL": "Pays-Bas",
    "GB": "Royaume-Uni",
    "US": "États-Unis",
    "CA": "Canada",
    "MA": "Maroc",
    "IN": "Inde",
}
INDEXES = {"FR": "SBF 120", "BE": "BEL 20", "CH": "SMI", "LU": "LuxX"}
MEDIUMS = {"paid_search": "cpc", "newsletter": "email", "webinar": "event", "trade_show": "event"}


def crm_exports(company: Company, rng: random.Random) -> Iterator[Export]:
    """What the CRM exports."""
    yield _contact_export(company)
    yield _enriched_export(company, rng)
    yield _account_export(company)
    yield _stage_export(company)
    yield _merge_export(company)


def _contact_export(company: Company) -> Export:
    """A CRM's contacts, with a column or two that mean something to the CRM alone."""
    return Export(
        "crm_contacts.csv",
        [
            *("Record ID", "Create Date", "Original Source", "Email", "Job Title", "Company"),
            *("Industry", "Employees", "Country", "Language", "Company ID", "Domain", "Listed"),
            *("Technologies", "Strategic Issues", "UTM Source", "UTM Medium", "UTM Campaign"),
            *("Campaign", "Owner", "Collected", "Notice Sent", "Lead Score", "Object Hash"),
        ],
        (_contact_row(lead) for lead in company.leads),
        is_damaged=True,
    )


def _contact_row(lead: Lead) -> list[str]:
    account = lead.account

    def known(attribute: str, text: str) -> str:
        return "" if attribute in lead.unknown else text

    is_private = lead.segment == "free_mail"
    number = int(lead.lead_id[2:])
    return [
        lead.lead_id,
        local(lead.created_at, "Europe/Paris"),
        lead.source,
        lead.email,
        known("job_title", lead.job_title),
        account.name,
        "" if is_private else known("industry", account.industry),
        "" if is_private else known("employee_count", str(account.employees)),
        account.country,
        lead.language,
        account.account_id,
        "" if is_private else account.domain,
        known("is_listed", "Yes" if account.is_listed else "No"),
        known("tech_stack", "; ".join(account.tech_stack)),
        known("strategic_issues", "; ".join(account.strategic_issues)),
        "google" if lead.source in ("paid_search", "organic_search") else "",
        MEDIUMS.get(lead.source, ""),
        lead.campaign_id.lower() if lead.source in MEDIUMS else "",
        lead.campaign_id,
        lead.owner_id,
        lead.provenance,
        local(lead.notice_given_at, "Europe/Paris"),
        str(number * 37 % 101),
        f"{number * 2654435761 % 2**32:08x}",
    ]


def _enriched_export(company: Company, rng: random.Random) -> Export:
    """A later export with the few columns of the changed ones."""
    rows = []
    for lead in company.leads:
        share = 0.08 if "employee_count" in lead.unknown else 0.015
        if rng.random() < share:
            grown = max(1, round(lead.account.employees * rng.uniform(0.95, 1.15)))
            rows.append([lead.lead_id, str(grown)])
    return Export("crm_contacts_enriched.csv", ["Record ID", "Employees"], rows)


def _account_export(company: Company) -> Export:
    return Export(
        "comptes.csv",
        [
            *("Code", "Raison sociale", "Domaine", "Immatriculation", "NACE", "Secteur"),
            *("Effectif", "Pays", "Technologies", "Enjeux", "Indice", "Maison mère", "Statut"),
            *("Catégorie", "Créé le", "Mot de passe portail"),
        ],
        (
            [
                one.account_id,
                one.name,
                one.domain,
                f"RN{int(one.account_id[2:]) * 7919 % 10**9:09d}",
                one.sector_code,
                one.industry,
                one.employees,
                PAYS[one.country],
                "; ".join(one.tech_stack),
                "; ".join(one.strategic_issues),
                INDEXES.get(one.country, "") if one.is_listed else "",
                one.parent_id,
                _status(one),
                _tier(one),
                local(one.created_at, "Europe/Paris", "%d/%m/%Y %H:%M"),
                "",
            ]
            for one in company.accounts
        ),
        delimiter=";",
        encoding="cp1252",
    )


def _status(one: Account) -> str:
    if one.cancelled_at:
        return "Ancien client"
    return "Client" if one.customer_since else "Prospect"


def _tier(one: Account) -> str:
    if SEGMENTS[one.segment].profile:
        return "A" if one.is_listed or one.employees > 250 else "B"
    return "C" if one.employees > 20 else ""


def _stage_export(company: Company) -> Export:
    """A CRM's stage history, gzipped, with some records delivered twice."""
    return Export(
        "crm_stage_history.csv.gz",
        ["Contact ID", "Lifecycle Stage", "Entered At", "Changed By", "Reason"],
        (
            [lead.lead_id, stage.upper(), iso(at), _changed_by(lead, stage, at), reason]
            for lead in company.leads
            for stage, at, reason in lead.stages
        ),
        is_damaged=True,
        repeated=0.01,
    )


def _changed_by(lead: Lead, stage: str, at: datetime) -> str:
    """Scores make an MQL, who pursues the lead everything else."""
    if stage == "mql":
        return "scoring"
    pursuing = [one.user_id for one in lead.pursuits if one.started_at <= at]
    return pursuing[-1] if pursuing else ""


def _merge_export(company: Company) -> Export:
    merged = [lead for lead in company.leads if lead.merged_into and lead.merged_at]
    return Export(
        "crm_merges.csv",
        ["merged", "kept", "at", "by"],
        (
            [
                lead.lead_id,
                lead.merged_into.lead_id if lead.merged_into else "",
                iso(lead.merged_at),
                "dedupe_job",
            ]
            for lead in merged
        ),
    )
