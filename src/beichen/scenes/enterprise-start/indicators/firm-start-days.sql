-- zh: 企业设立登记平均用时  en: Working days to register a firm  unit: 天  better: lower  decimals: 2  target: "<= 1"
-- every: month, year  by: region
-- about-zh: 当期办结的企业设立登记，从收件到办结的平均工作日（补正与中止时间不计）
-- about-en: Mean working days from application to answer, of the registrations concluded in the period; paused time is not counted
select region, date_trunc('day', closed_at) as period, avg(working_days) as value
from affairs where process = 'firm-registration' and status = 'done' group by all
