-- zh: 网格主动发现率  en: Found on rounds  unit: "%"  better: higher  decimals: 1
-- every: month, year  by: region
-- about-zh: 当期发生的网格事件中，由网格员巡查上报的占比
-- about-en: Of the grid's cases that opened in the period, the share that its workers found on their rounds
select region, date_trunc('month', opened_at) as period,
       100.0 * count(*) filter (where source = 'patrol') / count(*) as value
from cases where scene = 'grid' group by all
