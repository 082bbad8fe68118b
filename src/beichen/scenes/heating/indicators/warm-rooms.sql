-- zh: 室温达标率  en: Rooms warm enough  unit: "%"  better: higher  decimals: 1  target: ">= 98"
-- every: day, month  by: region
-- about-zh: 室温不低于18℃的读数占全部读数的比例
-- about-en: Of all readings the share at 18 °C and more
select region, date_trunc('day', measured_at) as period,
       100.0 * count(*) filter (where value >= 18) / count(*) as value
from readings where measure = 'indoor_c' group by all
