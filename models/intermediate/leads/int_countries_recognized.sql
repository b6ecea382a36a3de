with lead_versions as (

    select * from {{ ref('int_leads_historized') }}

),

account_versions as (

    select * from {{ ref('int_accounts_historized') }}

),

country_names as (

    select * from {{ ref('country_names') }}

),

countries_given as (

    select country_code as given_country from lead_versions
    where country_code is not null
    union
    select country_code as given_country from account_versions
    where country_code is not null

),

-- What names no country is no country: it must not pass for one outside a region.
final as (

    select
        countries_given.given_country,
        country_names.country_code
    from countries_given
    inner join country_names
        on {{ normalized_words('countries_given.given_country') }} = country_names.country_name

)

select * from final
