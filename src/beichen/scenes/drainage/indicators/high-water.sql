-- zh: 检查井最高水位  en: Highest level in a manhole  unit: 米  better: lower  decimals: 2
-- every: day, month  by: region
-- about-zh: 当期检查井水位的最大读数
-- about-en: The highest reading of a level in a manhole
select region, date_trunc('day', measured_at) as period, max(value) as value
from readings where measure = 'level_m' group by all
