-- zh: 夜间最小流量  en: Least flow of the day  unit: 立方米/小时  better: lower  decimals: 1
-- every: day, month  by: region
-- about-zh: 当期分区计量表流量的最小值，长期升高提示漏损
-- about-en: The least that a district meter measured; where it grows from week to week, something leaks
select region, date_trunc('day', measured_at) as period, min(value) as value
from readings where measure = 'flow_m3h' group by all
