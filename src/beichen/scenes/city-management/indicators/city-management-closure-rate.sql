-- zh: 城管案件结案率  en: City management cases closed  unit: "%"  better: higher  decimals: 1  target: ">= 95"
-- every: month, year  by: region, body
-- about-zh: 当期发生的城管部件与事件案件中，已结案的占比；案件陆续办结，近期数值会上升
-- about-en: Of the cases that opened in the period, the share closed by now; the newest periods still rise
select region, body, date_trunc('month', opened_at) as period,
       100.0 * count(*) filter (where not is_open) / count(*) as value
from cases where scene = 'city-management' and outcome is distinct from 'merged' group by all
