"""What columns of marketing tables are called, in both languages: for labels, identifiers and what a column holds.

Words only help to guess; what they give is shown for confirmation and never decides alone (see `roles`).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from semantic_layer.text import Text

_HAN = re.compile(r"[\u3400-\u9fff]")

# English = Chinese; the longest Chinese word wins. Several Chinese words of one English: the first is the label.
_PAIRS = """
date=日期 | day=日 天 | month=月份 月 | year=年份 年 | week=周 星期 | hour=小时 时段 | time=时间 | quarter=季度
order date=下单日期 订单日期 | order time=下单时间 | pay time=支付时间 付款时间 | paid date=支付日期 付款日期
created at=创建时间 建立时间 | updated at=更新时间 | registered at=注册时间 注册日期 | start date=开始日期 | end date=结束日期
channel=渠道 | ad channel=投放渠道 广告渠道 | sales channel=销售渠道 | source=来源 流量来源 | medium=媒介 | platform=平台 | media=媒体
campaign=广告计划 推广计划 活动 营销活动 | campaign name=计划名称 活动名称 | ad group=广告组 单元 | ad=广告 | creative=创意 素材 | keyword=关键词
account=账户 账号 | spend=花费 消耗 投放花费 广告花费 投放费用 广告费 推广费 | cost=成本 费用 | budget=预算 | fee=手续费
impressions=展现量 展现 曝光量 曝光 展示量 展示次数 曝光数 展现数 | clicks=点击量 点击 点击数 点击次数 | views=浏览量 播放量 | sessions=会话数 访问量
visitors=访客数 访客 | page views=页面浏览量 | conversions=转化数 转化量 转化 | leads=线索数 线索 | add to cart=加购 加购数 | installs=安装量 下载量
conversion rate=转化率 | click rate=点击率 | refund rate=退款率 | rate=比率 率 | share=占比 份额 | discount=折扣 优惠 | discount amount=优惠金额 折扣金额
order=订单 | order id=订单号 订单编号 订单ID | orders=订单数 订单量 支付订单数 | order amount=订单金额 | order status=订单状态 | status=状态
invoice=发票 | invoice no=发票号 | transaction=交易 | transaction id=交易号 流水号 | basket=购物篮 | coupon=优惠券 | payment=支付 付款 | paid=实付
amount=金额 | paid amount=支付金额 实付金额 成交金额 付款金额 | sales=销售额 销售金额 营业额 销售 | sales value=销售额 | revenue=收入 营收 | gmv=GMV 成交额 | profit=利润 | income=收入
price=价格 | unit price=单价 | quantity=数量 件数 | units=销量 | refund=退款 | refund amount=退款金额 | total=总计 | value=值 | tax=税额 | freight=运费
customer=客户 顾客 会员 | customer id=客户编号 客户ID 客户号 会员号 会员ID | customer name=客户名称 客户姓名 | user=用户 | user id=用户ID 用户编号 | buyer=买家
buyers=支付人数 买家数 下单人数 成交人数 | new customers=新客数 新客户数 | new customer=新客 | member=会员 | household=家庭 | gender=性别 | age=年龄
level=等级 | segment=人群 | type=类型 | category=类目 品类 分类 类别 | brand=品牌 | product=商品 产品 | product id=商品编号 商品ID 产品编号 | product name=商品名称 产品名称 品名
sku=SKU | item=条目 | description=描述 说明 | name=名称 姓名 | title=标题 | code=编码 代码 | number=编号 号码 | id=ID | note=备注 | comment=评论 评价
store=门店 店铺 | store name=店铺名称 门店名称 | region=地区 区域 大区 | province=省份 省 | city=城市 | country=国家 | state=州 | district=区县 区 | address=地址
device=设备 | browser=浏览器 | system=系统 | page=页面 | event=事件 | event name=事件名称 | salesperson=销售员 业务员 | department=部门 | supplier=供应商
rating=评分 星级 | score=得分 分数 | stock=库存 | balance=余额 | target=目标 | count=次数 个数 | people=人数 | days=天数 | duration=时长 | is=是否 | new=新 | old=老
ad delivery=投放 广告投放 | daily report=日报 | details=明细 | report=报表 | data=数据 | list=列表 清单 | table=表
first=首 | last=末 | stockcode=货号 | variant=版本 | group=组 | position=位置 | size=规格 尺寸 | color=颜色 | weight=重量 | phone=手机号 电话 | email=邮箱
"""

# What a column holds, by words in its Chinese header or whole words of its identifier.
_CONCEPTS: dict[str, tuple[str, str]] = {
    "share": (r"率$|占比|比例|百分比", "rate ratio share pct percent percentage ctr cvr roi roas"),
    "position": (r"年龄|年份|月份|季度|星期|纬度|经度|邮编|楼层|排名", "age year month week weekday hour latitude longitude lat lng lon zip postcode rank position"),
    "score": (r"评分|星级|得分|分数", "rating score stars grade"),
    "stock": (r"库存|余额|存量", "stock balance inventory"),
    "spend": (r"花费|消耗|投放费|广告费|推广费", "spend spending adspend spent"),
    "refund": (r"退款金额|退款额|退款$", "refund refunds refunded"),
    "discount": (r"优惠|折扣|立减", "discount coupon disc"),
    "cost": (r"成本|费用|手续费|运费|税", "cost costs fee freight tax shipping"),
    "price": (r"单价|价格|售价", "price"),
    "impressions": (r"展现|曝光|展示", "impressions impression imps"),
    "clicks": (r"点击", "clicks click"),
    "conversions": (r"转化", "conversions conversion leads installs"),
    "visitors": (r"访客|会话|访问量", "visitors visits sessions uv"),
    "buyers": (r"支付人数|买家数|下单人数|成交人数", "buyers"),
    "orders": (r"订单数|订单量|成交单数", "orders"),
    "quantity": (r"数量|件数|销量", "quantity qty units"),
    "revenue": (r"金额|销售额|收入|营收|营业额|成交额|实付|总价|GMV", "revenue sales amount gmv paid turnover total"),
}  # fmt: skip
_ID_ZH = re.compile(r"(编号|编码|号码|货号|单号|[^型帐]号|ID|id)$")
_ID_EN = frozenset(
    "id ids no code key sku uuid guid phone zip postcode number num stockcode upc ean barcode hash".split()
)
_TIME_BEST = re.compile(
    r"下单|订单|支付|成交|日期|date|day|order|paid|purchase|event|timestamp", re.IGNORECASE
)
_TIME_LATE = re.compile(
    r"更新|修改|注册|生日|结束|update|modif|birth|regist|end|expire|deliver", re.IGNORECASE
)
_RESERVED = frozenset(
    "select from where group order by having limit table column case when then else end and or not null true false "
    "join on using union all distinct as in is between like values default user primary key references check desc asc "
    "with window rows range offset fetch cast interval".split()
)
GOOD = {
    "revenue": "up", "orders": "up", "buyers": "up", "visitors": "up", "clicks": "up", "conversions": "up",
    "quantity": "up", "score": "up", "refund": "down", "cost": "down", "spend": "none", "price": "none",
}  # fmt: skip


@cache
def _pairs() -> tuple[dict[str, str], dict[str, str]]:
    """Return English to Chinese and Chinese to English."""
    to_zh: dict[str, str] = {}
    to_en: dict[str, str] = {}
    for pair in re.split(r"[|\n]", _PAIRS):
        english, _, chinese = pair.strip().partition("=")
        for at, word in enumerate(chinese.split()):
            if at == 0:
                to_zh.setdefault(english, word)
            to_en.setdefault(word.casefold(), english)
    return to_zh, to_en


def identifier(header: str) -> str:
    """Return an identifier for a header in any language; empty where no word of it is known."""
    text = unicodedata.normalize("NFKC", header).strip()
    words = english_words(text)
    name = "_".join(words)[:60].strip("_")
    if not name:
        return ""
    if name[0].isdigit():
        name = f"c_{name}"
    return f"{name}_value" if name in _RESERVED else name


def english_words(text: str) -> list[str]:
    """Return a header as English words in lower case; Chinese words are looked up, unknown ones left out."""
    split = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", text)
    words: list[str] = []
    for piece in re.findall(r"[A-Za-z0-9]+|[\u3400-\u9fff]+", split):
        words += _translated(piece) if _HAN.match(piece) else [piece.lower()]
    return words


def _translated(text: str) -> list[str]:
    to_en = _pairs()[1]
    words: list[str] = []
    at = 0
    while at < len(text):
        size = next((n for n in range(min(8, len(text) - at), 0, -1) if text[at : at + n] in to_en), 0)
        if size:
            words += to_en[text[at : at + size]].split()
        at += size or 1
    return words


def label_of(header: str, name: str) -> Text:
    """Return a label in both languages: the header itself in its own, the known words of it in the other."""
    text = (
        re.sub(r"\s*[((][^()()]*[))]\s*$", "", unicodedata.normalize("NFKC", header)).strip()
        or header.strip()
        or name
    )
    if _HAN.search(text):
        english = " ".join(english_words(text)) if _known_all(text) else ""
        return Text(
            zh=text, en=english or (name.replace("_", " ") if not name.startswith("column_") else text)
        )
    words = english_words(text)
    english = " ".join(words) or text
    return Text(zh=chinese_of(words) or english, en=english)


def _known_all(text: str) -> bool:
    to_en = _pairs()[1]
    rest = re.sub(r"[A-Za-z0-9\s]+", "", text).casefold()
    at = 0
    while at < len(rest):
        size = next((n for n in range(min(8, len(rest) - at), 0, -1) if rest[at : at + n] in to_en), 0)
        if not size:
            return False
        at += size
    return True


def chinese_of(words: list[str]) -> str:
    """Return the Chinese of English words, empty where one is unknown; the longest phrase wins."""
    to_zh = _pairs()[0]
    made, at = "", 0
    while at < len(words):
        for size in range(min(3, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + size])
            found = to_zh.get(phrase) or to_zh.get(phrase.removesuffix("s"))
            if found:
                made, at = made + found, at + size
                break
        else:
            return ""
    return made


def table_label(origin: str, name: str) -> Text:
    """Return what a table is called: its sheet or file in its own language, the identifier's words in the other."""
    sheet = re.search(r"\[(.+)\]$", origin) or re.search(r": (.+)$", origin)
    stem = sheet[1] if sheet else re.sub(r"\.[A-Za-z0-9]+$", "", origin)
    shown = name.replace("_", " ")
    if _HAN.search(stem):
        return Text(zh=stem.strip(), en=shown)
    return Text(zh=chinese_of(name.split("_")) or shown, en=shown)


