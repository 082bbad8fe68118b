-- zh: 获得用水按时率  en: Water within 48 hours  unit: "%"  better: higher  decimals: 1  target: ">= 95"
-- every: month, year  by: region
-- about-zh: 当期接通的用水报装中，两个工作日（48 小时）内接通的占比
-- about-en: Of the water supplies of the period, the share within two working days (48 hours)
select region, date_trunc('day', closed_at) as period,
       100.0 * count(*) filter (where working_days <= 2) / count(*) as value
from affairs where item = 'water-connection' and status = 'done' group by all
