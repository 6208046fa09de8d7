"""What marketing changed, when and by whom."""

from __future__ import annotations

from datetime import date

from demo.world import stories

# day, actor, type, scope (a code of the world where there is one), note
ACTIONS: tuple[tuple[date, str, str, str, str], ...] = (
    (date(2023, 5, 31), "周宁", "promotion", "e618", "618大促开始,全店7.6折起"),
    (date(2023, 7, 3), "陈一帆", "creative", "xhs_juguang", "聚光换一批成分党笔记"),
    (date(2023, 9, 4), "苏梅", "community", "wecom", "企微社群启用每周二、五推送"),
    (date(2023, 10, 31), "林悦", "promotion", "double_11", "双11现货开卖"),
    (date(2023, 12, 11), "何佳", "bid", "baidu", "百度竞品词出价下调15%"),
    (date(2024, 1, 15), "林悦", "promotion", "new_year_goods", "年货节礼盒上架"),
    (date(2024, 2, 26), "许川", "product", "CY303", "早C晚A精华组上市"),
    (date(2024, 3, 1), "周宁", "promotion", "womens_day", "38节开始"),
    (date(2024, 3, 25), "林悦", "product", "CY603", "防晒喷雾上市"),
    (date(2024, 5, 20), "林悦", "promotion", "e618", "618取消预售,5月20日直接现货"),
    (date(2024, 6, 24), "苏梅", "release", "mini_program", "上线加购2小时提醒"),
    (date(2024, 8, 19), "许川", "product", "CY304", "蓝铜胜肽精华上市"),
    (date(2024, 9, 9), "陈一帆", "creative", "xhs_juguang", "笔记封面换真人"),
    (date(2024, 10, 8), "许川", "product", "CY404", "鱼子紧致面霜上市"),
    (date(2024, 10, 21), "林悦", "promotion", "double_11", "双11提前到10月21日开卖"),
    (date(2025, 1, 1), "林悦", "budget", stories.SATURATED_MEDIUM, "万相台全年预算上调25%"),
    (date(2025, 1, 3), "林悦", "promotion", "new_year_goods", "年货节开始"),
    (date(2025, 3, 1), "周宁", "promotion", "qianchuan", "千川主推9.9元试用装,为期一个月"),
    (date(2025, 3, 31), "周宁", "promotion", "qianchuan", "9.9元试用装下架"),
    (date(2025, 5, 13), "林悦", "promotion", "e618", "618大促开始"),
    (date(2025, 6, 2), "许川", "experiment", "checkout_one_page", "一页结算实验开始"),
    (stories.GEO_FIRST_DAY, "赵可", "outdoor", "浙江,江苏", "江浙电梯广告上刊,6周"),
    (date(2025, 6, 30), "许川", "release", "mini_program", "一页结算全量"),
    (date(2025, 7, 14), "许川", "experiment", stories.SRM_EXPERIMENT, "商品页首屏视频实验开始"),
    (date(2025, 7, 22), "许川", "release", "app", "App 5.6.0 发版"),
    (date(2025, 8, 1), "周宁", "content", "douyin", "抖音短视频「熬夜急救」出圈,自然流量大涨"),
    (date(2025, 8, 4), "赵可", "outdoor", "浙江,江苏", "江浙电梯广告下刊"),
    (
        stories.REGULARS_FIRST_DAY,
        "苏梅",
        "coupon",
        stories.REGULARS_COUPON,
        "老客回馈券30元发给八成老客,两成留白",
    ),
    (date(2025, 9, 8), "赵可", "supply", stories.SURGE_PRODUCT, "屏障修护精华换泵头供应商,新批次入仓"),
    (date(2025, 9, 9), "许川", "release", "app", "App 5.7.0 发版"),
    (
        stories.SLEEPERS_FIRST_DAY,
        "苏梅",
        "coupon",
        stories.SLEEPERS_COUPON,
        "沉睡唤醒券50元,半年未购客户一半发放",
    ),
    (date(2025, 9, 15), "许川", "experiment", "free_shipping_99", "满99包邮实验开始"),
    (date(2025, 10, 15), "林悦", "promotion", "double_11", "双11提前到10月15日开卖,11月14日结束"),
    (stories.CREATOR_SALE_DAY, "周宁", "live", "林晚儿", "林晚儿专场,坑位费12万,佣金30%"),
    (date(2025, 10, 27), "何佳", "experiment", "baidu_brand_words", "百度品牌词停投实验开始"),
    (stories.BROKEN_VERSION_DAY, "许川", "release", "app", "App 5.8.0 发版,换支付组件"),
    (date(2025, 11, 3), "赵可", "experiment", "return_freight_free", "退货包运费实验开始"),
    (date(2025, 11, 17), "陈一帆", "creative", "xhs_juguang", "聚光上新换季维稳笔记12篇"),
)
