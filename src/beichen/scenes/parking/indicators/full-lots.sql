-- zh: 停满时段占比  en: Time in which lots were full  unit: "%"  better: lower  decimals: 1
-- every: day, month, year  by: region
-- about-zh: 占用率不低于95%的读数占全部读数的比例
-- about-en: Of all readings the share at 95 percent and more
select region, date_trunc('day', measured_at) as period,
       100.0 * count(*) filter (where value >= 95) / count(*) as value
from readings where measure = 'occupancy_pct' group by all
