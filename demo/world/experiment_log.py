"""The list of experiment ideas and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Idea:
    """One idea; `stage` is idea, running, done or shipped, `result` is none, win, loss, flat or invalid."""

    key: str
    zh: str
    hypothesis: str
    stage: str
    result: str
    owner: str
    metric: str
    proposed: date


def _i(
    key: str, zh: str, hypothesis: str, stage: str, result: str, owner: str, metric: str, proposed: date
) -> Idea:
    return Idea(key, zh, hypothesis, stage, result, owner, metric, proposed)


EXPERIMENTS: tuple[Idea, ...] = (
    _i(
        "checkout_one_page",
        "一页结算",
        "结算少一步,支付转化率会升",
        "shipped",
        "win",
        "许川",
        "converted",
        date(2025, 5, 12),
    ),
    _i(
        "pdp_video",
        "商品页首屏视频",
        "首屏放试用视频,支付转化率会升",
        "done",
        "invalid",
        "许川",
        "converted",
        date(2025, 6, 23),
    ),
    _i(
        "free_shipping_99",
        "满99包邮",
        "包邮门槛从129降到99,支付转化率会升",
        "done",
        "flat",
        "苏梅",
        "converted",
        date(2025, 8, 25),
    ),
    _i(
        "vip30_holdout",
        "老客回馈券留白组",
        "给老客30元券,复购会升",
        "done",
        "flat",
        "苏梅",
        "converted",
        date(2025, 7, 28),
    ),
    _i(
        "back50_holdout",
        "沉睡唤醒券留白组",
        "给半年未购客户50元券,会唤回一部分",
        "shipped",
        "win",
        "苏梅",
        "converted",
        date(2025, 9, 1),
    ),
    _i(
        "pdp_reviews_first",
        "评价前置",
        "评价提前到首屏,加购率会升",
        "done",
        "flat",
        "许川",
        "cart_rate",
        date(2024, 3, 4),
    ),
    _i(
        "search_hot_words",
        "搜索热词改版",
        "热词换成功效词,搜索转化会升",
        "done",
        "loss",
        "许川",
        "converted",
        date(2024, 4, 15),
    ),
    _i(
        "cart_reminder_2h",
        "加购2小时提醒",
        "短提醒会拉回一部分未付款",
        "shipped",
        "win",
        "苏梅",
        "converted",
        date(2024, 6, 24),
    ),
    _i(
        "bundle_price_anchor",
        "套装价格锚点",
        "标出单买总价,套装占比会升",
        "done",
        "flat",
        "林悦",
        "paid_amount",
        date(2024, 7, 29),
    ),
    _i(
        "live_coupon_rain",
        "直播间红包雨",
        "整点红包会拉长停留",
        "done",
        "loss",
        "周宁",
        "paid_amount",
        date(2024, 8, 19),
    ),
    _i(
        "xhs_note_cover",
        "笔记封面真人脸",
        "真人封面点击率会升",
        "done",
        "win",
        "陈一帆",
        "ctr",
        date(2024, 9, 9),
    ),
    _i(
        "tencent_lookalike",
        "腾讯相似人群",
        "高客单老客做种子,获客成本会降",
        "done",
        "flat",
        "周宁",
        "cac",
        date(2024, 9, 23),
    ),
    _i("sms_emoji", "短信加表情", "加表情打开率会升", "done", "flat", "苏梅", "ctr", date(2024, 11, 25)),
    _i(
        "wecom_daily_tip",
        "社群每日护肤小课",
        "每天一条内容,社群回访会升",
        "done",
        "flat",
        "苏梅",
        "orders",
        date(2024, 12, 16),
    ),
    _i(
        "gift_sample_addon",
        "随单小样换购",
        "1元换小样,笔单价会升",
        "done",
        "loss",
        "林悦",
        "paid_amount",
        date(2025, 1, 6),
    ),
    _i(
        "pdp_ingredient_table",
        "成分表图示",
        "看得懂成分,退款率会降",
        "done",
        "flat",
        "许川",
        "refund_rate",
        date(2025, 2, 17),
    ),
    _i(
        "baidu_brand_words",
        "百度品牌词停投",
        "停投品牌词,总成交不变",
        "running",
        "none",
        "何佳",
        "paid_amount",
        date(2025, 10, 27),
    ),
    _i(
        "return_freight_free",
        "退货包运费",
        "退货包运费,转化会升而退款不变",
        "running",
        "none",
        "赵可",
        "converted",
        date(2025, 11, 3),
    ),
    _i(
        "member_day",
        "每月18日会员日",
        "固定会员日,老客频次会升",
        "idea",
        "none",
        "苏梅",
        "orders",
        date(2025, 9, 29),
    ),
    _i(
        "subscribe_mask",
        "面膜按月订购",
        "订购价九折,复购率会升",
        "idea",
        "none",
        "林悦",
        "repeat_rate",
        date(2025, 10, 13),
    ),
    _i(
        "quiz_onboarding",
        "肤质测试引导",
        "先测肤质,首单转化会升",
        "idea",
        "none",
        "许川",
        "converted",
        date(2025, 10, 20),
    ),
    _i(
        "offline_scan",
        "门店扫码入会",
        "买单前扫码,会员率会升",
        "idea",
        "none",
        "郑凯",
        "customers",
        date(2025, 11, 10),
    ),
)
