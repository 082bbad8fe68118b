-- zh: 最大小时雨强  en: Heaviest rain in an hour  unit: 毫米  better: neutral  decimals: 1
-- every: day, month, year  by: region
-- about-zh: 各雨量站当期最大的小时降雨量
-- about-en: The most that a gauge measured within an hour
select region, date_trunc('day', measured_at) as period, max(value) as value
from readings where measure = 'rain_mm_1h' group by all
