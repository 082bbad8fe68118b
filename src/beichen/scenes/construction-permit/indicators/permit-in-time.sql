-- zh: 建筑许可按时办结率  en: Construction permits in time  unit: "%"  better: higher  decimals: 1  target: ">= 95"
-- every: month, year  by: region
-- about-zh: 当期办结的建筑许可与联合验收中，在承诺时限内办结的占比
-- about-en: Of the permits and joint acceptances concluded in the period, the share within the promised time
select region, date_trunc('day', closed_at) as period,
       100.0 * count(*) filter (where in_time) / count(*) as value
from affairs where process in ('construction-permit', 'joint-acceptance') and status = 'done' group by all
