-- zh: 平均室温  en: Mean room temperature  unit: 摄氏度  better: neutral  decimals: 1
-- every: day, month  by: region
-- about-zh: 当期室温采集点读数的平均值
-- about-en: The mean of what thermometers in sample flats said
select region, date_trunc('day', measured_at) as period, avg(value) as value
from readings where measure = 'indoor_c' group by all
