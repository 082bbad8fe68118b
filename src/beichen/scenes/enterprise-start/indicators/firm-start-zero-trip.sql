-- zh: 开办企业零跑动率  en: Firms started without a visit  unit: "%"  better: higher  decimals: 1
-- every: month, year  by: region
-- about-zh: 当期办结、按事项申请的开办企业各项中，申请人一次也没有到场的占比
-- about-en: Of what was concluded in the period for new firms, the share for which nobody had to come
select region, date_trunc('day', closed_at) as period,
       100.0 * count(*) filter (where visits = 0) / count(*) as value
from affairs where scene = 'enterprise-start' and status = 'done' and visits is not null group by all
