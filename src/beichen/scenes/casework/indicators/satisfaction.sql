-- zh: 群众满意度  en: Satisfaction  unit: 分  better: higher  decimals: 2  target: ">= 4.5"
-- every: day, month, year  by: region, body, event, region+event (month, year)
-- about-zh: 当期答复的案件中，有评价的平均得分（1 至 5 分）
-- about-en: Mean rating, 1 to 5, of the cases answered in the period that were rated
select region, body, event, date_trunc('day', answered_at) as period, avg(rating) as value
from cases where rating is not null group by all
