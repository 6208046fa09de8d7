"""Patterns with a number or a unit inside, as data: top 5, 前三名, 7-day moving average, 哪个月, negative."""

from __future__ import annotations

from bot.language.rule import Rule
from bot.planners.rules.tags import Tag

EN_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
).split()
_N = r"(\d{1,4}|[一二三四五六七八九十百两]{1,4}|(?:" + "|".join(EN_NUMBERS) + r")\b)"
_COUNTER = r"(?:名|个|位|大|家|款|强|条|种|类|甲|项)?"
UNITS = {
    "天": "day", "日": "day", "周": "week", "星期": "week", "月": "month", "月份": "month", "个月": "month",
    "季度": "quarter", "季": "quarter", "年": "year", "年份": "year", "日子": "day", "日期": "day", "小时": "hour", "钟头": "hour",
    "day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year", "hour": "hour", "date": "day",
}  # fmt: skip
_UNIT_ZH = r"(天|日|星期|周|个月|月份|月|季度|季|年份|年|小时)"
_UNIT_EN = r"(day|week|month|quarter|year|hour|date)s?"

RULES: tuple[tuple[Rule, Tag, str], ...] = (
    (Rule(rf"\b(?:the )?(?:top|first|best|leading)[ -]?{_N}(?![\d.%]| ?(?:day|week|month|quarter|year|hour))(?: best| largest| biggest| highest| most(?: common(?:ly used)?| frequent(?:ly used)?| often used| popular)?)?"), Tag.TOP, "desc"),
    (Rule(rf"(?:排名)?(?:最?靠?前|头)\s*{_N}(?!\s*(?:天|日|周|个?月|季|年|小时|[\d.%])){_COUNTER}"), Tag.TOP, "desc"),
    (Rule(rf"(?:排行|排名)?top\s*{_N}"), Tag.TOP, "desc"),
    (Rule(rf"\b(?:the )?(?:bottom|last|worst|lowest|least|fewest|smallest)[ -]?{_N}(?![\d.%]| ?(?:full |whole |complete |calendar )?(?:day|week|month|quarter|year|hour|minute))"), Tag.TOP, "asc"),
    (Rule(rf"(?:排名)?(?:最后|倒数前?|垫底|末|后)的?\s*{_N}(?!\s*(?:天|日|周|个?月|季|年|小时|[\d.%])){_COUNTER}"), Tag.TOP, "asc"),
    (Rule(rf"{_N}\s*{_COUNTER}最(?:高|多|大|贵|长)的?"), Tag.TOP, "desc"),
    (Rule(rf"{_N}\s*{_COUNTER}最(?:低|少|小|便宜|短)的?"), Tag.TOP, "asc"),
    (Rule(rf"最(?:高|多|大|贵|长)的?前?{_N}(?!\s*(?:天|日|周|个?月|季|年|小时|[\d.%])){_COUNTER}"), Tag.TOP, "desc"),
    (Rule(rf"最(?:低|少|小|便宜|短)的?前?{_N}(?!\s*(?:天|日|周|个?月|季|年|小时|[\d.%])){_COUNTER}"), Tag.TOP, "asc"),
    (Rule(rf"最(?:好|佳|优)的?前?{_N}(?!\s*(?:天|日|周|个?月|季|年|小时|[\d.%])){_COUNTER}"), Tag.TOP, "best"),
    (Rule(rf"最(?:差|糟|不理想)的?前?{_N}(?!\s*(?:天|日|周|个?月|季|年|小时|[\d.%])){_COUNTER}"), Tag.TOP, "worst"),
    (Rule(rf"\b{_N} (?:most|highest|largest|biggest|greatest|top|leading)\b"), Tag.TOP, "desc"),
    (Rule(rf"\b{_N} (?:least|lowest|smallest|fewest)\b"), Tag.TOP, "asc"),
    (Rule(rf"\b{_N} (?:best|top|most|biggest)[ -](?:selling|sold|popular|ordered|bought)\b"), Tag.TOP, "desc"),
    (Rule(rf"\b{_N} (?:worst|least|slowest)[ -](?:selling|sold|popular|ordered|bought)\b"), Tag.TOP, "asc"),
    (Rule(rf"\b{_N} best(?: performing)?\b"), Tag.TOP, "best"),
    (Rule(rf"\b{_N} worst(?: performing)?\b"), Tag.TOP, "worst"),
    (Rule(rf"\b(?:highest|largest|biggest|greatest|most) {_N}\b(?![.%])"), Tag.TOP, "desc"),
)  # fmt: skip

