"""Question -> plan, both languages, over a workspace with odd names. Every plan below was written by hand."""

import pytest

from bot.plan import plan_hash

MARCH = "2026-03-16..2026-03-19 of 2026-03-23"  # this week: Monday to Wednesday have data
LAST_MONTH = "2026-02-01..2026-03-01"
YEAR = "2025-01-01..2026-01-01"

# One plan, and every wording that must give it.
PLANS = [
    # ---- a metric, a filter, a period
    ("zarn", ["灯费额", "灯资", "zarn", "ZARN", "lamp takings", "请问灯费额是多少", "帮我看一下灯费额", "total zarn", "what is the total zarn?", "燈費額", "至今的灯费额", "到目前为止灯费额一共多少", "total zarn so far"]),
    ("pull_count", ["取灯数", "取灯量", "number of pulls", "how many pulls", "pull count", "# of pulls", "有多少取灯"]),
    ("active_riders", ["骑手数", "骑手数量", "active riders", "how many active riders are there"]),
    ("pull_count | by rider_name | having pull_count > 20", ["取灯数超过20的骑手有多少", "有多少骑手取灯数超过20", "how many riders have more than 20 pulls"]),
    (f"zarn | {YEAR}", ["2025年的灯费额", "去年灯费额", "zarn in 2025", "zarn last year", "How much zarn did we make in 2025?"]),
    (f"zarn | {LAST_MONTH}", ["上个月的灯费额", "上月灯费额是多少", "zarn last month", "last month's zarn", "上个月 zarn"]),
    (f"zarn | {MARCH}", ["本周灯费额", "这周的灯费额", "zarn this week", "this week's zarn"]),
    ("zarn | 2026-03-18..2026-03-19", ["昨天的灯费额", "zarn yesterday"]),
    ("zarn | 2026-03-12..2026-03-19", ["近7天灯费额", "过去七天的灯费额", "zarn in the last 7 days", "zarn over the past seven days"]),
    ("zarn | where hub = 临港市", ["临港市的灯费额", "灯驿为临港市的灯费额", "灯驿是临港市的灯费额", "zarn in 临港市", "临港的灯费额", "临港灯驿的灯费额"]),
    ("zarn | where hub = Port Vellum", ["Port Vellum的灯费额", "zarn in port vellum", "zarn for Port Vellum", "zarn where hub is Port Vellum", "zarn at the Port-Vellum hub", "PORT VELLUM 灯费额"]),
    ("zarn | where lane = kx", ["纸鸢的灯费额", "鸢信灯费额", "zarn from Kite mail", "zarn of kites", "引路=纸鸢的灯费额"]),
    (f"zarn | where lane = kx | {LAST_MONTH}", ["上个月纸鸢的灯费额", "纸鸢上个月的灯费额", "zarn from kite mail last month", "last month kite mail zarn"]),
    ("zarn | where glow = g1", ["晨级的灯费额", "zarn for Dawn", "光级是晨级的灯费额"]),
    ("zarn | where clan = Ostrel", ["Ostrel氏族的灯费额", "zarn of the Ostrel clan", "氏族为Ostrel的灯费额"]),
    ("zarn | segment heavy", ["重灯的灯费额", "大灯灯费额", "zarn of heavy lamps", "zarn from heavy ones"]),
    ("zarn | where NOT (weight > 5)", ["非重灯的灯费额", "除了重灯之外的灯费额", "zarn excluding heavy lamps"]),
    # ---- breakdowns
    ("zarn | by hub", ["show me zarn by hub as a map", "各灯驿的灯费额用地图显示", "各灯驿的灯费额", "灯费额按灯驿", "按灯驿看灯费额", "每个驿站的灯费额", "灯费额按驿站拆分", "分灯驿灯费额", "zarn by hub", "zarn per hub", "zarn for each hub", "zarn broken down by hub", "zarn split by hub", "by hub, zarn", "zarn across hubs", "灯费额 by hub"]),
    ("zarn | by hub,lane", ["各灯驿各引路的灯费额", "按灯驿和引路看灯费额", "zarn by hub and lane", "zarn by lane and hub", "zarn per lane per hub"]),
    ("zarn,pull_count | by hub", ["各灯驿的灯费额和取灯数", "按灯驿看灯费额、取灯数", "zarn and number of pulls by hub"]),
    ("lamp_yield | by lane", ["各引路的灯油比", "lamp yield by lane", "yield on oil for each lane"]),
    ("zarn | by metric_time__month", ["每月灯费额", "按月看灯费额", "灯费额按月", "monthly zarn", "zarn by month", "zarn per month"]),
    (f"zarn | by metric_time__month,hub | {YEAR}", ["2025年各灯驿每月的灯费额", "2025年每月各灯驿灯费额", "monthly zarn by hub in 2025", "zarn by hub and month in 2025", "zarn by month and hub in 2025"]),
    ("zarn | by metric_time__day_of_week", ["灯费额按星期几", "zarn by day of week", "zarn by day of the week"]),
    ("zarn | by glow", ["各光级的灯费额", "灯费额在光级上的分布", "zarn by grade", "distribution of zarn by glow grade"]),
    ("zarn | by clan | where hub = 云泽市", ["云泽市各氏族的灯费额", "各氏族在云泽市的灯费额", "zarn by clan in 云泽市"]),
    ("pull_count | where gilded = True", ["鎏金的取灯数", "是否鎏金为是的取灯数", "number of pulls that are gilded", "gilded = true number of pulls"]),
    ("pull_count | where gilded = False", ["是否鎏金为否的取灯数", "number of pulls that are not gilded"]),
    ("pull_count | by gilded", ["按是否鎏金看取灯数", "number of pulls by gilded"]),
    # ---- trends
    ("zarn | by metric_time__day | 2026-02-17..2026-03-19", ["近30天灯费额趋势", "灯费额近30天走势", "zarn trend over the last 30 days", "trend of zarn in the last 30 days"]),
    (f"zarn | by metric_time__month | {YEAR}", ["2025年灯费额趋势", "2025年灯费额随时间的变化", "zarn trend in 2025", "zarn over time in 2025", "zarn by month in 2025"]),
    ("zarn | by metric_time__week | 2025-10-01..2026-01-01", ["2025年四季度灯费额趋势", "zarn trend in Q4 2025"]),
    # ---- rankings
    ("zarn | by hub | order zarn desc", ["哪个灯驿灯费额最高", "灯费额最高的灯驿", "灯费额最高的是哪个灯驿", "灯驿灯费额排名", "各灯驿灯费额从高到低", "which hub has the highest zarn?", "hub with the most zarn", "hubs ranked by zarn", "which hub had the highest zarn", "zarn by hub, highest first"]),
    ("zarn | by hub | order zarn asc", ["哪个灯驿灯费额最低", "灯费额最少的灯驿", "which hub has the lowest zarn?", "zarn by hub in ascending order", "hubs with the least zarn"]),
    ("oil | by hub | order oil asc", ["滴油耗最低的灯驿", "which hub has the lowest oil cost?", "best hub by oil cost", "哪个灯驿的滴油耗最好"]),
    ("oil | by hub | order oil desc", ["滴油耗最高的灯驿", "which hub has the highest oil cost?", "worst hub by oil cost"]),
    (f"lamp_yield | by lane | {MARCH} | order lamp_yield desc", ["本周哪个引路最灵?", "这周最灵的引路是哪个", "which lane worked best this week?", "this week, which lane was most worthwhile"]),
    ("zarn | by hub | order zarn desc | limit 3", ["灯费额最高的3个灯驿", "灯费额前三的灯驿", "灯费额排名前3的灯驿", "灯费额top3的灯驿", "top 3 hubs by zarn", "the three hubs with the highest zarn", "3 hubs with the most zarn", "前3个灯驿的灯费额"]),
    ("zarn | by hub | order zarn asc | limit 2", ["灯费额最低的两个灯驿", "灯费额倒数2名的灯驿", "bottom 2 hubs by zarn", "the 2 lowest hubs by zarn"]),
    ("oil_per_pull | by hub | order oil_per_pull asc | limit 2", ["单次油耗最好的两个灯驿", "the 2 best hubs by oil per pull"]),
    ("zarn | by hub | order zarn desc | limit 1 skip 1", ["灯费额第二高的灯驿", "哪个灯驿的灯费额排名第二", "which hub has the second highest zarn?"]),
    ("zarn | by hub,flavor | order zarn desc | limit 2 per hub", ["每个灯驿灯费额前2的苔种", "各灯驿灯费额最高的2个苔种", "top 2 moss by zarn in each hub", "top 2 moss kinds for each hub by zarn"]),
    ("zarn | by hub,flavor | order zarn desc | limit 1 per hub", ["每个灯驿灯费额最高的苔种", "the moss with the highest zarn in each hub"]),
    (f"zarn | by metric_time__month | {YEAR} | order zarn desc", ["2025年哪个月灯费额最高", "2025年灯费额最高的月份", "which month had the highest zarn in 2025?", "the month with the highest zarn in 2025", "best month for zarn in 2025"]),
    # ---- growth and comparison
    (f"zarn | {MARCH} | vs previous_period", ["这周灯费额比上周同期", "本周灯费额环比", "zarn this week against the same days of last week", "zarn this week vs last week"]),
    ("zarn | where lane in kx,fg", ["纸鸢蛙鸣灯费额合计", "纸鸢和蛙鸣的灯费额总和", "total zarn of kite mail and frog call"]),
    ("lamp_yield | where lane = kx", ["纸鸢的取灯的灯油比", "纸鸢的灯油比", "lamp yield of kite mail"]),
    (f"zarn | {LAST_MONTH} | vs previous_period", ["上个月灯费额环比", "上月灯费额环比增长多少", "zarn last month compared to the previous period", "上个月灯费额较上期变化"]),
    (f"zarn | {YEAR} | vs previous_year", ["2025年灯费额同比", "去年灯费额同比增长率", "zarn in 2025 year over year", "yoy zarn in 2025"]),
    (f"zarn | by hub | {LAST_MONTH} | vs previous_period | order zarn__growth desc", ["上个月灯费额环比增长最快的灯驿", "上个月哪个灯驿灯费额增长最快", "fastest growing hubs by zarn last month", "which hub's zarn grew the most last month"]),
    (f"zarn | by hub | {LAST_MONTH} | vs previous_period | order zarn__growth asc", ["上个月灯费额跌得最多的灯驿", "which hub's zarn dropped the most last month"]),
    (f"zarn | by hub | having zarn__delta < 0 | {LAST_MONTH} | vs previous_period", ["上个月哪些灯驿灯费额下降了", "上个月灯费额下降的灯驿有哪些", "which hubs declined in zarn last month?"]),
    (f"zarn | by hub | having zarn__growth < -0.1 | {LAST_MONTH} | vs previous_period", ["上个月灯费额下降超过10%的灯驿"]),
    (f"zarn | {YEAR} | vs previous_year", ["2025年和2024年灯费额对比", "zarn 2025 vs 2024", "compare zarn of 2025 with 2024"]),
    ("zarn | by lane | where lane in kx,fg", ["纸鸢和蛙鸣的灯费额对比", "对比纸鸢与蛙鸣的灯费额", "Kite mail vs Frog call zarn", "compare zarn of kite mail and frog call", "纸鸢、蛙鸣的灯费额分别是多少", "纸鸢和蛙鸣的灯费额"]),
    ("zarn | where hub in Port Vellum,Greyhollow", ["Port Vellum或Greyhollow的灯费额", "zarn in Port Vellum or Greyhollow", "total zarn of Port Vellum and Greyhollow combined"]),
    ("zarn | by metric_time__month | 2025-06-01..2025-08-01", ["2025年6月和7月的灯费额", "zarn in June and July 2025"]),
    ("zarn | 2025-01-01..2025-02-01 && zarn | 2025-03-01..2025-04-01", ["2025年1月和3月的灯费额"]),
    # ---- filters
    ("zarn | by lane | where lane != fg", ["除了蛙鸣之外各引路的灯费额", "各引路的灯费额,不含蛙鸣", "zarn by lane excluding frog call", "zarn by lane except frog call", "zarn for each lane other than Frog call"]),
    ("zarn | where lane not in kx,fg", ["除纸鸢和蛙鸣以外的灯费额", "zarn excluding kite mail and frog call", "zarn without kite mail and frog call"]),
    ("pull_count | where weight > 5", ["灯重大于5的取灯数", "灯重超过5的取灯数", "number of pulls with lamp weight over 5", "number of pulls where lamp weight > 5"]),
    ("pull_count | where weight between 3,6", ["灯重在3到6之间的取灯数", "number of pulls with lamp weight between 3 and 6"]),
    ("zarn | where age >= 30", ["年龄30岁以上的骑手的灯费额", "30岁及以上骑手的灯费额", "zarn from riders aged 30 or older", "zarn of riders at least 30 years old"]),
    ("zarn | where flavor contains 绒", ['苔种包含"绒"的灯费额', "苔种含有绒的灯费额", 'zarn where moss contains "绒"']),
    ("zarn | where flavor starts with S", ["苔种以S开头的灯费额", "zarn where moss starts with S"]),
    ("pull_count | where clan is null", ["氏族为空的取灯数", "number of pulls where clan is empty"]),
    ("pull_count | where clan is not null", ["氏族不为空的取灯数", "number of pulls where clan is not empty"]),
    ("zarn | by hub | having zarn > 1000", ["灯费额超过1000的灯驿", "灯费额大于1千的灯驿有哪些", "哪些灯驿的灯费额高于一千", "hubs with zarn over 1k", "which hubs have more than 1,000 zarn"]),
    ("zarn | by hub | having zarn between 500,2000", ["灯费额在500到2000之间的灯驿", "hubs with zarn between 500 and 2000"]),
    ("zarn,pull_count | by hub | having zarn > 500 | having pull_count < 30", ["灯费额大于500且取灯数小于30的灯驿", "hubs with zarn over 500 and number of pulls below 30"]),
    ("zarn | by hub | having zarn >= 20000", ["灯费额2万以上的灯驿", "灯费额不低于2万的灯驿", "hubs with zarn of at least 20k"]),
    ("zarn | where lane != kx", ["灯费额在纸鸢以外", "纸鸢以外的灯费额", "非纸鸢的灯费额", "zarn not from kite mail"]),
    ("zarn | by lane | where lane != kx", ["除纸鸢外其他引路的灯费额", "zarn by lane other than kite mail"]),
    ("zarn | by hub | where hub in 云泽市,临港市", ["云泽、临港两个灯驿的灯费额", "云泽市和临港市的灯费额分别是多少"]),
    ("lamp_yield", ["灯费额占滴油耗的比例", "zarn as a share of oil cost"]),
    ("zarn | by hub | having zarn < 0", ["灯费额为负的灯驿", "hubs with negative zarn"]),
    ("zarn | by metric_time__month,hub | order zarn desc | limit 1 per metric_time__month", ["每个月灯费额最高的灯驿", "the hub with the highest zarn each month"]),
    ("zarn | by lane,flavor | share zarn ('lane',) | order zarn desc | limit 1 per lane", ["各引路灯费额占比最高的苔种"]),
    # ---- sides: sets of rows that exclude each other are asked apart
    ("zarn | segment heavy && zarn | where NOT (weight > 5)", ["重灯和非重灯的灯费额", "对比重灯和非重灯的灯费额", "zarn of heavy lamps vs not heavy lamps"]),
    ("zarn | where (weight > 5) OR (weight <= 2)", ["重灯或轻灯的灯费额", "zarn of heavy lamps or light lamps"]),
    ("zarn | segment heavy && zarn | segment light", ["重灯和轻灯的灯费额对比", "重灯与轻灯的灯费额", "zarn of heavy lamps versus light lamps", "compare zarn of heavy lamps and light lamps"]),
    ("pull_count | by gilded", ["鎏金和非鎏金的取灯数", "number of pulls that are gilded vs not gilded"]),
    ("zarn | where lane = kx && zarn | where lane != kx", ["纸鸢和非纸鸢的灯费额对比", "zarn of kite mail vs not kite mail"]),
    ("zarn | where metric_time__day_of_week in 1,2,3,4,5 && zarn | where metric_time__day_of_week in 6,7", ["工作日和周末的灯费额对比", "zarn on weekdays vs weekends"]),
    ("zarn | 2025-01-01..2025-07-01 && zarn | 2025-07-01..2026-01-01", ["2025年上半年和下半年的灯费额", "zarn in H1 2025 and H2 2025"]),
    # ---- a word inside a name, periods said twice, buckets of a date
    ("lamp_yield | by metric_time__week | 2025-09-19..2026-03-19", ["灯油比最近6个月的趋势", "lamp yield trend over the past 6 months"]),
    (f"lamp_yield | {LAST_MONTH} | vs previous_period", ["上个月灯油比比上上个月"]),
    (f"zarn | by hub | {LAST_MONTH} | share zarn", ["各灯驿灯费额占比 上个月", "share of zarn by hub last month"]),
    (f"zarn | {LAST_MONTH}", ["2月份灯费额", "2月一共多少灯费额", "上个月一共有多少灯费额"]),
    (f"zarn | {YEAR}", ["去年全年灯费额", "去年一年的灯费额", "2025年度灯费额"]),
    ("zarn | 2026-01-01..2026-03-01", ["今年截至上月底的灯费额"]),
    ("zarn | by pulled_on__month", ["灯费额按取灯月份", "zarn by pull month", "zarn by month of pull date"]),
    ("zarn,oil | by lane | share zarn | share oil", ["各引路灯费额占比和滴油耗占比", "share of zarn and share of oil cost by lane", "zarn share and oil cost share by lane"]),
    ("zarn | by lane | share zarn", ["what share of zarn goes to kite mail", "纸鸢占灯费额的比例"]),
    (f"zarn | by hub | {LAST_MONTH} | vs previous_period | order zarn__growth desc", ["哪个灯驿灯费额涨得最快", "which hub grew zarn fastest"]),
    # ---- conditions on shares, quotients, differences, days of the week in a period
    (f"zarn | by hub | having zarn__share > 0.1 | {LAST_MONTH} | share zarn", ["上个月灯费额占比超过10%的灯驿", "hubs with more than 10% share of zarn last month", "hubs with more than 10% of zarn last month"]),
    ("lamp_yield", ["zarn per oil cost", "zarn divided by oil cost"]),
    ("oil_per_pull", ["每次取灯滴油耗", "oil cost divided by number of pulls"]),
    (f"zarn | by hub | {LAST_MONTH} | vs previous_period | order zarn__delta desc", ["上个月灯费额环比增量最大的灯驿"]),
    (f"zarn | where metric_time__day_of_week in 6,7 | {LAST_MONTH}", ["上个月周末的灯费额", "zarn on weekends last month"]),
    (f"zarn | where metric_time__day_of_week = 7 | {YEAR}", ["2025年周日的灯费额", "Sunday zarn in 2025"]),
    (f"zarn | by metric_time__day_of_week | {LAST_MONTH}", ["上个月每个星期几的灯费额", "zarn by day of the week last month"]),
    ("zarn | 2026-01-01..2026-03-01", ["截至2月底今年的灯费额"]),
    ("zarn | 2026-02-01..2026-03-01 | vs previous_year", ["比较一下今年和去年2月的灯费额"]),
    (f"zarn | by metric_time__month | {YEAR} | vs previous_period", ["2025年灯费额月环比", "month over month zarn in 2025"]),
    ("oil | by lane | having oil < 3", ["which lanes had oil cost below 3", "滴油耗低于3的引路"]),
    ("metadata definition lamp_yield", ["灯油比口径"]),
    ("metadata definition zarn oil", ["灯费额和滴油耗有什么区别", "difference between zarn and oil cost"]),
    # ---- shares, averages, windows
    ("zarn | by lane | share zarn", ["各引路灯费额占比", "灯费额占比,按引路", "zarn share by lane", "percent of total zarn by lane", "what share of zarn comes from each lane"]),
    (f"zarn | {YEAR} | average_per zarn month", ["2025年月均灯费额", "2025年平均每月灯费额", "average monthly zarn in 2025"]),
    ("zarn | 2026-02-17..2026-03-19 | average_per zarn day", ["近30天日均灯费额", "daily average zarn over the last 30 days"]),
    ("avg_zarn | by hub", ["各灯驿的均灯费", "average zarn by hub", "各灯驿的平均灯费额", "zarn by hub on average"]),
    (f"zarn | by metric_time__month | {YEAR} | running_total zarn", ["2025年每月累计灯费额", "2025年灯费额逐月累计", "cumulative zarn by month in 2025", "running total of zarn by month in 2025"]),
    ("zarn | by metric_time__day | rolling zarn 7", ["灯费额7日移动平均", "近7天移动平均灯费额", "7-day moving average of zarn"]),
    # ---- members and counts
    ("members | by hub", ["有哪些灯驿", "列出所有灯驿", "list all hubs", "what hubs are there?", "which hubs are there", "多少个灯驿"]),
    (f"pull_count | by hub | having pull_count > 0 | {YEAR}", ["2025年多少个灯驿有取灯", "how many hubs had pulls in 2025"]),
    # ---- metadata
    ("metadata metrics", ["有哪些指标", "what metrics are there?", "list all metrics", "支持哪些指标"]),
    ("metadata dimensions", ["有哪些维度", "what dimensions are there?"]),
    ("metadata definition lamp_yield", ["灯油比怎么算的", "灯油比的口径是什么", "how is lamp yield calculated?", "definition of lamp yield"]),
    ("metadata freshness", ["数据更新到哪天", "最新数据到哪天了", "how fresh is the data?", "when was the data last updated"]),
    ("metadata help", ["你能做什么", "what can you do?"]),
]  # fmt: skip

CASES = [(wording, expected) for expected, wordings in PLANS for wording in wordings]


@pytest.mark.parametrize(("wording", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_question_is_read_as_its_plan(read, wording, expected):
    assert read(wording) == expected


@pytest.mark.parametrize("wordings", [wordings for _, wordings in PLANS], ids=[plan for plan, _ in PLANS])
def test_all_wordings_of_a_question_share_one_plan_hash(ask, wordings):
    plans = [ask(wording).plan for wording in wordings]
    parts = [plan if isinstance(plan, tuple) else (plan,) for plan in plans]
    assert len({tuple(plan_hash(part) for part in one) for one in parts}) == 1


def test_there_are_at_least_150_cases():
    assert len(CASES) >= 150
