{#- What the generation built upon had, as long as this table is not built anew. -#}
{%- set before = load_relation(this) if execute and this -%}

-- The rules on leads and on mail domains go by what is known last, and that changes without a word
-- of the lead itself: with its person's record, its company's, or another match.
with leads_screened as (

    select * from {{ ref('int_leads_screened') }}

),

overrides as (

    select * from {{ ref('traffic_overrides') }}
    where domain is not null

),

leads as (

    select * from {{ ref('int_leads_enriched') }}
    where valid_to is null

),

refusals as (

    select * from {{ ref('int_tracking_refusals_dated') }}

),

judged as (

    select
        lead_id,
        'lead' as rule_kind,
        lead_rule as rule
    from leads_screened
    union
    select
        leads.lead_id,
        'override' as rule_kind,
        overrides.override as rule
    from leads
    inner join overrides
        on leads.email_domain = overrides.domain
    union
    -- Until when counts as well: a consent given since makes another row of it.
    select
        lead_id,
        'tracking' as rule_kind,
        concat_ws(
            ' ', policy, cast(refused_from as varchar), cast(refused_until as varchar)
        ) as rule
    from refusals

),

judged_before as (

    {% if before -%}
        select
            lead_id,
            rule_kind,
            rule
        from {{ this }}
        where is_judged
    {%- else -%}
        select * from judged
        where false
    {%- endif %}

),

final as (

    select
        coalesce(judged.lead_id, judged_before.lead_id) as lead_id,
        coalesce(judged.rule_kind, judged_before.rule_kind) as rule_kind,
        coalesce(judged.rule, judged_before.rule) as rule,
        judged.lead_id is not null as is_judged,
        judged.lead_id is null or judged_before.lead_id is null as is_rejudged
    from judged
    full outer join judged_before
        on
            judged.lead_id = judged_before.lead_id
            and judged.rule_kind = judged_before.rule_kind
            and judged.rule = judged_before.rule

)

select * from final