# Measure words of Chinese: 几位, 哪门, 每间. 天, 周, 月 … are time and stand elsewhere.
MEASURES = "个位家名人种款条笔单票次场件项类间台辆张份部套座所门支批只艘架户趟班节级档方边处层栋"
COUNTERS: tuple[tuple[Rule, Tag], ...] = (
    (Rule(rf"(?:[一总]?共)?有?(?:多少|几)一?[{MEASURES}](?![内外以])"), Tag.HOW_MANY),
    (Rule(rf"哪一?[{MEASURES}]"), Tag.WHICH),
    (Rule(rf"(?:每一?|各)(?!方[案式法面向]|条[件款]|部门|级别|批次|场[景次])[{MEASURES}](?!类|种)"), Tag.BY),
)

# The n best buckets of time: top 5 days, 最高的三个月, 前五的日子, the five days with the highest.
TOP_TIME: tuple[tuple[Rule, str], ...] = (
    (Rule(rf"\b(?:the )?(?:top|best|leading|peak|busiest|highest|largest|biggest)[ -]?{_N} {_UNIT_EN}\b"), "desc"),
    (Rule(rf"\b(?:the )?{_N} (?:best|top|highest|busiest|strongest|largest|biggest) {_UNIT_EN}\b"), "desc"),
    (Rule(rf"\b(?:the )?(?:bottom|worst|lowest|slowest|weakest)[ -]?{_N} {_UNIT_EN}\b"), "asc"),
    (Rule(rf"\b(?:the )?{_N} (?:worst|lowest|slowest|weakest) {_UNIT_EN}\b"), "asc"),
    (Rule(rf"\b(?:the )?{_N} {_UNIT_EN}(?= (?:with|that had|that have|having|which had) (?:the )?(?:highest|most|largest|biggest|best|greatest)\b)"), "desc"),
    (Rule(rf"\b(?:the )?{_N} {_UNIT_EN}(?= (?:with|that had|that have|having|which had) (?:the )?(?:lowest|least|smallest|worst|fewest)\b)"), "asc"),
    (Rule(rf"最(?:高|多|大|好|佳|旺)的?前?{_N}\s*(?:个)?(天|日|星期|周|月份|月|季度|年份|年|小时)"), "desc"),
    (Rule(rf"最(?:低|少|小|差)的?前?{_N}\s*(?:个)?(天|日|星期|周|月份|月|季度|年份|年|小时)"), "asc"),
    (Rule(rf"(?:排名)?前{_N}(?:名|位|大|高|个)?的(天|日子|日期|星期|周|月份|月|季度|年份|年)"), "desc"),
)  # fmt: skip
# One bucket of time as the thing that is ranked: 单日最高, 最高的单日.
SINGLE_TIME = Rule(r"单(日|天|周|月|季度|年)(?![价品均])")

