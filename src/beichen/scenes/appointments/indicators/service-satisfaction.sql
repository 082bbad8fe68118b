-- zh: 政务服务好评率  en: Satisfied with services  unit: "%"  better: higher  decimals: 1
-- every: month, quarter, year  by: region, body, item  level: L2
-- about-zh: 当期办结办件的好差评中，基本满意及以上的占比；不足 5 件有评价的不计算，以免看出是谁的评价
-- about-en: Of the ratings of affairs concluded in the period, the share of three grades of five and more; of fewer than five ratings there is no value, so that none tells whose it was
select region, body, item, date_trunc('day', closed_at) as period,
       100.0 * sum(pleased) / sum(rated) as value
from affairs where rated > 0 group by all having count(*) >= 5
