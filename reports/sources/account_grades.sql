-- not people: account_count
select
    coalesce(accounts.fit_band, '–') as fit_band,
    coalesce(accounts.intent_band, '–') as intent_band,
    count(*) as account_count
from marts.fct_account_scores as accounts
group by all
order by all
