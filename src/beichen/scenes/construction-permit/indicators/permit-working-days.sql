-- zh: 建筑许可平均用时  en: Working days of a construction permit  unit: 天  better: lower  decimals: 1  target: "<= 50"
-- every: month, year  by: region
-- about-zh: 当期办结的建筑许可，从收件到决定的平均工作日（补正与中止时间不计）
-- about-en: Mean working days from application to decision, of the permits concluded in the period; paused time is not counted
select region, date_trunc('day', closed_at) as period, avg(working_days) as value
from affairs where process = 'construction-permit' and status = 'done' group by all
