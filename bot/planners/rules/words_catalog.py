"""How people ask about the catalog itself, as data: definitions, owners, values, splits, how fresh the data are.

A pattern's groups are gaps: what stands in them is read as the thing that is asked about.
"""

from __future__ import annotations

_DAY_ZH = r"(?:哪一?天|哪日|几号|什么时候|何时|哪个月|什么时间|多久)"
_MEASURED = (
    r"(?:calculated|computed|defined|measured|derived|worked out|determined|calculate|define|compute"
    r"|measure|counted|made up)"
)

CATALOG: tuple[tuple[str, str], ...] = (
    ("metrics", r"(?:你们?|这里|系统|我)?(?:都)?(?:有|能看|可以看|能查|可以查|支持|提供)(?:到)?(?:哪些|什么"
        r"|啥)(?:指标|数据|kpi)(?:可以看|可看|能看|可用|可以查|可以用)?|\b(?:what|which) (?:data|numbers"
        r"|metrics|kpis|measures) (?:do you have|can (?:i|we|you) (?:see|get|look at|use|ask about|ask for|ask|query|show)|are (?:there|available)|is"
        r" available|are tracked|do we track)\b"),
    # ---- how fresh
    ("freshness", r"数据(?:是)?(?:.{0,4}?)(?:更新|截止|截至|同步|刷新|有)(?:到|至"
        r"|于)?(?:了)?(?:" + _DAY_ZH + r")(?:的|了)?|数据(?:是)?(?:什么时候|何时|多久|几点)(?:更新|同步"
        r"|刷新)(?:一次|的)?"),
    ("freshness", r"(?:最新|最近)(?:的)?(?:一天|一次)?(?:的)?(?:数据|更新|日期)(?:.{0,4}?)(?:日期|时间|是|到"
        r"|在)?(?:" + _DAY_ZH + r")?(?:的)?$|数据(?:有)?(?:多新|多旧|够新|新不新|新鲜吗|新鲜度|时效性?"
        r"|是最新的?)(?:吗)?"),
    ("freshness", r"数据(?:是)?从(?:" + _DAY_ZH + r")(?:开始|起)?(?:有)?(?:的)?|(?:有)?(?:多久|多长时间?|几年"
        r"|哪段时间|多少年)的(?:历史)?数据|数据(?:的)?(?:时间)?(?:范围|跨度|区间)(?:是)?(?:多少|什么)?"
        r"|最早的?(?:数据|日期)(?:.{0,3}?)(?:" + _DAY_ZH + r")?"),
    ("freshness", r"\bhow (?:fresh|recent|current|old|up[- ]to[- ]date|new|stale) (?:is|are) (?:the|our|this"
        r"|these|my|your)?(?:.{0,14}?)(?:data|numbers|figures)\b|\b(?:is|are) (?:the|our|this|these)"
        r" (?:.{0,12}?)(?:data|numbers|figures) (?:up[- ]to[- ]date|fresh|current|recent|stale)\b"),
    ("freshness", r"\b(?:until|till|through|up to|to|as of) (?:which|what) (?:day|date|month)\b(?: do (?:we|you"
        r"|i) have| is there| are there| does| is| are)?(?: (?:the|our|any))?(?:.{0,12}?)(?:data|numbers)?(?:"
        r" available| complete| go| run| reach)*"),
    ("freshness", r"\b(?:latest|last|most recent|newest|earliest|first|oldest) (?:available )?(?:data|date|day"
        r"|update|refresh)(?: date| day| point)?(?: (?:of|in|for) (?:the|our|your) (?:.{0,10}?)data| with data|"
        r" do we have| available)?[?]?$|\bdata (?:freshness|recency|range|coverage|date range)\b"),
    ("freshness", r"\bwhen (?:was|were|is|did|does) (?:the |our |this )?(?:.{0,10}?)(?:data|numbers|figures)(?:"
        r" get)? (?:last |most recently |next )?(?:updated?|refreshed?|loaded?|synced)\b|\b(?:how far back"
        r"|since when|from when|from which (?:day|date))\b(?: (?:does|do|is|are))?(?: (?:the|our|we|you|there"
        r"|have))*(?:.{0,8}?)(?:data|history)?(?: go| start| begin| reach)*|\bhow much history\b(?: do we have|"
        r" is there)?"),
    # ---- who owns
    ("owner", r"(?:是)?(?:由)?(?:谁|哪位|哪个人|哪个部门|哪个团队)(?:来|在)?(?:负责|管理?|维护|定义)(?:的)?"
        r"|(?:的)?(?:负责人|维护人|归属人|责任人|owner)(?:是谁|是哪位|是)?|归(?:谁|哪个部门|哪个团队)(?:管"
        r"|负责)?|(?:找|问)谁(?:问|了解)?"),
    ("owner", r"\bwho (?:owns?|is responsible for|maintains?|manages?|is the owner of|is in charge of|looks"
        r" after|defined|takes care of)\b|^(?:the )?owner of\b|\bwhich team (?:owns|is responsible for"
        r"|maintains)\b|\bwho(?:m)? (?:do|should|can) (?:i|we) (?:ask|contact|talk to) about\b|(?<=\w)'s owner\b"),
    # ---- how two differ
    ("difference", r"(?:有)?(?:什么|啥|哪些)?(?:的)?(?:区别|差别|不同(?!的)|不一样|差异)(?:是什么|在哪里?|吗)?"
        r"|(?:怎么|如何)区分"),
    ("difference", r"\b(?:what(?:'s| is| are) )?(?:the )?(?:differences?|distinction) between\b|\bhow (?:is|are"
        r"|does|do)\b(?=.{0,60}\b(?:different from|differ from|differ|different)\b)|\b(?:is |are )?(?:different"
        r" from|differ from|differs from)\b|\b(?:what(?:'s| is) the )?difference[?]?$"),
    # ---- which values
    ("values", r"(?:都)?(?:有)?(?:哪些|哪几个|哪几种|什么)?(?:的)?(?:可选|所有|全部|枚举)?(?:取值|枚举值?"
        r"|可选项|可选值)(?:都)?(?:有)?(?:哪些|哪几个|什么|是什么|列表)?"),
    ("values", r"\b(?:what|which) (?:are )?(?:the |all the )?(?:possible |available |distinct |different "
        r"|unique |allowed )*(?:values|options|members) (?:are there )?(?:of|for|in|does|can|under)\b"
        r"|\b(?:possible|available|distinct|allowed|all|list(?: the| all)?)(?: of)?(?: the)? (?:values|options"
        r"|members) (?:of|for|in)\b"),
    # ---- which splits
    ("dimensions", r"(?:可以|能|能够|都能|都可以|可|支持)?(?:按|从|根据)(?:照)?(?:哪些|什么|哪几个|哪种)(?:维度"
        r"|字段|角度|属性)?(?:来|去)?(?:看|查看|拆分|拆解|拆|分析|分组|细分|筛选|过滤|下钻|分)?"),
    ("dimensions", r"(?:可以|能|支持)?(?:有|都有)?(?:哪些|什么)(?:可用的?|分析)?(?:维度|字段|属性)(?:可以|能"
        r"|可)?(?:用|看|拆|拆分|选|筛选|分析)?|维度(?:列表|清单|目录|有哪些)"),
    ("dimensions", r"\b(?:what|which)(?: .{0,14}?)?(?: can| could) (?:i|we|you|one) (?:group|break|split|slice"
        r"|filter|drill|cut|segment)\b|\b(?:group|break|split|slice|filter|drill|cut|segment)(?:ed|en)?(?:"
        r" .{0,24}?)? (?:down )?by[?]?$|\b(?:which|what|list(?: all| the)*|available|all) (?:dimensions"
        r"|attributes|breakdowns|fields)\b(?: (?:are there|do we have|are available|can i use|exist|does|do))?"
        r"|\bhow can (?:i|we) (?:slice|break down|split|cut|segment)\b|\bby (?:what|which) (?:dimensions?"
        r"|attributes?|fields?)\b"),
    # ---- what it means
    ("definition", r"^(?:请|那)?(?:什么|何)(?:是|叫做?|为|谓)|^(?:请)?(?:解释|介绍|说明|讲讲"
        r"|讲解)(?:一?下)?(?!.{0,20}(?:下降|上升|变化|波动|原因))|(?:到底|具体)?(?:是|指的?是?|表示|代表"
        r"|算)?(?:什么|啥)(?:意思|含义|概念|口径)|(?:的)?(?:定义|含义|口径|计算公式|公式|算法|计算方法|计算方式"
        r"|计算逻辑|计算口径|统计口径)(?:是)?(?:什么|怎样的?|怎么样的?|如何)?"),
    ("definition", r"(?:是)?(?:怎么|如何|怎样|咋)(?:来)?(?:算|计算|定义|统计|界定|得出来?|得来)(?:出来)?(?:的)?"
        r"|(?:是什么|是啥|指什么|指的是什么|指的什么)(?:东西|呀|啊)?$"),
    ("definition", r"\bwhat (?:does|do|did)\b(?=.{1,40}\b(?:mean|stand for|include|measure|represent|refer"
        r" to)\b)|\b(?:mean|stand for|represent|refer to)(?= *[?]?$)|\b(?:define|definitions? of|meaning of"
        r"|explain(?: what)?(?: is| are)?|explanation of|describe)\b(?!.{0,40}\b(?:change|drop|fell|fall|rise"
        r"|rose|increase|decrease|decline|why)\b)|\bwhat counts as\b|\bwhat (?:is|are) (?:meant by"
        r"|considered)\b|\bwhat(?:'s| is) an?\b"),
    ("definition", r"\bhow (?:is|are|was|were|do|does|did)\b(?: (?:you|we|one|they"
        r"|it))?(?=.{1,50}\b" + _MEASURED + r"\b)|\b" + _MEASURED + r"(?= *[?]?$)|\b(?:formula|calculation"
        r"|computation|logic) (?:for|of|behind)\b|(?<=\w)(?:'s)? definition[?]?$"),
)  # fmt: skip
