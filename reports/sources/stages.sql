select stage, sort_order, label_en, label_fr, upper(stage) as short
from seeds.lifecycle_stages
order by sort_order
