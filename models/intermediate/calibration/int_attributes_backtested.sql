-- Attributes of leads as known at a scoring of the past, side by side: a row for each would be a
-- dozen times as many. Numbers are binned by powers of two. At later horizons only those that a
-- baseline foretells from.
with leads as (

    select * from {{ ref('int_leads_backtested') }}
    where fit_score is not null

),

enriched as (

    select * from {{ ref('int_leads_enriched') }}

),

attributes as (

    select * from {{ ref('fit_attributes') }}

),

settings as (

    select * from {{ ref('backtest_attributes') }}
    where known_from <> 'outcome'

),

horizons as (

    select * from {{ ref('backtest_horizons') }}

),

earliest_days as (

    select min(days_after_creation) as days_after_creation
    from horizons

),

scorings as (

    select
        leads.lead_id,
        leads.horizon,
        leads.scored_at,
        leads.scoring_month,
        leads.as_of,
        leads.is_known_at_assumed,
        coalesce(horizons.days_after_creation = earliest_days.days_after_creation, false)
            as is_earliest
    from leads
    cross join earliest_days
    left join horizons
        on leads.horizon = horizons.horizon

),

used as (

    select
        attributes.attribute,
        attributes.value_type = 'number' as is_number,
        settings.is_in_naive_bayes or attributes.attribute = 'source' as is_foretelling
    from attributes
    inner join settings
        on attributes.attribute = settings.attribute

),

-- One row, with two columns for each attribute; null for those that are not used.
uses as (

    select
        {% for attribute in fit_attributes_read() -%}
            bool_or(case when attribute = '{{ attribute }}' then is_number end)
                as {{ attribute }}_is_number,
            bool_or(case when attribute = '{{ attribute }}' then is_foretelling end)
                as {{ attribute }}_is_foretelling,
        {% endfor -%}
        count(*) as attribute_count
    from used

),

final as (

    select
        scorings.lead_id,
        scorings.horizon,
        scorings.scoring_month,
        scorings.as_of,
        scorings.is_known_at_assumed,
        {% for attribute in fit_attributes_read() -%}
            case
                when not (scorings.is_earliest or uses.{{ attribute }}_is_foretelling) then null
                when enriched.{{ attribute }} is null then null
                when uses.{{ attribute }}_is_number
                    then
                        cast(
                            floor(
                                log2(
                                    greatest(
                                        cast(
                                            cast(enriched.{{ attribute }} as varchar) as double
                                        ),
                                        cast(1 as double)
                                    )
                                )
                            ) as varchar
                        )
                when not uses.{{ attribute }}_is_number
                    then {{ normalized_text('cast(enriched.' ~ attribute ~ ' as varchar)') }}
            end as {{ attribute }},
        {% endfor -%}
        scorings.is_earliest
    from scorings
    cross join uses
    inner join enriched
        on
            scorings.lead_id = enriched.lead_id
            and scorings.scored_at >= enriched.valid_from
            and scorings.scored_at < {{ open_end('enriched.valid_to') }}

)

select * from final
