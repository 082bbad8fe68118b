-- zh: 热线满意率  en: Hotline satisfaction rate  unit: "%"  better: higher  decimals: 1  target: ">= 90"
-- every: month, year  by: region, body
-- about-zh: 接诉即办「三率」之一：当期有评价的热线诉求中，评价为满意（4 分及以上）的占比
-- about-en: Of the hotline's matters that were rated, the share with four stars or more
select region, body, date_trunc('month', answered_at) as period,
       100.0 * count(*) filter (where rating >= 4) / count(*) as value
from cases where scene = 'hotline' and rating is not null group by all
