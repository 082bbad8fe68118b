-- zh: 检查井冒溢案件  en: Manhole overflows  unit: 件  better: lower  decimals: 0
-- every: day, month, year  by: region
-- about-zh: 当期发生的检查井冒溢案件数，同一处短时间内的多次反映合为一件
-- about-en: Cases of an overflow that opened in the period; reports of one place within two hours are one case
select region, date_trunc('day', opened_at) as period, count(*) as value
from cases where event = 'drainage.overflow' and outcome is distinct from 'merged' group by all
