-- zh: 按时受理率  en: Accepted in time  unit: "%"  better: higher  decimals: 1  target: ">= 95"
-- every: day, month, year  by: region, body, event, region+event (month, year)
-- about-zh: 当期受理的案件中，在规定时限内受理的占比
-- about-en: Of the cases accepted in the period, the share accepted within the time set for it
select region, body, event, date_trunc('day', accepted_at) as period,
       100.0 * count(*) filter (where accepted_in_time) / count(*) as value
from cases where accepted_in_time is not null group by all
