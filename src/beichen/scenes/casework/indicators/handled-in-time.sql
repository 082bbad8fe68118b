-- zh: 按时处置率  en: Handled in time  unit: "%"  better: higher  decimals: 1  target: ">= 95"
-- every: day, month, year  by: region, body, event, region+event (month, year)
-- about-zh: 当期处置完成的案件中，在规定时限内完成的占比
-- about-en: Of the cases handled in the period, the share handled within the time set for it
select region, body, event, date_trunc('day', handled_at) as period,
       100.0 * count(*) filter (where handled_in_time) / count(*) as value
from cases where handled_in_time is not null group by all
