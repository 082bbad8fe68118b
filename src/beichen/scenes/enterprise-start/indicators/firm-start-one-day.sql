-- zh: 开办企业一日办结率  en: Firms registered within a day  unit: "%"  better: higher  decimals: 1  target: ">= 95"
-- every: month, year  by: region
-- about-zh: 当期办结的企业设立登记中，1 个工作日内办结的占比
-- about-en: Of the registrations concluded in the period, the share within one working day
select region, date_trunc('day', closed_at) as period,
       100.0 * count(*) filter (where working_days <= 1) / count(*) as value
from affairs where process = 'firm-registration' and status = 'done' group by all
