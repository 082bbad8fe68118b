-- zh: PM2.5平均浓度  en: Mean PM2.5  unit: 微克/立方米  better: lower  decimals: 1  target: "<= 35"
-- every: day, month, year  by: region
-- about-zh: 当期各站细颗粒物读数的平均值
-- about-en: The mean of what the stations measured
select region, date_trunc('day', measured_at) as period, avg(value) as value
from readings where measure = 'pm25_ugm3' group by all
