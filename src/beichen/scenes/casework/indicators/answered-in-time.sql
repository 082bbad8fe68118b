-- zh: 按时答复率  en: Answered in time  unit: "%"  better: higher  decimals: 1  target: ">= 95"
-- every: day, month, year  by: region, body, event, region+event (month, year)
-- about-zh: 当期答复的案件中，在规定时限内答复的占比
-- about-en: Of the cases answered in the period, the share answered within the time set for it
select region, body, event, date_trunc('day', answered_at) as period,
       100.0 * count(*) filter (where answered_in_time) / count(*) as value
from cases where answered_in_time is not null group by all
