"""Plain words of time by what they may do in a phrase. One word may do several things; the grammar decides."""

from __future__ import annotations

PLAIN: dict[str, str] = {
    "to": "到|至|-|~|--|—|到了|直到|to|through|thru|until|till|til|thr|->|→|up to|\u2192",
    "from": "从|自|自从|由|from|between|在|starting|beginning|starting from|介于|begin",
    "since": "since|ever since|on or after|on and after|from and including|starting|starting from|as of|from",
    "and": "和|与|及|以及|、|跟|并|and|&|或|or|还有|plus|/|;|分别和",
    "comma": ",",
    "of": "的|of|in|during|the|for|'s|份|里|中的|之|on|within|at|over|那|这个|中|throughout|内",
    "between": "之间|间|期间|止|为止|这段时间|这段时间内|这段|区间|之内",
    "since_after": "以来|至今|到现在|到今天|到目前|到目前为止|起|开始|迄今|至目前|起至今|开始至今|到如今|"
        "以来至今|onwards|onward|"
                   "to date|to now|to present|until now|till now|so far|up to now|截至目前|截止目前|"
                   "截至今天|截止今天|截至昨天|"
                   "截止昨天|截至现在|截至昨日|截止昨日|到昨天|到昨天为止|以后至今|now|截至今日|"
                   "through yesterday|through today|"
                   "as of today|as of yesterday|as of now|until today|until yesterday|up to today|"
                   "up to yesterday|"
                   "to today|to yesterday|thus far|and later|and after",
    "until": "on or before|截至|截止|截止到|截至到|直到|until|till|up to|through|by the end of|through the end of|"
        "up until|不晚于|"
             "no later than",
    "before": "before|prior to|ahead of|leading up to|up to|早于|earlier than|preceding",
    "after": "after|following|later than|晚于",
    "before_after": "之前|以前|前|之前的|以前的|前的",
    "after_after": "之后|以后|后|之后的|以后的|后的",
    "ago": "前|之前|以前|前的|之前的|以前的|ago|back|earlier",
    "roll": "最近|近|过去|过去的|最近的|近来|past|the past|trailing|recent|the most recent|most recent|"
        "rolling|这|最新|"
            "之前|刚过去的|最近连续|过往|the trailing|previous rolling",
    "last": "上一个|上个|前一个|上|前|last|the last|previous|the previous|prior|the prior|preceding|"
        "the preceding|之前的|上面|前面",
    "future": "未来|今后|接下来|往后|之后的|next|the next|coming|the coming|upcoming|following|后",
    "within": "内|以内|之内|来|以来|间",
    "first_n": "前|头|最初|最早|开头|first|the first|opening",
    "last_n": "最后|后|末|最末|last|the last|final|the final|倒数",
    "nth_last": "倒数第",
    "begin": "初|月初|beginning of|the beginning of|start of|the start of|early|beginning",
    "end": "末|底|末尾|月底|end of|the end of|late|end",
    "middle": "中|middle of|the middle of|mid|mid-",
    "this": "this|the current|current|今",
    "rest": "rest of|the rest of|rest|remaining|the remainder of|remainder of|remaining of|剩余|剩下",
    "week_of": "week of|the week of|w/c|wc|week commencing|week beginning|week starting|the week starting|"
        "the week beginning|"
               "week starting on|the week commencing",
    "that_week": "那周|当周|那一周|所在周|所在的周|那个星期|所在的那一周",
    "that_month": "当月|那个月|所在月",
    "every": "每|每个|每逢|各|逐|every|each|per",
    "each_time": "周末|weekends|工作日|weekdays|weekday|平日|work days|working days",
    "event_during": "期间|期|大促期间|大促|活动|活动期间|促销|促销期间|节|周期内|档期|周期|period|"
        "promotion|sale|campaign|festival|"
                    "shopping festival|sales|promo|season",
    "event_holiday": "假期|长假|黄金周|小长假|放假期间|放假|假期期间|长假期间|holiday|holidays|"
        "holiday week|break|weekend",
    "event_day": "当天|当日|那天|这天|那一天|这一天|正日子|itself",
    "event_last": "上次|上一次|最近一次|上一届|上届|the last|last|most recent|the most recent|the latest|"
        "latest|最近的",
    "a": "a|an|one",
    "my": "my",
    "earlier": "earlier|later",
    "century": "century|世纪",
    "first": "首|头一|第一|首个|头一个|开头|first|the first",
    "final": "最后一|最后一个|末|尾|final|the final|last|the last",
    "first_day": "首日|第一天|头一天|day one",
    "last_day": "最后一天|末日|末一天",
    "of_year": "全年|整年|年全年|the whole year|the full year|the entire year|the year as a whole",
    "half_month1": "上半月|前半月|上半个月|前半个月",
    "half_month2": "下半月|后半月|下半个月|后半个月",
    "third1": "上旬|上半旬",
    "third2": "中旬",
    "third3": "下旬|末旬",
    "half1": "上半年|前半年|上半个年度|上半年度|first half|1st half|the first half|first half year",
    "half2": "下半年|后半年|下半年度|second half|2nd half|the second half|second half year",
    "whole": "整个|全|整|whole|entire|full|the whole|the entire|the full|一整个|完整的",
    "season1": "春季|春天|spring", "season2": "夏季|夏天|summer|暑期|暑假", "season3": "秋季|秋天|autumn",
    "season4": "冬季|冬天|winter",
}  # fmt: skip

