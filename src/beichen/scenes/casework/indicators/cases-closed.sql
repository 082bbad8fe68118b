-- zh: 办结量  en: Cases closed  unit: 件  better: neutral  decimals: 0
-- every: day, month, year  by: region, body, event, region+event (month, year)
-- about-zh: 当期办结的案件数；不予受理与并入他案的不计
-- about-en: Cases that were resolved and closed in the period; what was refused or joined to another does not count
select region, body, event, date_trunc('day', closed_at) as period, count(*) as value
from cases where outcome = 'resolved' group by all
