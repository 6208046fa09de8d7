"""The ideas that people ask for analyses by, each with its words in both languages, as data: no word of a workspace.

A tool's declaration (`tools/asks.py`) says which of them together ask for it. Chinese words are split by spaces,
English ones by `|`; `~` stands for the endings of a regular verb or noun, `_` for a space. Both may be expressions.
"""

from __future__ import annotations

from bot.planners.rules.words_ideas_trade import MONEY, WORK

# What is said of the numbers.
_NUMBERS: dict[str, tuple[str, str]] = {
    "why": (
        "怎么(?:会|就|突然|一下子?)*(?=[^,。?!]{0,6}(?:少|多|降|跌|涨|掉|升|低|高|差|没)) 为什么 为何 为啥 凭什么 原因 怎么回事 咋回事 怎么搞的 怎么了 咋了 (?:问题|毛病|根子|症结)(?:是|到底|究竟|主要)?(?:出)?在(?:哪里?|哪儿|什么)?"
        " (?:是)?谁的锅 怪谁 赖谁 怪在谁头上 (?:差|少|输|亏|跌|掉)在(?:哪里?|哪儿|什么地方) 罪魁祸首 症结 根源 背后 归咎 (?:怎么|如何)(?:来的|造成的|会)",
        "why|how come|reason~|(?:root )?cause~|culprit~|(?:is |are |was )?to blame|(?:what(?:'s| is| was| are)? )?behind|driver~|explain~|explanation~"
        "|because of what|due to what|what (?:went|is going|was going|goes) wrong(?: with)?|what happened (?:to|with)|accounts? for|responsible for"
        "|make sense of|what made|what led to|what's up with",
    ),
    "who_did": (
        "(?:是)?(?:被)?(?:谁|哪些?个?[^,。?!]{0,6}?|什么)(?:主要|给)?(?:造成|导致|拖累|拖|拉低|拉高|拉动|带动|推动|引起|影响)(?:的|了)? (?:造成|导致|拖累|拉低|拉高|拉动|引起)的?",
        "(?:dragg|pull|push|driv|brought|held|hold|kept|keep)(?:ed|ing|es?)?(?: .{1,30}?)? (?:down|up|back)|driv(?:es?|en|ing)|drove|caus(?:ed|es|ing)|contribut(?:e|es|ed|ing|or|ors)(?: (?:the )?(?:most|more))?(?: to)?|hurt~|weigh~ on|mak(?:e|es|ing)(?= .{1,40} (?:up|down|rise|fall|drop|grow|worse|better|higher|lower))",
    ),
    "moved": (
        "变化 变动 波动 起伏 下降 下滑 下跌 回落 走低 走高 跌 掉了? 掉下来 降 少了 变少 减少 缩水 (?<!多)少 上不去 起不来 不行 不理想 变差 差了 上升 升高 上涨 涨 增加 变多 不如 没有?(?:以前|之前|往年)好",
        "chang(?:e|es|ed|ing)|drop(?:s|ped|ping)?|fall(?:s|ing|en)?|fell|declin(?:e|es|ed|ing)|dip(?:s|ped)?|slump~|plung(?:e|es|ed)|decreas(?:e|es|ed)|shr[aiu]nk"
        "|slid(?:e|es)?|ris(?:e|es|en|ing)|rose|jump~|spik(?:e|es|ed)|surg(?:e|es|ed)|swing~|swung|mov(?:e|ed|ement|ements)|(?:so |that |much )*(?:lower|higher|weaker|stronger|worse)"
        "|(?:go|goes|going|went|gone|come|came|is|are|was|were) (?:down|up)|dropped off|climb~|tank~|collaps(?:e|es|ed)|crash~|tumbl(?:e|es|ed)|soft~|weak~",
    ),
    "taken_apart": (
        "拆解 拆一?下 拆开 拆拆 分解 拆",
        "break (?:it )?down|broken down|breakdown|decompos(?:e|es|ed|ition)|take (?:it )?apart|dissect~|unpack~",
    ),
    "predicted": (
        "预测 预估 预计 预判 推测 估计 估算 估一?下 推算 展望",
        "forecast~|predict~|prediction~|estimat(?:e|es|ed|ion)|project(?:ed|ion|ions)|outlook|anticipat(?:e|ed)|expect(?:ed|s|ing)?|extrapolat(?:e|ed)",
    ),
    "as_it_goes": (
        "(?:照|按|按照|依|依照)(?:着)?(?:现在|目前|当前|这样|这个?)(?:这个?|的)*(?:势头|趋势|速度|节奏|走势|情况|水平)?(?:下去|走|发展|来看|看)* (?:的)?势头",
        "(?:at|on) (?:this|the current|our current|the present) (?:rate|pace|trend|course)|if (?:this|the trend|things|it) (?:continue~|goes on|keeps? (?:up|going|on)|stays? like this)|as things stand|on current trends?",
    ),
    "will_reach": (
        "(?:能|会|将|可以|大概|大约)+再?(?:做|到|有|卖|达|达到|冲|涨|跌|是|收|挣|拿)+到?(?:了)?(?:多少|什么(?:水平|程度)|几) (?:大概|大约|估计|差不多)(?:是|有)?多少 会(?:怎么样|怎样|如何)(?:走|变|发展)? (?:会|将)?(?:怎么|如何)(?:走|发展|变化) 走势 走向",
        "(?:will|would|going to|gonna|might|could|can) .{0,40}?(?:be|end up|come to|come in|land|reach|hit|look like|look|get|make|sell|have|develop|evolve|close|finish)(?: at| with)?|(?:about|roughly|approximately|around) (?:how much|how many|what)|where (?:will|is|are) (?=.{0,40}(?:be|end|head|go))|head(?:ed|ing)(?: to| for)?|to come in at|end(?:s)? up",
    ),
    "future": (
        "未来 下一步 接下来 往后 今后 以后 将来 下个?(?:月|周|星期|季度|半年|年) 明年 明天 后天 年底 月底 季末 年末 后面 后续 剩下的",
        "next|coming|upcoming|tomorrow|by (?:the )?(?:end|close) of|year[- ]end|future|ahead|rest of (?:the|this)|going forward|from now on|soon",
    ),
    "trend": ("趋势 走势 走向 曲线", "trends?|outlook|develop~|evolv~|look like|trajectory|direction"),
    "ahead": (
        "未来 接下来 往后 今后 (?<![年今去前上])下个?(?:月|周|星期|季度|年) 明年 明天 后天 年底前 月底前 季末前 到?(?:年底|月底|季末|年末)(?:还|能|会|可以)+",
        "next (?:week|month|quarter|year|few|couple|\\d+|two|three|four|five|six|seven|ten|twelve|half)s?|(?:the )?coming(?= (?:week|month|quarter|year|day|\\d|two|three|four|six))|upcoming|tomorrow|rest of (?:the|this) (?:year|month|quarter)|(?:by|before) (?:the )?(?:year[- ]end|end of (?:the |this )?(?:year|month|quarter))",
    ),
    "strange": (
        "异常 反常 奇怪 古怪 怪 不对劲 不对头 不(?:太|大|怎么)(?:对|合理)(?:劲|头)? 不(?:太|大|怎么)?(?:正常|寻常|合常理) 蹊跷 诡异 突兀 可疑 突然(?:变|变得|变化|波动|涨|跌|掉|冒)? 离谱 离群 异动 突增 突降 跳变 猛涨 猛跌 暴涨 暴跌 出格",
        "strange(?:ly)?|odd(?:ly|ities|ity)?|weird(?:ly)?|unusual(?:ly)?|abnormal(?:ly|ities|ity)?|suspicious(?:ly)?|out of the ordinary|out of line|irregular(?:ly|ities|ity)?"
        "|outlier~|anomal(?:y|ies|ous)|unexpected(?:ly)?|sudden(?:ly)?|fishy|(?:look|looks|looked|looking|seem|seems|seemed|feel|feels) (?:a bit |a little |very )?(?:off|wrong|unreal)|out of (?:step|place)|stand(?:s)? out|stood out|out of whack|not normal|funny|glitch(?:es)?",
    ),
    "fake": (
        "刷量 刷单 刷的 机器人? 爬虫 水军 作弊 虚假 (?<![请放休暑寒节长病事年产度])假(?:流量|访问|访客|点击|订单|量|的)?(?!期|日|如|设) 灌水 掺水 水分",
        "fake(?:d|s)?|bots?|fraud(?:ulent)?|inflat(?:e|es|ed|ing)|spam~|scrap(?:er|ers|ing)|crawler~|not (?:real|human)|click farms?|bogus|non-human",
    ),
}
# What is said of targets, steps and time.
_PROGRESS: dict[str, tuple[str, str]] = {
    "target": (
        "目标 kpi 任务 计划(?:数|值|量)? 预定",
        "targets?|goals?|quotas?|plan|objective~|kpis?|where we (?:should|need to) be|budgeted",
    ),
    "progress": (
        "进度 进展 完成 达成 达到 达标 实现 够得着 赶得上 赶上 来得及 来不及 够得上 够不着 没(?:有)?(?:达到|完成|达成) 落后 领先 超前 差(?:得)?(?:多少|多远|多大|很多)? 离 距离 距 缺口 到哪(?:里|儿|一步)?了? 能不能 能否 可以?吗 有?没有?希望",
        "on track|ahead(?: of)?|behind|reach~|hit|meet~|ma[dk]e(?: it)?|making|far|short(?: of)?|shortfall|gap|pace|progress~|achiev(?:e|ed|es|ing)|attain~|complet(?:e|ed|ion)|miss~|against|versus|vs|compared? (?:to|with)|how (?:close|near)|close to|deliver~|status|still (?:get|possible|reachable)|odds|chance~|done",
    ),
    "on_target": ("达标", "on track(?: to| for)?|on target|on course|on pace"),
    "funnel": ("漏斗", "funnel~"),
    "step": (
        "步骤 (?:每|各|哪|那|几|一)+个?(?:步|环|关|环节|阶段|节点|步骤) 一?步步 环节 逐步 分步 哪一?[步环关]",
        "steps?(?: by step)?|stages?|step-by-step|at (?:what|which) point|points?|phases?",
    ),
    "process": (
        "流程 过程 链路 到[^,。?!]{1,8}之间 从[^,。?!从]{1,8}到[^,。?!]{1,8}?(?=每|各|一步|逐|的|,|中间|这|哪|还|走|转|有|卡) (?:下单|购买|结算|结账|付款|支付|预订|注册)(?:的)?(?:过程|流程|路上|途中|环节|页) (?:下单|购买|结算|结账|付款|支付)(?=(?:的|时|里)?(?:哪|时|中)) 半路 半途 中途",
        "process|check-?out|sign-?up|buying journey|purchase journey|on the way(?: to [a-z]+)?|from [a-z ]{3,20} to [a-z]{3,15}|pipeline|halfway|before (?:paying|buying|ordering|they (?:pay|buy|order)|completing|finishing)|without (?:paying|buying|ordering)",
    ),
    "loss": (
        "流失 损耗 流掉 走掉 流走 走人 走了 离开 跑了 跑掉 放弃 卡住 卡在?(?:哪|了)? 漏 漏掉 损失 中断 退出 断了? 剩下? 留下 掉 掉队 流向 停在 停下 不走了 没(?:走|付|买|完成)",
        "leak~|los(?:e|es|ing|t)|loss(?:es)?|drop(?:s|ped|ping)?(?:[- ](?:off|out|offs))?|abandon~|abandonment|leav(?:e|es|ing)|left|quit(?:s|ting)?|giv(?:e|es|ing) up|gave up|bail~(?: out)?|exit~"
        "|fall(?:s|ing)? (?:off|out|away)|fell (?:off|out|away)|(?:get|gets|got|getting) (?:stuck|lost|through)|stuck|mak(?:e|es|ing) it|remain~|surviv(?:e|es|ing)|get through|bounc(?:e|es|ing)|turn(?:s|ing)? (?:back|away)|walk(?:s|ing)? away|back out|stop~",
    ),
    "goes_on": (
        "转化 通过 走到 走完 走下去 进到 到达 继续",
        "convert~|conversion~|gets? to|reach~|arrive~ at|go(?:es)? on|get (?:past|to|through)|continue~|proceed~|advance~|move on|complete~|pass",
    ),
}
# What is said of customers.
_CUSTOMERS: dict[str, tuple[str, str]] = {
    "cohort": ("同期群 同批(?:次)? 队列", "cohorts?"),
    "retained": (
        "留存 留住 留得住 留下来 回头(?!看|想|再看) 回头率 粘性 忠诚度",
        "retention|retain~|stick(?:s|ing)?(?: (?:around|with us))?|stickiness|sticky|stay(?:s|ed|ing)?(?: (?:with us|loyal|around))?|ke(?:ep|pt|eping)(?= (?:our |the |new |them |those )*(?:customers|users|buyers|clients|shoppers|members|people|guests|them))|loyalty",
    ),
    "comes_back": (
        "(?:还|会|再|又|能)+(?:来|买|回来|下单|光顾|消费|回购|复购|购买|光临)(?:吗|么)? 回来 再次?(?:来|买|下单|购买|光顾|消费) 第2次(?:来|买|购买|下单)? 第二次(?:来|买|购买|下单)? 二次(?:购买|消费) 复购 回购 回头",
        "(?:c[oa]me?|coming|(?<!^)(?<![.?!;] )return|returns|returning|returned)(?: back)?(?: (?:to us|for more|again))?|(?:buy|buys|buying|bought|order|orders|ordering|ordered|purchase|purchases|shop|book|booking) (?:from us )?again|re-?orders?|re-?purchas(?:e|es|ing)|second (?:purchase|order|time|booking)",
    ),
    "first_time": (
        "(?:第1次|第一次|首次|首单|首购|初次|头一次)(?:购买|买|下单|消费|来)?完?(?:的|了|过|之后|以后|后)* 新客户?(?:们)? 新用户 新会员 新来的 刚来的",
        "first[- ]time(?:rs)?|first (?:order|purchase|buy|visit|booking)s?|new(?= (?:customer|buyer|user|client|shopper|member|guest|people))|newly (?:won|acquired|gained)|newcomers?|after (?:their|the|a) first",
    ),
    "over_time": (
        "后面(?:几个?月|的日子)? 随(?:着)?时间 逐月 逐周 一个月一个月 月复一月 之后(?:几个?月)? 长期(?:来看|以来|看)?(?:的)? 过多久 多久 多长时间 一段时间",
        "month (?:after|by|over) month|week (?:after|by) week|over (?:the )?(?:time|months|weeks|years)|later|in the (?:long|following) (?:run|months|weeks)|long[- ]?term|how (?:long|soon)|eventually|down the (?:road|line)|as time goes (?:by|on)|over (?:his|her|their|its) (?:life|lifetime)",
    ),
    "rfm": (
        "rfm",
        r"rfm|recency,?(?: and)? frequency(?:,? (?:and|&)? ?(?:money|monetary|spend|value|amount))?",
    ),
    "recency": (
        "最近(?:一次)?(?:购买|消费|下单)(?:时间)?(?:和|、|,)*",
        "recency|how recently|last purchase(?: date)?|recent purchases?",
    ),
    "frequency": (
        "频次(?:和|、|,)* 频率(?:和|、|,)* 购买次数(?:和|、|,)* 消费次数(?:和|、|,)*",
        "frequency|how often",
    ),
    "monetary": ("(?:消费|购买)?金额 消费额 花费 消费", "spend|spending|money|monetary|amounts?|value"),
    "tiered": (
        "分层 分个?层 分级 分个?级 分档 分个?档 分等 分成三六九等 分等级 分类 分群 分组",
        "tier~|segment~|segmentation|grad(?:e|ed|es|ing)|rank~|layer~|scor(?:e|ed|es|ing)|classif(?:y|ied|ication)",
    ),
    "best": (
        "最?好的 最优质的? 优质的? 高价值的? 最?重要的 核心的? 最?忠诚的? vip 最?值钱的? 最有价值的? 大客户 金主 铁杆 最?值得",
        "best|most (?:valuable|important|loyal|profitable)|top|vip|high[- ]value|valuable|loyal|key|big spenders?|vips",
    ),
    "win_back": (
        "(?:重点)?维护 关怀 维系 经营好 唤醒 激活 召回 挽回 挽留 赢回 找回 拉回来? 请回来 捞回来? 重新联系 回访 触达",
        "look~ after|tak(?:e|ing) care of|nurtur(?:e|ing)|pamper~|reward~|w[io]n(?:ning)? (?:them |back )*(?:back)?|re-?activat(?:e|es|ing|ed)|re-?engag(?:e|es|ing|ed)|wak(?:e|ing) (?:them )?up|reach(?:ing)? out to|bring(?:ing)? (?:them )?back|recover~|reconnect~(?: with)?|contact~|call~ back|get(?:ting)? (?:them )?back|target~",
    ),
    "dormant": (
        "沉睡 沉默 沉寂 休眠 不活跃 睡着的? 好久没(?:来|买|下单)的? 很久没(?:来|买|下单)的? 许久(?:没|未)(?:来|买|下单)的? 老客户? 流失的?",
        "(?:but )?(?:stopped|gone quiet|went quiet)|used to (?:buy|order|shop|come|visit)|dormant|lapsed|inactive|sleeping|asleep|gone quiet|quiet|lost|(?:have not|haven't|not) (?:bought|ordered|visited|been|shopped|purchased)(?: (?:anything|from us|in a while|for a while|lately|recently))*|old|former",
    ),
    "leaves": (
        "流失 不再来 不(?:会)?(?:再)?(?:来|买|回来|下单|光顾|消费|续)了? 离开 跑掉 跑路 走掉 走人 离我们而去 弃我们而去 取消 流走",
        "churn~|leav(?:e|es|ing)(?! (?:a |an |any |us )?(?:bad|good|poor|negative|positive|nice|review|comment|rating|feedback|message))|los(?:e|es|ing)|stop~ (?:buying|coming|ordering|shopping|using)|not (?:come back|coming back|return|buy again)|never (?:come back|return|buy again)|drop(?:ping)? (?:off|away|out)|laps(?:e|es|ing)|defect~|slip~ away|go(?:ing)? away|walk~ away|say(?:ing)? goodbye|abandon~ us|cancel~|attrition|(?:be |are |is )?gone|disappear~|vanish~|switch~ (?:away|to)|move~ on",
    ),
    "likely": (
        "可能 快要?了? 即将 会不会 要 风险 概率 几率 预警 苗头 迹象 倾向 最容易 容易 有危险 危险 将要 会",
        "(?:most )?likely(?: to)?|about to|(?:at )?risk(?:s|y)?(?: of)?|going to|might|may|soon|probab(?:ly|ility|le)|will|in danger(?: of)?|danger|warning~|signs? of|prone to|could|on the verge of|close to|tend to|predict~|threat~",
    ),
    "lifetime": (
        "终身 终生 生命周期 (?:这|一)?辈子 一生 全周期 长期(?:来看|来讲|看|来说)?(?:的)? 长远(?:来看|来讲|看|来说)?(?:的)? 从长远 累计下来",
        "life-?time|life|ltv|clv|in the long (?:run|term)|long[- ]?term|long[- ]?run|over time|over (?:his|her|their|its) (?:life|lifetime|whole life)|in total over|all in all|future",
    ),
    "ltv": ("ltv clv (?:全)?(?:生命周期|终身|终生)(?:的)?(?:总)?价值", "ltv|clv|clv's|life-?time[- ]value~"),
    "worth": (
        "(?:平均)?花(?:费)?(?:多少钱?) 消费多少 价值 值(?:多少钱?|钱|不值)? 带来(?:多少钱?|多少)? 贡献(?:多少钱?|多少)? 创造(?:多少)? 给(?:我们|咱们)?(?:带来|贡献|挣|赚)(?:多少钱?)? 能(?:挣|赚|花)(?:多少钱?)?",
        "worth|valu(?:e|able|ed)|bring~(?: in| us)?|earn~(?: us)?|generat(?:e|es)|contribut(?:e|es)|spend~|mak(?:e|es) us|pay~ us|yield~|give~ us",
    ),
    "clustered": ("聚类 聚成 归类 归成 分群 聚一?下 聚", "cluster~|k-?means|clusterings?"),
    "kinds": (
        "(?:几|哪几|哪些|什么|多少)(?:大)?(?:类型?|种|群|拨|类人|种人|群体)(?:型|人|人群)? 类型 群体 画像",
        "(?:kinds?|types?|groups?|sorts?|classes|clusters?|segments?|categories|profiles?|personas?)(?: of)?|archetypes?",
    ),
    "split_into": (
        "(?:分成|分为|归成|归为|划分成?|划成|拆成|聚成)(?:[几\\d一二三四五六七八九十]+个?)?(?:大)?(?:类|群|组|种)?(?:人)?",
        "split~(?: up)?(?: into)?|divid(?:e|es|ed)(?: up)?(?: into)?|group~(?: into)?|sort~ into|partition~|classify|put(?:ting)? into|bucket~",
    ),
    "customers": (
        "客户(?:群体?)? 顾客 用户 买家 会员 消费者 客人 老客户? 新客户? 访客 人群 大家 人们 人",
        "customers?|buyers?|users?|shoppers?|clients?|members?|consumers?|people|visitors?|guests?|subscribers?|clientele|who|anyone|everyone|folks|persons?|audience",
    ),
    "behaviour": (
        "行为 习惯 购买方式 消费方式",
        "behaviou?rs?|habits?|how they (?:shop|buy|behave|spend|order)|patterns?|the way they (?:shop|buy)",
    ),
}
IDEAS: dict[str, tuple[str, str]] = _NUMBERS | _PROGRESS | _CUSTOMERS | MONEY | WORK

# Ideas whose words may also name something of the workspace: they stay to be read, and are pardoned where nothing is.
NOUNS = frozenset(
    {
        "customers",
        "channel",
        "products",
        "data",
        "future",
        "ahead",
        "money",
        "model",
        "buy",
        "comments",
        "orders",
        "fees",
    }
)
# Of those, whom an analysis of people is about anyway: no dimension that it is split by.
PEOPLE = "customers"
