-- zh: 案件受理量  en: Cases opened  unit: 件  better: neutral  decimals: 0
-- every: day, month, year  by: region, body, event, region+event (month, year)
-- about-zh: 当期新发生的案件数，含所有来源；按发生时间计
-- about-en: Cases that opened in the period, from every source
select region, body, event, date_trunc('day', opened_at) as period, count(*) as value
from cases group by all