MOVING: tuple[Rule, ...] = (
    Rule(rf"(?:最近|近|过去)?{_N}\s*{_UNIT_ZH}的?(?:移动|滑动|滚动)(?:平均值?|均值|均线)"),
    Rule(rf"{_N}\s*{_UNIT_ZH}均线"),
    Rule(rf"\b{_N}[ -]{_UNIT_EN}[ -](?:moving|rolling)[ -](?:average|avg|mean)\b"),
    Rule(rf"\b(?:moving|rolling)[ -]{_N}[ -]{_UNIT_EN}[ -](?:average|avg|mean)\b"),
    Rule(
        rf"\b(?:moving|rolling) (?:average|avg|mean) (?:of|over|for) (?:the )?(?:last |past )?{_N} {_UNIT_EN}\b"
    ),
)
MOVING_SUM: tuple[Rule, ...] = (
    Rule(rf"(?:最近|近|过去)?{_N}\s*{_UNIT_ZH}的?(?:移动|滑动|滚动)(?:求和|合计|累计|总和)"),
    Rule(rf"\b{_N}[ -]{_UNIT_EN}[ -](?:moving|rolling)[ -](?:sum|total)\b"),
    Rule(rf"\brolling {_N}[ -]{_UNIT_EN}[ -](?:sum|total)\b"),
)
WHICH_TIME: tuple[Rule, ...] = (
    Rule(rf"哪(?:一)?个?{_UNIT_ZH}"),
    Rule(rf"哪(?:几|些)个?{_UNIT_ZH}"),
    Rule(
        rf"\b(?:which|what|on which|in which|on what|in what) {_UNIT_EN}\b(?! (?:of the (?:week|month|year)))"
    ),
    Rule(
        r"(?<=最[高低多少大小好差快慢猛])的?(?:那一?个?|一个?|那个)?(月份|月|天|日子|日期|季度|年份|年|周|星期)(?![一二三四五六日均度])"
    ),
    Rule(
        rf"\b(?:the )?{_UNIT_EN}(?= (?:with|that (?:had|has)|when|had|having|which had|in which) (?:\w+ ){{0,4}}(?:highest|lowest|most|least|best|worst|largest|smallest|fewest|peak))"
    ),
    Rule(
        rf"\b(?:best|worst|peak|top|highest|lowest|busiest|slowest|quietest|weakest|strongest|biggest) {_UNIT_EN}\b"
    ),
)
AND_TIME: tuple[Rule, ...] = (
    Rule(rf"\band (?:by )?{_UNIT_EN}\b(?! of| \d)"),
    Rule(rf"\b(?:for |in |at )?(?:each|every|per|by) {_UNIT_EN}(?= (?:of|in|during|for|within) )"),
    Rule(r"历(年|月|季度)(?![史来])"),
    Rule(r"[和与及、](?:按)?(月份|月|季度|年份|日期)(?![一二三四五六七八九十0-9初末底度均])"),
)
DAY_OF_WEEK = Rule(
    r"(?:按|每个?|各个?|分|不同)?(?:星期几|周几|礼拜几)|(?:by |per |for each |each |which |what |on which )?(?:day|days) of (?:the )?week"
    r"|\b(?:by|which|per|each|what|on which) weekdays?\b"
)
SIGNED: tuple[tuple[Rule, Tag, str], ...] = (
    (
        Rule(
            r"(?:what |as a |as )?% ?(?:of )?(?:the )?(?:grand )?(?:total|overall)\b|what % of|% (?:share )?of\b"
        ),
        Tag.SHARE,
        "",
    ),
    (Rule(r"% ?(?:(?:change|growth|increase|decrease)(?: in| of)?(?![a-z])|变化|增长)"), Tag.GROWTH, "rate"),
    (Rule(r"# ?of\b"), Tag.HOW_MANY, ""),
    (
        Rule(
            r"\bwhere (?:do|does|did|are|is|have|has|will|most of)\b(?=.{1,60}\b(?:come|comes|came|coming) from\b)"
        ),
        Tag.ORIGIN,
        "",
    ),
    (
        Rule(
            r"(?<=\w )(?:come|comes|came|coming) from(?= *(?:$|[?.!,]|last |this |in |on |yesterday|today|during ))"
        ),
        Tag.ORIGIN,
        "",
    ),
    (
        Rule(r"(?:为|是)?负(?:的|数|值)?(?![责债担荷])|小于零|低于零|\bnegative\b(?! growth)|below zero"),
        Tag.SIGNED,
        "<",
    ),
    (Rule(r"各(?:自)?(?:是|为|有)(?:多少|几)(?=$|[?!。呢呀啊])"), Tag.EACH, ""),
    (Rule(r"单[笔个次件票条张](?=最)"), Tag.STOP, ""),
    (Rule(r"百分之?(?:几|多少)|几成(?!交|本)|多大(?:的)?比[例重]|几个百分点"), Tag.SHARE, ""),
    (
        Rule(
            r"(?:whose |with (?:a |the )?|having (?:a |the )?|its |the )?(?:names?|titles?)(?= (?:that |which )?(?:contain|start|begin|end|includ|has |have |like))"
            r"|(?:的)?(?:名称|名字|名)(?:里|中|里面|当中)?(?:是|为)?(?=不?(?:包含|包括|含|带|以))"
        ),
        Tag.STOP,
        "",
    ),
    (
        Rule(r"(?:whose |with )(?=[a-z ]{2,30} (?:is|are|was|were|contains?|starts?|begins?|ends?) )"),
        Tag.STOP,
        "",
    ),
    (Rule(r"为正(?:的|数|值)?|大于零|\bpositive\b(?! growth)|above zero"), Tag.SIGNED, ">"),
    (Rule(r"# ?1\b|no\.? ?1\b"), Tag.SUPER, "desc"),
)
ORDINAL = Rule(rf"排?名?第{_N}(?:名|位|高|多|大)?的?")
LAST_ORDINAL = Rule(
    rf"(?:排?名?)(?:倒数第?|末尾第|最后第){_N}(?!\s*(?:天|日|周|个?月|季|年|个|名|位))(?:名|位|高|多|大)?的?"
)
