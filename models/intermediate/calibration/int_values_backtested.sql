-- What of a lead is held against outcomes: values of attributes as known at the scoring, and bins
-- of what leads are ranked by. Numbers are binned by powers of two.
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

),

horizons as (

    select * from {{ ref('backtest_horizons') }}

),

earliest_days as (

    select min(days_after_creation) as days_after_creation
    from horizons

),

earliest as (

    select horizons.horizon
    from horizons
    inner join earliest_days
        on horizons.days_after_creation = earliest_days.days_after_creation

),

scoring_attributes as (

    select
        attributes.attribute,
        attributes.value_type,
        settings.is_in_naive_bayes or attributes.attribute = 'source' as is_foretelling
    from attributes
    inner join settings
        on attributes.attribute = settings.attribute
    where settings.known_from <> 'outcome'

),

known_then as (

    select
        leads.lead_id,
        {% for attribute in fit_attributes_read() %}
            enriched.{{ attribute }},
        {% endfor %}
        leads.horizon
    from leads
    inner join enriched
        on
            leads.lead_id = enriched.lead_id
            and leads.scored_at >= enriched.valid_from
            and leads.scored_at < {{ open_end('enriched.valid_to') }}

),

given as (

    {% for attribute in fit_attributes_read() %}
        select
            known_then.lead_id,
            known_then.horizon,
            '{{ attribute }}' as name,
            cast(known_then.{{ attribute }} as varchar) as given_value
        from known_then
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

values_of_attributes as (

    select
        given.lead_id,
        given.horizon,
        'attribute' as kind,
        given.name,
        case
            when given.given_value is null then null
            when scoring_attributes.value_type = 'number'
                then
                    cast(
                        floor(
                            log2(
                                greatest(cast(given.given_value as double), cast(1 as double))
                            )
                        ) as varchar
                    )
            else {{ normalized_text('given.given_value') }}
        end as value,
        cast(null as double) as rank_value
    from given
    inner join scoring_attributes
        on given.name = scoring_attributes.attribute
    left join earliest
        on given.horizon = earliest.horizon
    where
        earliest.horizon is not null
        or (scoring_attributes.is_foretelling and given.given_value is not null)

),

ranked_by as (

    {% for name, expression in [
        ('fit_and_intent', 'fit_score + intent_score'),
        ('fit', 'fit_score'),
        ('intent', 'intent_score'),
        ('fit_and_undecayed', 'fit_score + undecayed_score'),
        ('interaction_count', 'interaction_count'),
    ] %}
        select
            lead_id,
            horizon,
            '{{ name }}' as name,
            round(cast({{ expression }} as double), 2) as rank_value
        from leads
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

final as (

    select * from values_of_attributes
    union all
    select
        lead_id,
        horizon,
        'ranking' as kind,
        name,
        cast(
            case
                when name = 'interaction_count' then floor(log2(rank_value + 1))
                else floor(rank_value / 10)
            end as varchar
        ) as value,
        rank_value
    from ranked_by

)

select * from final
