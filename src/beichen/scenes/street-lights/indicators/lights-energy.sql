-- zh: 路灯平均功率  en: Average power of a lighting cabinet  unit: 千瓦  better: lower  decimals: 2
-- every: day, month  by: region
-- about-zh: 当期各控制箱功率读数的平均值
-- about-en: The mean of what cabinets drew in the period
select region, date_trunc('day', measured_at) as period, avg(value) as value
from readings where measure = 'lighting_kw' group by all
