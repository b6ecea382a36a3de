with statements as (

    select * from {{ ref('int_statements_attributed') }}

),

purposes as (

    select * from {{ ref('contact_purposes') }}

),

-- An objection that names no channel is one to all; a consent must name it where that is asked.
per_channel as (

    select
        statements.*,
        purposes.channel as counted_channel,
        coalesce(
            statements.is_proven_consent
            and (not purposes.is_channel_named or statements.channel = purposes.channel),
            false
        ) as is_consent_here
    from statements
    inner join purposes
        on
            statements.purpose = purposes.purpose
            and (
                statements.channel is null
                or purposes.channel = 'any'
                or statements.channel = purposes.channel
            )

),

final as (

    select
        lead_id,
        purpose,
        counted_channel as channel,
        max(case when is_objection then said_at end) as objected_at,
        max(case when is_consent_here then said_at end) as consented_at,
        max(
            case when not is_objection and claimed_ground = 'request' then said_at end
        ) as requested_at,
        max(
            case when not is_objection and claimed_ground = 'contract' then said_at end
        ) as contracted_at
    from per_channel
    group by lead_id, purpose, counted_channel

)

select * from final
