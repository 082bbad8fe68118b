-- zh: 供水最低压力  en: Lowest pressure  unit: 兆帕  better: higher  decimals: 3
-- every: day, month  by: region
-- about-zh: 当期测压点读数的最小值
-- about-en: The lowest that a point measured
select region, date_trunc('day', measured_at) as period, min(value) as value
from readings where measure = 'pressure_mpa' group by all
