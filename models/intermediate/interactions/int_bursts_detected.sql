-- More than a person can do in seconds. Ordering all interactions would cost more than the scores
-- do, so they are counted by person and span of time first: a burst lies in two neighbouring spans,
-- and one of them holds half of it. Only such spans and their neighbours are put in order. The key
-- of a span has 30 bits of the lead's hash before 33 of its number, counted from long before any
-- event, so that its neighbours are one more and one less.
{%- set span_key %}
cast({{ hashed_text('interactions.lead_id') }} % 1073741824 as bigint) * 8589934592
+ 4294967296
+ cast(floor({{ epoch_microseconds('interactions.occurred_at') }} / spans.span) as bigint)
{%- endset %}

with rules as (

    select traffic_bursts.*
    from {{ ref('traffic_bursts') }} as traffic_bursts
    inner join {{ ref('traffic_reasons') }} as traffic_reasons
        on traffic_bursts.zero_because = traffic_reasons.zero_because
    where traffic_bursts.is_active and traffic_reasons.is_active

),

types as (

    select
        burst,
        min_count,
        within_seconds,
        min_types,
        {{ split_to_rows('interaction_types', '|') }} as interaction_type
    from rules

),

spans as (

    select
        cast(max(within_seconds) as bigint) * 1000000 as span,
        min(ceil(min_count / 2.0)) as least_count
    from rules

),

-- One number says whose span it is, to group by and to look up by: a third of what text takes. That
-- two people share it by chance only puts more in order.
crowded as (

    select {{ span_key }} as span_key
    from {{ ref('int_interactions_traced') }} as interactions
    cross join spans
    where interactions.interaction_type in (select types.interaction_type from types)
    group by {{ span_key }}
    having count(*) >= max(spans.least_count)

),

near_crowds as (

    select span_key from crowded
    union
    select span_key - 1 as span_key from crowded
    union
    select span_key + 1 as span_key from crowded

),

-- Read a second time, since an engine that keeps what is read twice would copy all of them.
candidates as (

    select
        interactions.lead_id,
        interactions.interaction_id,
        interactions.interaction_type,
        interactions.occurred_at
    from {{ ref('int_interactions_traced') }} as interactions
    cross join spans
    where {{ span_key }} in (select near_crowds.span_key from near_crowds)

),

numbered as (

    select
        types.burst,
        types.min_count,
        types.within_seconds,
        types.min_types,
        candidates.lead_id,
        candidates.interaction_id,
        candidates.interaction_type,
        candidates.occurred_at,
        row_number() over (
            partition by types.burst, candidates.lead_id
            order by candidates.occurred_at, candidates.interaction_id
        ) as place
    from candidates
    inner join types
        on candidates.interaction_type = types.interaction_type

),

-- An interaction begins a burst when the one that completes the count comes soon enough.
begun as (

    select
        starts.burst,
        starts.lead_id,
        starts.place as first_place,
        ends.place as last_place,
        starts.occurred_at as starts_at,
        ends.occurred_at as ends_at,
        case
            when
                starts.place <= lag(ends.place) over (
                    partition by starts.burst, starts.lead_id
                    order by starts.place
                )
                then 0
            else 1
        end as is_new
    from numbered as starts
    inner join numbered as ends
        on
            starts.burst = ends.burst
            and starts.lead_id = ends.lead_id
            and starts.place + starts.min_count - 1 = ends.place
    where
        {{ epoch_microseconds('ends.occurred_at') }}
        - {{ epoch_microseconds('starts.occurred_at') }}
        <= cast(starts.within_seconds as bigint) * 1000000

),

told_apart as (

    select
        *,
        sum(is_new) over (
            partition by burst, lead_id
            order by first_place
            rows between unbounded preceding and current row
        ) as burst_number
    from begun

),

put_together as (

    select
        burst,
        lead_id,
        min(first_place) as first_place,
        max(last_place) as last_place,
        min(starts_at) as starts_at,
        max(ends_at) as ends_at
    from told_apart
    group by burst, lead_id, burst_number

),

final as (

    select
        put_together.burst,
        put_together.lead_id,
        put_together.starts_at,
        put_together.ends_at,
        max(
            case
                when numbered.place = put_together.first_place then numbered.interaction_id
            end
        ) as first_interaction_id,
        cast(count(*) as bigint) as interaction_count
    from put_together
    inner join numbered
        on
            put_together.burst = numbered.burst
            and put_together.lead_id = numbered.lead_id
            and put_together.first_place <= numbered.place
            and put_together.last_place >= numbered.place
    group by
        put_together.burst,
        put_together.lead_id,
        put_together.starts_at,
        put_together.ends_at,
        numbered.min_types
    having count(distinct numbered.interaction_type) >= numbered.min_types

)

select * from final
