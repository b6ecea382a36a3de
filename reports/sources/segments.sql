-- What the report can be cut by: the dimensions, and the segments of each in words.
with found as (
    select distinct dimension, coalesce(segment, '') as segment
    from marts.rpt_funnel_periods
    where dimension in ('all', 'channel', 'source', 'profile', 'country', 'team')
)

select
    found.dimension,
    dimensions.sort_order,
    dimensions.label_en as dimension_en,
    dimensions.label_fr as dimension_fr,
    found.segment,
    case
        when found.dimension = 'all' then dimensions.label_en
        when found.segment = '' then 'not known'
        else coalesce(profiles.label_en, said_en(found.segment))
    end as segment_en,
    case
        when found.dimension = 'all' then dimensions.label_fr
        when found.segment = '' then 'non renseigné'
        else coalesce(profiles.label_fr, said_fr(found.segment))
    end as segment_fr
from found
inner join seeds.report_dimensions as dimensions on found.dimension = dimensions.dimension
left join seeds.icp_profiles as profiles
    on found.dimension = 'profile' and found.segment = profiles.profile
order by dimensions.sort_order, found.segment
