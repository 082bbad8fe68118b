-- zh: 智能分类采纳率  en: Suggested kinds accepted  unit: "%"  better: higher  decimals: 1
-- every: day, month, year  by: region, event, region+event (month, year)
-- about-zh: 当期办结且曾给出分类建议的案件中，最终类型与首选建议一致的占比
-- about-en: Of the cases closed in the period for which kinds were suggested, the share that has the first of them
select region, event, date_trunc('day', closed_at) as period,
       100.0 * count(*) filter (where suggested_place = 1) / count(*) as value
from cases where outcome = 'resolved' and suggested is not null group by all