def concept_of(header: str, name: str) -> str | None:
    """Return what a column of numbers holds, by its name: `spend`, `clicks`, `revenue`, …; None where words say nothing."""
    words = set(name.split("_"))
    for concept, (chinese, english) in _CONCEPTS.items():
        if re.search(chinese, header) or words & set(english.split()):
            return concept
    return None


def is_identity(header: str, name: str) -> bool:
    """Return whether a column is called like a key or code: its numbers are names, not amounts."""
    return bool(_ID_ZH.search(header.strip())) or name.rpartition("_")[2] in _ID_EN


def time_rank(header: str) -> int:
    """Return how likely a time column is the one that things are counted at: 0 is best."""
    if _TIME_LATE.search(header):
        return 2
    return 0 if _TIME_BEST.search(header) else 1


def thing_of(name: str, header: str) -> tuple[str, Text]:
    """Return what an identity column identifies: `customer_id` is a customer."""
    bare = "_".join(part for part in name.split("_") if part not in _ID_EN) or name
    bare = {"stock": "product", "stockcode": "product"}.get(bare, bare)
    if _HAN.search(header):
        chinese = re.sub(r"(编号|编码|号码|ID|id|号)$", "", header.strip()) or header.strip()
    else:
        chinese = chinese_of(bare.split("_")) or bare.replace("_", " ")
    return bare, Text(zh=chinese, en=bare.replace("_", " "))


def singular(word: str) -> str:
    """Return the singular of an English noun in plural; another word as it is."""
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word if word.endswith(("ss", "us", "is")) else word.removesuffix("s")


def plural(word: str) -> str:
    """Return the plural of an English noun, as identifiers and labels write it."""
    if word.endswith(("s", "data", "people")):
        return word
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}s"
