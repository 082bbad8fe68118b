-- zh: 日空气质量指数  en: Air quality index of the day  better: lower  decimals: 0  target: "<= 100"
-- every: day  by: region
-- about-zh: 按HJ 633由各站当日平均浓度折算各项分指数后取最大值；臭氧按小时最大值折算，不是8小时滑动平均
-- about-en: The greatest of the sub-indices of HJ 633 of the day's mean concentrations; ozone by its greatest hour, not by 8-hour means
--
-- HJ 633-2012, table 1: from one break point of a concentration to the next the index rises from one to the next.
with points(measure, low, high, index_low, index_high) as (values
  ('pm25_ugm3', 0, 35, 0, 50), ('pm25_ugm3', 35, 75, 50, 100), ('pm25_ugm3', 75, 115, 100, 150),
  ('pm25_ugm3', 115, 150, 150, 200), ('pm25_ugm3', 150, 250, 200, 300), ('pm25_ugm3', 250, 350, 300, 400), ('pm25_ugm3', 350, 500, 400, 500),
  ('pm10_ugm3', 0, 50, 0, 50), ('pm10_ugm3', 50, 150, 50, 100), ('pm10_ugm3', 150, 250, 100, 150),
  ('pm10_ugm3', 250, 350, 150, 200), ('pm10_ugm3', 350, 420, 200, 300), ('pm10_ugm3', 420, 500, 300, 400), ('pm10_ugm3', 500, 600, 400, 500),
  ('so2_ugm3', 0, 50, 0, 50), ('so2_ugm3', 50, 150, 50, 100), ('so2_ugm3', 150, 475, 100, 150),
  ('so2_ugm3', 475, 800, 150, 200), ('so2_ugm3', 800, 1600, 200, 300), ('so2_ugm3', 1600, 2100, 300, 400), ('so2_ugm3', 2100, 2620, 400, 500),
  ('no2_ugm3', 0, 40, 0, 50), ('no2_ugm3', 40, 80, 50, 100), ('no2_ugm3', 80, 180, 100, 150),
  ('no2_ugm3', 180, 280, 150, 200), ('no2_ugm3', 280, 565, 200, 300), ('no2_ugm3', 565, 750, 300, 400), ('no2_ugm3', 750, 940, 400, 500),
  ('co_mgm3', 0, 2, 0, 50), ('co_mgm3', 2, 4, 50, 100), ('co_mgm3', 4, 14, 100, 150),
  ('co_mgm3', 14, 24, 150, 200), ('co_mgm3', 24, 36, 200, 300), ('co_mgm3', 36, 48, 300, 400), ('co_mgm3', 48, 60, 400, 500),
  ('o3_ugm3', 0, 160, 0, 50), ('o3_ugm3', 160, 200, 50, 100), ('o3_ugm3', 200, 300, 100, 150),
  ('o3_ugm3', 300, 400, 150, 200), ('o3_ugm3', 400, 800, 200, 300), ('o3_ugm3', 800, 1000, 300, 400), ('o3_ugm3', 1000, 1200, 400, 500)),
means as (
  select region, date_trunc('day', measured_at) as period, measure,
         case when measure = 'o3_ugm3' then max(value) else avg(value) end as mean
  from readings where measure in ('pm25_ugm3', 'pm10_ugm3', 'so2_ugm3', 'no2_ugm3', 'co_mgm3', 'o3_ugm3') group by all),
sub_indices as (
  select means.region, means.period, means.measure,
         sum((index_high - index_low) * least(greatest(mean - low, 0), high - low) / (high - low)) as sub_index
  from means join points on points.measure = means.measure group by all)
select region, period, ceil(max(sub_index)) as value from sub_indices group by all
