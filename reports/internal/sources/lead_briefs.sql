select
    briefs.lead_id,
    briefs.completeness_rate,
    briefs.known_en, briefs.known_fr,
    briefs.missing_en, briefs.missing_fr,
    briefs.next_question_en, briefs.next_question_fr,
    briefs.next_why_en, briefs.next_why_fr,
    briefs.missing_roles_en, briefs.missing_roles_fr,
    briefs.tech_stack,
    briefs.strategic_issues,
    briefs.next_meeting_at,
    briefs.last_touched_at
from marts.rpt_discovery_briefs as briefs
inner join marts.fct_work_queue as queue on briefs.lead_id = queue.lead_id
