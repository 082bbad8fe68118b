-- zh: 热线响应率  en: Hotline response rate  unit: "%"  better: higher  decimals: 1  target: ">= 98"
-- every: month, year  by: region, body
-- about-zh: 接诉即办「三率」之一：当期受理的热线诉求中，按时受理的占比
-- about-en: Of the hotline's matters accepted in the period, the share accepted in time
select region, body, date_trunc('month', accepted_at) as period,
       100.0 * count(*) filter (where accepted_in_time) / count(*) as value
from cases where scene = 'hotline' and accepted_in_time is not null group by all
