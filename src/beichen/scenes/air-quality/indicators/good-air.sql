-- zh: 优良时段占比  en: Time of good air  unit: "%"  better: higher  decimals: 1  target: ">= 84"
-- every: day, month, year  by: region
-- about-zh: 空气质量指数不高于100的读数占全部读数的比例
-- about-en: Of all readings the share at an index of 100 and less
select region, date_trunc('day', measured_at) as period,
       100.0 * count(*) filter (where value <= 100) / count(*) as value
from readings where measure = 'aqi' group by all
