-- zh: 路灯用电量  en: Energy of street lights  unit: 千瓦时  better: lower  decimals: 1
-- every: day, month, year  by: region
-- about-zh: 各控制箱上报的时段用电量之和
-- about-en: The sum of what cabinets reported to have used
select region, date_trunc('day', measured_at) as period, sum(value) as value
from readings where measure = 'used_kwh' group by all
