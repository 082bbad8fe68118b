-- zh: 单箱最多故障盏数  en: Most lamps out at a cabinet  better: lower  decimals: 0
-- every: day, month  by: region
-- about-zh: 当期单个控制箱报告的最多故障盏数
-- about-en: The most lamps that one cabinet reported out in the period
select region, date_trunc('day', measured_at) as period, max(value) as value
from readings where measure = 'lamps_out' group by all
