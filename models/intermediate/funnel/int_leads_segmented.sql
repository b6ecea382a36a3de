with lead_versions as (

    select * from {{ ref('int_leads_historized') }}
    where valid_to is null

),

sources_mapped as (

    select * from {{ ref('int_sources_mapped') }}

),

countries as (

    select * from {{ ref('int_countries_recognized') }}

),

-- Who has the lead, or had it last: a lead that is lost or recycled is nobody's now.
owners as (

    select
        lead_id,
        owner_id,
        row_number() over (partition by lead_id order by valid_from desc) as place
    from {{ ref('int_lead_owners_historized') }}
    where owner_id is not null

),

sales_users as (

    select * from {{ ref('int_sales_users_resolved') }}

),

scores as (

    select * from {{ ref('int_scores_stored') }}

),

stages as (

    select * from {{ ref('int_stages_sequenced') }}
    where basis = 'rules' and to_stage = 'mql'

),

dimensions as (

    select * from {{ ref('report_dimensions') }}

),

-- What a lead qualified for first is kept: its best profile may be another one since.
first_qualified as (

    select
        lead_id,
        profile,
        row_number() over (partition by lead_id order by transition_number) as place
    from stages

),

described as (

    select
        lead_versions.lead_id,
        sources_mapped.channel,
        sources_mapped.source,
        coalesce(
            {{ named_segment('lead_versions.campaign_id') }},
            {{ named_segment('lead_versions.utm_campaign') }}
        ) as campaign,
        coalesce(first_qualified.profile, scores.profile) as profile,
        coalesce(countries.country_code, nullif(trim(lead_versions.country_code), ''))
            as country,
        owners.owner_id,
        sales_users.team
    from lead_versions
    left join sources_mapped
        on
            {{ surrogate_key([
                'lead_versions.source', 'lead_versions.utm_source', 'lead_versions.utm_medium',
            ]) }} = sources_mapped.source_mapping_id
    left join countries
        on lead_versions.country_code = countries.given_country
    left join owners
        on
            lead_versions.lead_id = owners.lead_id
            and owners.place = 1
    left join sales_users
        on owners.owner_id = sales_users.sales_user_id
    left join scores
        on lead_versions.lead_id = scores.lead_id
    left join first_qualified
        on
            lead_versions.lead_id = first_qualified.lead_id
            and first_qualified.place = 1

),

final as (

    select
        described.lead_id,
        dimensions.dimension,
        case dimensions.dimension
            when 'all' then 'all'
            when 'channel' then described.channel
            when 'source' then described.source
            when 'campaign' then described.campaign
            when 'profile' then described.profile
            when 'country' then described.country
            when 'owner' then described.owner_id
            when 'team' then described.team
        end as segment
    from described
    cross join dimensions

)

select * from final
