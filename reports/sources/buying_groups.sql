-- not people: account_count, covered_count, engaged_count
select
    profiles.label_en as profile_en,
    profiles.label_fr as profile_fr,
    roles.label_en as role_en,
    roles.label_fr as role_fr,
    roles.sort_order,
    roles.is_required,
    count(*) as account_count,
    count(*) filter (where roles.coverage <> 'missing') as covered_count,
    count(*) filter (where roles.coverage <> 'missing') / nullif(count(*), 0) as covered_rate,
    count(*) filter (where roles.coverage = 'engaged') / nullif(count(*), 0) as engaged_rate
from marts.rpt_buying_groups as roles
inner join seeds.icp_profiles as profiles on roles.profile = profiles.profile
where roles.is_leading_profile
group by all
order by profile_en, roles.sort_order
