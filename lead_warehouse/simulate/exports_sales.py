"""Exports of the tools of sales: sellers, assignments, touches, meetings, answers."""

from collections.abc import Iterator

from lead_warehouse.simulate.files import Export, iso, with_offset
from lead_warehouse.simulate.team import TEAMS
from lead_warehouse.simulate.world import Company


def sales_exports(company: Company) -> Iterator[Export]:
    """What the tools of sales export."""
    yield _user_export(company)
    yield _absence_export(company)
    yield _assignment_export(company)
    yield _call_export(company)
    yield _meeting_export(company)
    yield _qualification_export(company)


def _user_export(company: Company) -> Export:
    return Export(
        "sales_users.csv",
        ["user", "name", "role", "team", "territory", "calendar", "capacity", "from", "until"],
        (
            [
                *(one.user_id, one.name, one.role, one.team, *TEAMS[one.team][:2]),
                *(one.capacity or "", one.active_from, one.active_until or ""),
            ]
            for one in company.team.sellers
        ),
    )


def _absence_export(company: Company) -> Export:
    return Export(
        "abwesenheiten.csv",
        ["Person", "Von", "Bis", "Grund"],
        (
            [user_id, f"{first:%d.%m.%Y}", f"{last:%d.%m.%Y}", reason]
            for user_id, first, last, reason in company.absences
        ),
        delimiter=";",
        encoding="latin-1",
    )


def _assignment_export(company: Company) -> Export:
    return Export(
        "lead_assignments.csv",
        ["contact", "assigned_at", "owner", "assigned_by"],
        (
            [lead.lead_id, iso(at), owner_id, by]
            for lead in company.leads
            for at, owner_id, by in lead.assignments
        ),
    )


def _call_export(company: Company) -> Export:
    """Calls and e-mails of the sellers, in the time of their desk."""
    touches = company.numbered_activities(is_meeting=False)
    return Export(
        "sales_touches.csv",
        ["Touch", "Contact", "Seller", "Type", "Automatic", "Done At", "Minutes", "Result"],
        (
            [
                *(number, one.lead_id, one.user_id, one.kind, "Y" if one.is_automatic else "N"),
                *(with_offset(one.occurred_at, "Europe/Paris"), one.minutes or "", one.outcome),
            ]
            for number, one in touches
        ),
        is_damaged=True,
    )


def _meeting_export(company: Company) -> Export:
    meetings = company.numbered_activities(is_meeting=True)
    return Export(
        "sales_meetings.csv",
        ["Meeting", "Contact", "Host", "Booked", "Planned", "Held", "State", "Minutes"],
        (
            [
                *(number, one.lead_id, one.user_id, iso(one.created_at), iso(one.scheduled_for)),
                *(iso(one.occurred_at), one.meeting_status, one.minutes or ""),
            ]
            for number, one in meetings
        ),
    )


def _qualification_export(company: Company) -> Export:
    answers = sorted(
        (one for lead in company.leads for one in lead.qualifications),
        key=lambda one: (one.at, one.lead_id, one.criterion),
    )
    return Export(
        "qualifications.csv",
        [
            *("id", "contact", "framework", "criterion", "status", "answer", "evidence"),
            *("recorded_by", "recorded_at"),
        ],
        (
            [
                *(f"Q-{number:06d}", one.lead_id, one.framework, one.criterion, one.status),
                *(one.answer, one.evidence, one.user_id, iso(one.at)),
            ]
            for number, one in enumerate(answers, 1)
        ),
    )
