-- zh: 落户平均用时  en: Working days to settle in  unit: 天  better: lower  decimals: 1  target: "<= 5"
-- every: month, year  by: region
-- about-zh: 当期办结的落户申请，从收件到决定的平均工作日（补正与中止时间不计）
-- about-en: Mean working days from application to decision, of those concluded in the period; paused time is not counted
select region, date_trunc('day', closed_at) as period, avg(working_days) as value
from affairs where process = 'settle-in' and status = 'done' group by all
