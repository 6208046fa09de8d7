"""The ideas of money, media, offers, products, comments, tests, data and our own work: see `words_ideas.py`."""

from __future__ import annotations

# What is said of money, media and offers.
MONEY: dict[str, tuple[str, str]] = {
    "money": (
        "预算 钱 广告(?:费用?|费) 推广(?:费用?|费) 投放费用? 投放 经费 资金 投入 费用 花费",
        "budgets?|money|spend(?:ing)?|ad[ -]spend|dollars?|euros?|yuan|pounds?|cash|funds?|media|ads?|investment",
    ),
    "allocated": (
        "分配 分给 挪 转移 腾 调配 调整 调 怎么(?:花|投|用|分|配|安排) 如何(?:花|投|用|分|配|安排) 该(?:怎么|如何)?(?:花|投|加|减)(?:在|到|给)? 倾斜 优化 花在 投在 投到 投给 加给 加钱 减钱 往哪(?:里|儿)?(?:投|放|花)? 配比",
        "re-?allocat~|re-?allocation|allocat(?:e|ed|ing|ion)|shift~|mov(?:e|ed|ing)|spread~|split~|distribut(?:e|ed|ing|ion)|divid(?:e|ed|ing)|re-?balanc(?:e|ed|ing)|re-?distribut(?:e|ed|ing)|optimi[sz](?:e|ed|ing)|put~|cut~|mix|re-?direct~|where should (?:we|i|the|our)|get more|get less|deserves? (?:more|less)|more (?:money|budget)|less (?:money|budget)|invest~|plan~|better used|best used|go(?:es)? to",
    ),
    "add_or_cut": (
        "(?:该|应该|可以|要|值得)?(?:加|多)(?:点|些)?(?:钱|预算|投入) (?:该|应该|可以|要)?(?:减|少|砍)(?:点|些|掉)?(?:钱|预算|投入) 加投 减投 砍掉",
        "scal(?:e|ing) (?:up|back|down)|cut back|increase (?:the |our )?(?:budget|spend)|double down(?: on)?|pull back",
    ),
    "channel": (
        "(?:广告|投放|推广|营销|引流)?(?:渠道|媒体|平台) 触点 广告 投放 推广",
        "channels?|media|touch ?points?|platforms?|ads?|campaigns?|sources?",
    ),
    "marginal": (
        "边际 递减 饱和 见顶 到顶 天花板 瓶颈 (?:再|继续)(?:投|加)(?:下去)?(?:就|也)?(?:没|不)(?:有)?(?:效果|用|划算|值|意义)了?",
        "marginal(?:ly)?|diminish~(?: returns?)?|saturat(?:e|ed|ion|ing)|(?:hit|reach)~? (?:the |a |its |their )?(?:ceiling|limit|plateau)|plateau~|maxed out|tapped out|over-?spen(?:d|t|ding)|response curves?",
    ),
    "more_money": (
        "(?:再|多|继续|追加|接着)+(?:投|花|加|追加|烧|砸)(?:一?点|一?些|1块|一块|1元|一元|\\d+[万千百]?元?)?(?:钱|预算|投入|投放)? 加(?:大)?(?:预算|投入|投放) 追加(?:预算|投入|投放)?",
        "(?:spend~|put~|invest~|add~|pour~|pump~|throw~)(?: in)?(?: (?:any|some|even|much))?(?: more| another| extra| additional| further)|more (?:spend|spending|money|budget|ads|advertising|investment)|(?:one|another|an) (?:more |extra |additional )?(?:yuan|dollar|euro|pound|1000|thousand)|extra (?:spend|spending|money|budget|yuan|dollar|euro)|increas(?:e|ing) (?:the |our )?(?:spend|budget)|(?:each|every) (?:extra|additional) (?:yuan|dollar|euro|pound)",
    ),
    "pays": (
        "划算 划不划算 值得? 值不值得? 有用 有效果? 还有(?:效果|用) 带来(?:多少)? 回报 产出 换来(?:多少)? 合算 有意义 赚回来 回本",
        "pay~(?: off)?|paid off|worth(?: it| our while| the money)?|return~|bring~(?: in)?|mak(?:e|es|ing) sense|profitable|get(?:s|ting)?(?: us| back)?|buy us|give us|yield~|help~|work~|effective|useful|good use|gain~",
    ),
    "attributed": (
        "归因(?:的)?(?:贡献|结果|价值|占比)? 归功于? 功劳 算在谁(?:头上|身上)? 记在谁(?:头上|身上)? 助攻 种草 收割 临门一脚 贡献度 (?:真实|实际|真正)(?:的)?贡献",
        "attribut(?:e|ed|es|ing|ion)|credit(?:s|ed)?|assist(?:s|ed|ing)?|deserv(?:e|es)(?: the)?|first[- ](?:touch|click)|last[- ](?:touch|click)|multi-?touch",
    ),
    "model": ("模型 (?:几|多)种(?:方法|方式|算法|口径)", "models?|methods?|ways|approach(?:es)?"),
    "coupon": (
        "优惠券 代金券 满减券 折扣券 满减 (?:发(?:出去|放|了)?的?)?券 优惠 折扣 打折 促销 补贴 降价 红包",
        "coupons?|vouchers?|discounts?|promotions?|promos?|promo codes?|special offers?|markdowns?|price cuts?|rebates?|deals?(?= (?:just|only|really|cannibal))",
    ),
    "incremental": (
        "增量 额外 多卖 多出来 白发的? 白送 白给 浪费 拉新 薅羊毛 羊毛党? 便宜了 补贴了 本来就?(?:会|要|打算|想)?(?:买|下单|购买)? 不发 没发 (?:还|也)会(?:有|买|下单|购买)吗? 真的?(?:有|能|会)?(?:用|效)? 撬动 拉动 值(?:得|不值)? 到底有没有 有没有用",
        "incremental(?:ity|ly)?|additional|extra|new (?:sales|customers|orders|business|revenue)|anyway|without (?:it|them|the|a|any)|wast(?:e|ed|ing)|giv(?:e|ing) (?:money |it |margin |)away|cannibali[sz](?:e|ed|es|ing|ation)|creat(?:e|es|ed|ing)|really|actually|lift|uplift|worth it|pay off|pay for (?:itself|themselves)|subsidi[sz](?:e|ed|ing)|would have|move the needle|make a difference",
    ),
    "broadcast": (
        "达人直播 直播(?:带货|间)? 主播带货 达人带货 达人 主播 带货 网红 kol",
        "live (?:sessions?|streams?|shows?|selling|commerce|shopping|broadcasts?)|live-?streams?(?:ing)?|creators?(?: deals?| collaborations?| partnerships?)?|influencers?(?: deals?| campaigns?| collaborations?)?|hosts?|kols?|streamers?",
    ),
    "profit": (
        "赔钱?本? 赚不赚钱? 赚钱? 有得?赚 亏不亏钱? 亏钱? 亏本 亏损 盈亏 盈利 利润 挣钱? 保本 回本 划算 划不划算 合算 值不值 值得? 净赚 净得 净收益 倒贴 还剩(?:多少)? 剩(?:下)?多少 落袋 到手",
        "profit(?:s|able|ability)?|(?:ma[dk]e?|making|earn|earned|earning|los(?:e|es|ing|t))(?: us| any| the most| the least| more| much)* money|money[- ]?(?:makers?|losers?)|worth(?: (?:it|the money|their money|our while|(?:what|the money) we pay(?: them| for them)?))?|break(?:s|ing)? even|break-?even|in the red|in the black|net|left(?: over)?|pay off|loss(?:es)?|margin~|earn~ (?:their|its) keep",
    ),
    "fees": (
        "(?:扣|减|除|刨|算|加)(?:掉|除|去|完|上|了)?(?:了)? 佣金 坑位费 服务费 费用 退款 抽成 提成 成本 分成 之?后",
        "after|fees?|commissions?|refunds?|returns?|costs?|what (?:we|they) (?:pay|paid|cost)(?: them)?|cuts?|slotting|expenses|net of|minus|and|their",
    ),
}
# What is said of products, comments, tests, data and our own work.
WORK: dict[str, tuple[str, str]] = {
    "basket": ("购物篮 购物车组合 连带率? 关联(?:购买|规则|销售)", "baskets?|affinit(?:y|ies)|association rules?|cross-?sell(?:ing)?|carts? together"),
    "buy": ("购买 买 下单 卖 拍下 选购 订", "buy~|bought|purchas(?:e|es|ed|ing)|order~|sell~|sold|pick~|cart|book~|add~|get"),
    "together": (
        "一起 一块儿?(?!钱) 同时 搭着? 搭配 连带 捆绑 组合 配套 顺便 顺手 同一(?:个|张)?(?:单|订单|购物车) 还(?:会)?(?:买|带|要|选|搭)上? 带上 凑(?:在一起|单) 成套",
        "what else|together|same (?:order|basket|cart|time|booking|receipt)|alongside|along with|in (?:one|the same|a single) (?:order|basket|cart)|go(?:es)? (?:well )?with|pair~|combin(?:e|ed|es|ation|ations)|bundl(?:e|ed|es|ing)|with (?:it|each other|one another)|as well|also",
    ),
    "products": ("商品 产品 东西 货 单品 品类 品 款", "products?|items?|goods|things|categor(?:y|ies)|skus?|articles?|services?"),
    "orders": ("订单 单子? 单", "orders?|sales?|purchases?|bookings?"),
    "comments": ("评价 评论 差评 好评 中评 口碑 反馈 留言 评语", "reviews?|comments?|feedback|ratings?|reviewers?|testimonials?|what (?:they|people|customers) write"),
    "feels": (
        "抱怨 吐槽 不满意?的?(?:地方|点)? 满意 喜欢 讨厌 骂 夸 说(?:了)?(?:些)?(?:什么|啥) 怎么(?:说|看|评) 在意 关心 槽点 情绪 情感 诟病 投诉 嫌弃 痛点 主题",
        "complain~(?: about)?|complaints?|unhappy(?: about)?|(?:dis)?satisf(?:ied|action|y)|dis-?like~|like~|lov(?:e|es|ed)|hat(?:e|es|ed)|annoy~|prais(?:e|es|ed)|say~|said|saying|think~|feel~(?: about)?|talk~ about|mention~|sentiment~|moan~|grip(?:e|es|ing)|grumbl(?:e|es|ing)|critici[sz](?:e|es|ed)|pain points?|upset~|happy|care about|topics?|themes?|bother~|frustrat(?:e|es|ed|ing)",
    ),
    "grumbles": ("抱怨 吐槽 槽点 不满(?:意)? 骂 嫌弃", "complain~(?: about)?|moan~(?: about)?|grumbl(?:e|es|ing)(?: about)?|grip(?:e|es|ing)(?: about)?|unhappy(?: about| with)?|dissatisfied(?: with)?|pain points?"),
    "test": ("a/?b(?:测试|实验)? 实验 测试 试验 对照(?:实验)?", "a/?b[- ]?tests?|experiments?|split tests?|tests?|trials?|variants?|test (?:groups?|cells?|arms?)"),
    "arms": ("实验组 对照组 试验组 版本 方案 (?:a|b)组 新版 旧版", "(?:new|old|other) versions?|control(?: group)?|treatment(?: group)?|variants?|versions?|test groups?|arms?|groups?"),
    "wins": (
        "达(?:到|成)?了?预期 (?:带来)?(?:了)?提升 上线 全量 赢了? 胜出? 更好 哪个好 显著 有效 成功了? 强 偶然 碰巧 运气 随机 差异 差别 区别 结论 结果 有没有用 管用 靠谱 有没有差 输了?",
        "roll(?:ed|ing)? (?:it )?out|ship (?:it|this)|go live|live up to|as expected|improv(?:e|es|ed|ement)|w[io]n(?:s|ning|ner|ners)?|better|best|real|significan(?:t|ce|tly)|chance|luck|noise|random|work~|differen(?:t|ce|ces)|beat~|outperform~|conclusive|conclusion~|succeed~|success(?:ful)?|result~|outcome~|show~|effect~|lost|lose~|flop~|finished|tell us|pan out|go",
    ),
    "how_many": ("多少个?次? 几个 几次 几成 一共 总共 (?:有)?几 哪些", "how many|how often|number of|count|what (?:share|part|fraction|percentage|proportion) of"),
    "ran": ("跑了? 做了? 上了? 开了? 上线了?", "r[au]n|did we|have we|launch~|start~|finish~|done"),
    "idea_rate": ("胜率 成功率 通过率 命中率", "win rate|success rate|hit rate|win ratio|velocity|throughput"),
    "ideas": ("想法 点子 创意 主意", "ideas?|hypothes[ei]s|concepts?"),
    "data": ("报表 数据 数(?:字)?(?=靠|准|可信|对不对|有没有错) 字段 报表 数据表 表里 表格 数据源 底层数据 埋点", "data|datasets?|tables?|numbers|figures|fields?|columns?|records?|rows?|tracking|feeds?"),
    "flawed": (
        "质量 靠(?:得|不)?(?:住|谱) 靠谱 可靠 可信 信得过 准不准 准确 准(?!备) 缺失? 缺了? 重复 完整 有(?:没有|无)?(?:问题|毛病|错误?|误|坑|漏洞) 有错 出错 错(?:误|漏)? 坏了? 干净 脏 断(?:档|层|更) 漏了? 空值 对得上 对不上 能(?:信|用)吗? 新鲜 延迟 体检",
        "quality|reliab(?:le|ility)|trust(?:worthy)?|broken|missing|duplicat(?:e|es|ed|ion)|wrong|corrupt(?:ed)?|problem~|issue~|error~|complete(?:ness)?|incomplete|accura(?:te|cy)|inaccura(?:te|cy)|gap~|clean|dirty|consisten(?:t|cy)|inconsisten(?:t|cies|cy)|hole~|null~|empty|health(?:y)?|rely on|believe|stale|bad|messy|mistakes?|sound|add(?:s)? up|out of date|outdated|up to date|current|late|double[- ]count(?:ed|ing)",
    ),
    "action": ("改动 动作 调整 改版 上线 措施 变更 改进 改变 举措 操作 升级", "change~|actions?|launch(?:es)?|redesign~|updates?|tweak~|releases?|interventions?|measures?|adjustments?|rollouts?|moves?|fix(?:es)?|overhaul|revamp"),
    "latest": ("上次 上一?[次个] 最近(?:一次|的|那次)? 那次 刚(?:做|上|改)的 这次 近期", "last|latest|(?:most )?recent(?:ly)?|previous|newest|just (?:made|did|shipped|launched)"),
    "helped": (
        "有?没有?用 有用吗? 管用 有效果?吗? 效果 奏效 起(?:到)?(?:了)?作用 变好了? 好转 提升了? 改善 影响 带来",
        "work~|help~|(?:get|got|become|became|make|made)(?: things)? (?:any )?better|improv(?:e|ed|ement)|effect~|impact~|differen(?:ce|t)|pay off|paid off|worth it|good for|do(?:ne)? (?:any|some) good|move the needle|success(?:ful)?|better",
    ),
    "before_after": ("前后对?比? 前后", "before[- ](?:and|vs\\.?|versus)[- ]after|pre[- ](?:and|vs\\.?) ?-?post|before/after"),
    "improved": (
        "更(?:高|好|多|快|强) 提上?去 提起来 做上去 提升 提高 增长 做大 做高 往上走? 拉高 拉升 拉上去 上去 上个?台阶 更上一层楼 变好 改善 改进 起来 涨上去 突破 做起来 优化 减少 降低 降下来? 压下来?",
        "improv(?:e|es|ed|ing)|grow~|growth|rais(?:e|es|ing)|lift~|increas(?:e|es|ing)|boost~|(?:get|bring|push|drive|move)(?:ting|ing)?.{1,40}? (?:up|higher|down|lower)|sell more|do better|earn more|make more|turn (?:it|this|things) around|fix~|accelerat(?:e|ing)|scale|reduc(?:e|ing)|lower~|better results",
    ),
    "how_to": (
        "(?:怎么|怎样|如何)(?!样|说|看|算|定义|了|回事|分|来|$|[,。?!])(?:才|才能|能|可以|去|做|把|让)* 办法 方法 (?:该|应该|要|可以|能)(?:先)?(?:做|干|抓|改|从哪)(?:点|些)?(?:什么|啥|哪些|哪里)?(?:事)? (?:先|优先)(?:做|抓|干|改)(?:点|些)?(?:什么|哪些|啥)? 从哪(?:里|儿)?(?:下手|入手|着手|开始) 抓(?:手|什么|哪些事?)",
        "how (?:do|can|could|should|would|might|to)(?: (?:we|i|you|one))?|what (?:can|could|should|shall|must|would you|do you)(?: (?:we|i))?(?: (?:do|change|try|suggest|recommend|focus on|fix|tackle|work on))?|ways? to|where (?:can|should|could|do) (?:we|i) (?:find|start|look|begin|grow|focus)|what would it take",
    ),
    "advised": (
        "(?:给|提|出|有)?(?:点|些|几条|什么|哪些)?(?:的)?(?:建议|机会|点子|突破口|抓手|空间)",
        "advice|suggest~|suggestions?|recommend~|recommendations?|opportunit(?:y|ies)|tips?|ideas?|levers?|potential",
    ),
    "what_to_do": (
        "(?:该|应该|要|可以)(?:先|优先)?(?:做|干|抓)(?:点|些)?(?:什么|啥|哪些事?) 优先(?:做|抓)(?:什么|哪些)?事? (?:先|接下来|下一步|下步)+(?:我们)?(?:该|应该|要|可以)?(?:做|干|抓)(?:点|些)?(?:什么|啥|哪些事?) 从哪(?:里|儿)?(?:下手|入手|着手) 最该(?:做|改|抓)(?:的)?(?:什么|哪些|是什么)?",
        "what (?:should|can|could|shall|must|ought) (?:we|i)(?: to)? (?:do|work on|tackle|focus on|prioriti[sz]e|change|start|fix|try)(?: (?:next|first|now))?|(?:most important|biggest|first|one) things? (?:we (?:should|could|can) |to )(?:do|fix|change|improve|tackle|work on)|quick(?:est)? wins?|low[- ]hanging fruits?|easy wins?|easiest wins?|next best (?:step|action|move)s?|next steps?|biggest (?:levers?|opportunit(?:y|ies)|wins?)|where (?:should|do|can) (?:we|i) (?:start|focus|begin)|what (?:do|would) you (?:suggest|recommend|advise)",
    ),
    "advice": (
        "建议 推荐的?(?:事|动作)? (?:你|您)?(?:们)?(?:让|叫|劝|要|建议)(?:我们|咱们|我)(?:做|去做|改|试)的?(?:那些|这些|那个|那)?(?:事情?|动作)?",
        "suggestions?|recommendations?|advice|tips|(?:what )?you (?:told|advised|suggested|recommended|asked|said)(?: (?:us|me|to us|that we|we should))?(?: to (?:do|change|try))?",
    ),
    "earlier": ("之前 以前 上次 过去 采纳 接受 执行 曾经?过? 做过 试过 那些 给过 提过 落实 落地 兑现", "past|earlier|previous(?:ly)?|last|accepted|adopted|implemented|acted on|follow~|use|used|took|taken|tried|old|before|so far|former|gave us|given|made"),
    "turned_out": (
        "效果 有效果?吗? 有用吗? 兑现 后来 结果 怎么样了? 如何了? 成了吗? 灵不灵 灵吗 好使吗? 落地 采纳 落实 执行",
        "pa(?:y|id)(?: us)? off|work~(?: out)?|effect~|outcome~|result~|keep~ (?:its|their) promises?|kept (?:its|their) promises?|c[oa]me true|turn~ out|pan~ out|help~|happened|became|becom(?:e|ing)|deliver~|accepted|adopted|right|true|good|follow-?up|track record|done",
    ),
    "review_back": ("复(?:个|一下|一次|次)?盘 总结 回顾 盘点 检讨 反思 回头看", "retrospective~|retros?|post-?mortems?|look~ back(?: (?:at|on|over))?|recap~|sum~ up|summari[sz](?:e|ing)|debrief~|take stock(?: of)?|reflect~ on|review(?= (?:of )?(?:last|the|this|our|how|q[1-4]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))"),
    "lessons": (
        "教训 经验 得失 学到(?:了)?(?:什么|啥)? 做(?:得)?(?:对|好|错)了?(?:什么|哪些)? 做得(?:好|不好) 哪些(?:做得)?(?:好|不好) 亮点 不足(?![\\d一二三四五六七八九十两半]) 成败",
        "lessons?|learn(?:t|ed|ings?)?|what (?:worked|went (?:well|wrong|right|badly)|did ?n[o']t(?: work)?|failed|succeeded)|worked|went (?:well|wrong|right)|well and badly|(?:do|did|done) (?:well|badly)|mistakes|takeaways?|did (?:well|right|wrong)|highs and lows|good and (?:the )?bad",
    ),
    "one_page": ("一页纸 1页纸 成?[一1]页(?:的)?(?=$|[,。发给汇总报简摘]) [一1]页(?:的)?(?:报告|总结|汇总|摘要|简报) 一张纸 简报 [周月]报(?![修警名废销备价]) 快报 汇总成 摘要", "one[- ]page(?:r|rs)?|on (?:one|a single) page|digest~|briefing~|executive summary|management summary|weekly summary|monthly summary|weekly report|monthly report"),
    "for_boss": ("发我 发给我?(?:老板|领导)? 给老板 给领导 汇报 开会用", "for (?:my|the|our) (?:boss|manager|ceo|director|management|board|team|meeting)|to report|send~(?: me)?|prepare~"),
    "summed": ("汇总 总结 概括 归纳 整理", "sum~ up|summari[sz](?:e|es|ed|ing)|summary|overview|recap~|wrap[- ]?up|round-?up"),
    "monthly": ("月报(?![修警名废销备价]) 月度", "monthly|month's|(?:of|for) (?:the )?(?:last|this|previous) month"),
    "paths": ("一路 路径 路线 轨迹 动线 足迹", "sequences?|paths?|routes?|journeys?|click-?streams?|navigation|trails?"),
    "touched": ("经过 接触 碰到 看过 逛过? 走过 点过 浏览 经历 去了?哪(?:里|儿|些)? 怎么走 怎么来", "touch~|pass~ through|go(?:es)? through|went through|see|saw|visit~|click~|encounter~|look~ at|do|take~|go|goes|come (?:across|from)"),
    "before_buying": (
        "(?:买|购买|下单|付款|成交|支付|转化|订|预订|注册)(?:之)?前 (?:最终|最后)(?:下单|购买|成交|买) (?:一路|最后|最终)?走到(?:了)?(?:下单|付款|支付|成交|购买) 进来(?:之|以)?后",
        "before (?:they |people |customers |users |visitors |we |a |an |the |their |placing |making )*(?:buy~|pay~|order~|purchas(?:e|es|ing)|convert~|book~|sale|checkout|check out|sign~ up)|(?:lead~|led) (?:up )?to (?:an? |the )?(?:buy~|order|purchase|sale|conversion|booking|payment)|on the way to (?:an? )?(?:order|purchase|buying|paying)|after (?:they |people |visitors )*(?:arrive~|land~|enter~|come in)",
    ),
}  # fmt: skip
