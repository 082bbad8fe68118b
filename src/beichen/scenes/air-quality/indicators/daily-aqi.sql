-- zh: 日空气质量指数  en: Air quality index of the day  better: lower  decimals: 0  target: "<= 100"
-- every: day  by: region
-- about-zh: 按HJ 633由各站当日平均浓度折算各项分指数后取最大值；臭氧按小时最大值折算，不是8小时滑动平均
-- about-en: The greatest of the sub-indices of HJ 633 of the day's mean concentrations; ozone by its greatest hour, not by 8-hour means
--
-- Each line is a stretch of HJ 633-2012, table 1: its rise over its width, for as much of the value as lies in it.
select region, date_trunc('day', measured_at) as period, ceil(greatest(
  50.0 / 35 * least(avg(value) filter (where measure = 'pm25_ugm3'), 35)
  + 50.0 / 40 * least(greatest(avg(value) filter (where measure = 'pm25_ugm3') - 35, 0), 40)
  + 50.0 / 40 * least(greatest(avg(value) filter (where measure = 'pm25_ugm3') - 75, 0), 40)
  + 50.0 / 35 * least(greatest(avg(value) filter (where measure = 'pm25_ugm3') - 115, 0), 35)
  + 100.0 / 100 * least(greatest(avg(value) filter (where measure = 'pm25_ugm3') - 150, 0), 100)
  + 100.0 / 100 * least(greatest(avg(value) filter (where measure = 'pm25_ugm3') - 250, 0), 100)
  + 100.0 / 150 * least(greatest(avg(value) filter (where measure = 'pm25_ugm3') - 350, 0), 150),
  50.0 / 50 * least(avg(value) filter (where measure = 'pm10_ugm3'), 50)
  + 50.0 / 100 * least(greatest(avg(value) filter (where measure = 'pm10_ugm3') - 50, 0), 100)
  + 50.0 / 100 * least(greatest(avg(value) filter (where measure = 'pm10_ugm3') - 150, 0), 100)
  + 50.0 / 100 * least(greatest(avg(value) filter (where measure = 'pm10_ugm3') - 250, 0), 100)
  + 100.0 / 70 * least(greatest(avg(value) filter (where measure = 'pm10_ugm3') - 350, 0), 70)
  + 100.0 / 80 * least(greatest(avg(value) filter (where measure = 'pm10_ugm3') - 420, 0), 80)
  + 100.0 / 100 * least(greatest(avg(value) filter (where measure = 'pm10_ugm3') - 500, 0), 100),
  50.0 / 50 * least(avg(value) filter (where measure = 'so2_ugm3'), 50)
  + 50.0 / 100 * least(greatest(avg(value) filter (where measure = 'so2_ugm3') - 50, 0), 100)
  + 50.0 / 325 * least(greatest(avg(value) filter (where measure = 'so2_ugm3') - 150, 0), 325)
  + 50.0 / 325 * least(greatest(avg(value) filter (where measure = 'so2_ugm3') - 475, 0), 325)
  + 100.0 / 800 * least(greatest(avg(value) filter (where measure = 'so2_ugm3') - 800, 0), 800)
  + 100.0 / 500 * least(greatest(avg(value) filter (where measure = 'so2_ugm3') - 1600, 0), 500)
  + 100.0 / 520 * least(greatest(avg(value) filter (where measure = 'so2_ugm3') - 2100, 0), 520),
  50.0 / 40 * least(avg(value) filter (where measure = 'no2_ugm3'), 40)
  + 50.0 / 40 * least(greatest(avg(value) filter (where measure = 'no2_ugm3') - 40, 0), 40)
  + 50.0 / 100 * least(greatest(avg(value) filter (where measure = 'no2_ugm3') - 80, 0), 100)
  + 50.0 / 100 * least(greatest(avg(value) filter (where measure = 'no2_ugm3') - 180, 0), 100)
  + 100.0 / 285 * least(greatest(avg(value) filter (where measure = 'no2_ugm3') - 280, 0), 285)
  + 100.0 / 185 * least(greatest(avg(value) filter (where measure = 'no2_ugm3') - 565, 0), 185)
  + 100.0 / 190 * least(greatest(avg(value) filter (where measure = 'no2_ugm3') - 750, 0), 190),
  50.0 / 2 * least(avg(value) filter (where measure = 'co_mgm3'), 2)
  + 50.0 / 2 * least(greatest(avg(value) filter (where measure = 'co_mgm3') - 2, 0), 2)
  + 50.0 / 10 * least(greatest(avg(value) filter (where measure = 'co_mgm3') - 4, 0), 10)
  + 50.0 / 10 * least(greatest(avg(value) filter (where measure = 'co_mgm3') - 14, 0), 10)
  + 100.0 / 12 * least(greatest(avg(value) filter (where measure = 'co_mgm3') - 24, 0), 12)
  + 100.0 / 12 * least(greatest(avg(value) filter (where measure = 'co_mgm3') - 36, 0), 12)
  + 100.0 / 12 * least(greatest(avg(value) filter (where measure = 'co_mgm3') - 48, 0), 12),
  50.0 / 160 * least(max(value) filter (where measure = 'o3_ugm3'), 160)
  + 50.0 / 40 * least(greatest(max(value) filter (where measure = 'o3_ugm3') - 160, 0), 40)
  + 50.0 / 100 * least(greatest(max(value) filter (where measure = 'o3_ugm3') - 200, 0), 100)
  + 50.0 / 100 * least(greatest(max(value) filter (where measure = 'o3_ugm3') - 300, 0), 100)
  + 100.0 / 400 * least(greatest(max(value) filter (where measure = 'o3_ugm3') - 400, 0), 400)
  + 100.0 / 200 * least(greatest(max(value) filter (where measure = 'o3_ugm3') - 800, 0), 200)
  + 100.0 / 200 * least(greatest(max(value) filter (where measure = 'o3_ugm3') - 1000, 0), 200)
)) as value
from readings where measure in ('pm25_ugm3', 'pm10_ugm3', 'so2_ugm3', 'no2_ugm3', 'co_mgm3', 'o3_ugm3') group by all
