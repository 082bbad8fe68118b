-- zh: 返工率  en: Reopened  unit: "%"  better: lower  decimals: 1  target: "<= 5"
-- every: day, month, year  by: region, body, event, region+event (month, year)
-- about-zh: 当期办结的案件中，曾因处置不到位返工的占比
-- about-en: Of the cases closed in the period, the share that had to be handled again
select region, body, event, date_trunc('day', closed_at) as period,
       100.0 * count(*) filter (where reopenings > 0) / count(*) as value
from cases where outcome = 'resolved' group by all
