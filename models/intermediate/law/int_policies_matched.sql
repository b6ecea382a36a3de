with people as (

    select * from {{ ref('int_people_classified') }}

),

purposes as (

    select * from {{ ref('contact_purposes') }}

),

policies as (

    select * from {{ ref('contact_policies') }}

),

kinds as (

    select distinct
        coalesce(country_code, '*') as country_code,
        address_kind
    from people

),

ranked as (

    select
        kinds.country_code,
        kinds.address_kind,
        purposes.purpose,
        purposes.channel,
        policies.policy,
        policies.ground_needed,
        policies.request_days,
        row_number() over (
            partition by
                kinds.country_code, kinds.address_kind, purposes.purpose, purposes.channel
            order by
                case when policies.country_code = '*' then 1 else 0 end,
                case when policies.address_kind = '*' then 1 else 0 end
        ) as place
    from kinds
    cross join purposes
    left join policies
        on
            purposes.purpose = policies.purpose
            and purposes.channel = policies.channel
            and (policies.country_code = '*' or kinds.country_code = policies.country_code)
            and (policies.address_kind = '*' or kinds.address_kind = policies.address_kind)

),

final as (

    select
        country_code,
        address_kind,
        purpose,
        channel,
        policy,
        ground_needed,
        request_days
    from ranked
    where place = 1

)

select * from final
