-- zh: 平均答复用时  en: Time until the answer  unit: 小时  better: lower  decimals: 1
-- every: day, month, year  by: region, body, event, region+event (month, year)
-- about-zh: 当期首次答复的案件，从发生到答复的平均小时数（自然时间）
-- about-en: Mean hours from opening to the answer, of the cases answered in the period, nights and holidays included
select region, body, event, date_trunc('day', answered_at) as period,
       avg(date_diff('second', opened_at, answered_at)) / 3600.0 as value
from cases where answered_at >= opened_at group by all
