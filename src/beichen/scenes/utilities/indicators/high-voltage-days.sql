-- zh: 高压接电平均用时  en: Working days until high-voltage supply  unit: 天  better: lower  decimals: 1  target: "<= 40"
-- every: month, year  by: region
-- about-zh: 当期接通的高压用电报装，从受理到通电的平均工作日
-- about-en: Mean working days from application to supply, of high-voltage supplies in the period
select region, date_trunc('day', closed_at) as period, avg(working_days) as value
from affairs where item = 'power-high' and status = 'done' group by all
