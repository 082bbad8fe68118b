-- zh: 获得电力平均用时  en: Working days until electricity  unit: 天  better: lower  decimals: 1  target: "<= 7"
-- every: month, year  by: region
-- about-zh: 当期接通的小微企业用电报装，从受理到通电的平均工作日
-- about-en: Mean working days from application to supply, of small firms supplied in the period
select region, date_trunc('day', closed_at) as period, avg(working_days) as value
from affairs where item = 'power-small' and status = 'done' group by all
