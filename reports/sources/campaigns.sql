select
    coalesce(campaigns.campaign_name, campaigns.campaign_id) as campaign,
    coalesce(said_en(campaigns.channel), '–') as channel_en,
    coalesce(said_fr(campaigns.channel), '–') as channel_fr,
    campaigns.starts_on,
    masked(campaigns.member_count, campaigns.member_count) as member_count,
    masked(campaigns.responded_count, campaigns.responded_count) as responded_count,
    masked_rate(campaigns.response_rate, campaigns.responded_count, campaigns.member_count)
        as response_rate,
    masked(campaigns.touched_deal_count, campaigns.touched_deal_count) as touched_deal_count,
    masked(campaigns.touched_won_count, campaigns.touched_won_count) as touched_won_count,
    cast(campaigns.influenced_won_amount as double) as influenced_won_amount,
    cast(campaigns.influenced_open_amount as double) as influenced_open_amount
from marts.rpt_campaigns as campaigns
order by campaigns.influenced_won_amount desc nulls last, campaign