VAGUE = (
    "前段时间|前一段时间|前阵子|前一阵子|前些天|前些日子|前几天|前几周|前几个月|前几年|近几天|近几日|"
    "近几周|近几个月|近几年|最近几天|最近几周|"
    "最近几个月|最近几年|过去几天|过去几周|过去几个月|过去几年|近期|近来|最近|近日|近些年|近年|近年来|"
    "这几天|这几周|这几个月|这几年|这段时间|"
    "这阵子|那段时间|那阵子|那时候|当时|之前|以前|往年|前不久|不久前|刚才|刚刚|早些时候|过年那会儿|"
    "年前|年后|节前|节后|上线以来|开业以来|"
    "淡季|旺季|大促期间|大促|活动期间|促销期间|促销季|假期|节假日|节日|旺季期间|上个活动|上次活动|上次大促|"
    "上一次大促|活动前|活动后|本期|"
    "某天|某一天|哪段时间|有段时间|早期|初期|后期|末期|年货节|暑期档|世界杯期间|开学季|毕业季|"
    "recently|lately|the other day|a while ago|some time ago|sometime ago|in the old days|a few days ago|"
    "a couple of days ago|"
    "a few weeks ago|a few months ago|a few years ago|the past few days|the past few weeks|the past few months|"
    "the past few years|the last few days|the last few weeks|the last few months|the last few years|"
    "last few days|"
    "last few weeks|last few months|last few years|past few days|past few weeks|past few months|past few years|"
    "several days ago|several weeks ago|several months ago|in recent days|in recent weeks|in recent months|"
    "in recent years|"
    "recent days|recent weeks|recent months|recent years|these days|nowadays|long ago|earlier on|back then|"
    "at that time|"
    "the holidays|the holiday season|holiday season|peak season|off season|low season|during the promotion|"
    "the promotion period|"
    "since launch|the last promotion|last promotion|the last campaign|this season|last season|prime day|"
    "前一时期|近一段时间|"
    "最近一段时间|最近这段时间|过去一段时间|有一阵|几天前|几周前|几个月前|几年前|数天前|数月前|年初那会儿|"
    "过年前|过年后|春节前后|国庆前后|previous seasons|上个季节|本季节|last couple of days|"
    "last couple of weeks|"
    "last couple of months|couple of days ago|couple of weeks ago|couple of months ago"
)  # fmt: skip

CLOCK = (
    "上午|下午|凌晨|傍晚|深夜|半夜|早上|晚上|今晚|昨晚|今早|昨夜|中午|白天|夜间|tonight|last night|"
    "this morning|"
    "this afternoon|this evening|yesterday morning|yesterday evening|yesterday afternoon|at noon|midnight"
)

NOISE = (
    "当前位置|以上|以下|上架|上新|上线|上升|上涨|上传|上海|上市|下降|下跌|下单|下滑|下载|下面|周转|周边|"
    "周期|周大福|周黑鸭|日本|日用|日化|"
    "月饼|月子|月嫂|年轻|年龄|年货|年糕|季节性|中国|中文|中间|中心|中部|中等|其中|中石油|中通|中高|到店|"
    "到货|到达|到手|到付|到账|"
    "得到|达到|收到|看到|直到目前|前端|前台|后台|后端|前十|前五|前三名|排名前|前列|目前为止|天猫|天河|天津|"
    "天气|明天系|日常|生日|"
    "从未|从来|由于|自营|自己|自然流量|自动|自提|自有|自建|节省|及时|及格|以及其|间接|时间|房间|空间|区间价|"
    "初次|初始|末端|底部|底价|见底|到底|末次|首单|首次|首购|首访|首页|和谐|跟踪|头部|起步|发起|引起|一起|"
    "开始时间|止损|"
    "高峰期|假期套餐|后续|最后|然后|售后|最后一次|退后|留存|"
    "year-old|years old|day one|end user|end-user|early bird|late fee|mid-range|mid range|mid-size|"
    "best day|weekly active|"
    "of course|in total|in fact|to do|how to|last mile|first-time|first time|first order|first purchase|"
    "first name|"
    "last name|last touch|first touch|last click|first click|end to end|most recent order|"
    "last order|first visit|"
    "each other|in order|so far so good|the rest|rest api|time to|next best|next step|next to|days since|"
    "day trial"
)  # fmt: skip
