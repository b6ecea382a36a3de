-- A country without a row has the period that holds everywhere, and so has whom nobody knows.
with people as (

    select * from {{ ref('int_people_classified') }}

),

policies as (

    select * from {{ ref('tracking_policies') }}

),

countries as (

    select country_code from people
    where country_code is not null
    union
    select '*' as country_code

),

types as (

    select distinct interaction_type from policies

),

matched as (

    select
        types.interaction_type,
        countries.country_code,
        case
            when of_country.policy is not null then of_country.retention_days
            else elsewhere.retention_days
        end as retention_days
    from types
    cross join countries
    left join policies as of_country
        on
            types.interaction_type = of_country.interaction_type
            and countries.country_code = of_country.country_code
    left join policies as elsewhere
        on
            types.interaction_type = elsewhere.interaction_type
            and elsewhere.country_code = '*'

),

final as (

    select
        interaction_type,
        country_code,
        retention_days
    from matched
    where retention_days is not null

)

select * from final
