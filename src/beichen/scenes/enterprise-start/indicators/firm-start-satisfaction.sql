-- zh: 开办企业好评率  en: Satisfied with starting a firm  unit: "%"  better: higher  decimals: 1
-- every: quarter, year  by: region  level: L2
-- about-zh: 当期办结的开办企业各事项的好差评中，基本满意及以上的占比；不足 5 件有评价的不计算
-- about-en: Of the ratings of what starting a firm takes, concluded in the period, the share of three grades of five and more; of fewer than five there is no value
select region, date_trunc('day', closed_at) as period,
       100.0 * sum(pleased) / sum(rated) as value
from affairs where scene = 'enterprise-start' and rated > 0 group by all having count(*) >= 5
