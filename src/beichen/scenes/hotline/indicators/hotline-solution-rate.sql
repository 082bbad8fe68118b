-- zh: 热线解决率  en: Hotline solution rate  unit: "%"  better: higher  decimals: 1  target: ">= 90"
-- every: month, year  by: region, body
-- about-zh: 接诉即办「三率」之一：当期办结的热线诉求中，一次处置到位、没有返工的占比
-- about-en: Of the hotline's matters closed in the period, the share that were solved and never reopened
select region, body, date_trunc('month', closed_at) as period,
       100.0 * count(*) filter (where outcome = 'resolved' and reopenings = 0) / count(*) as value
from cases where scene = 'hotline' and outcome in ('resolved', 'refused') group by all
