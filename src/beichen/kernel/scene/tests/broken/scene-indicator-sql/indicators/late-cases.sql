-- zh: 超期案件  en: Late cases  unit: 件  better: lower  every: day  by: regoin
-- colour: red
select region, date_trunc('day', opened_att) as period, count(*) as value
from cases where opened_at < now() group by all
