-- zh: 停车泊位占用率  en: Occupancy of car parks  unit: "%"  better: neutral  decimals: 1
-- every: day, month, year  by: region
-- about-zh: 当期各停车场占用率读数的平均值
-- about-en: The mean of the occupancy that lots reported
select region, date_trunc('day', measured_at) as period, avg(value) as value
from readings where measure = 'occupancy_pct' group by all
