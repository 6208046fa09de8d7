"""How people ask for each analysis, as data: no word of a workspace. Read by `asked.py`, first match wins.

A pattern's groups (or, without groups, the whole of it) are the words that ask for the analysis; what stands
between them stays to be read: dimensions, filters, periods.
"""

from __future__ import annotations

_BUY_ZH = r"(?:购买|买|下单|购入|选购)"
ASKED: tuple[tuple[str, str], ...] = (
    # ---- is the data right
    ("data_quality", r"数据(?:的)?(?:质量|可信度|完整性|准确性)(?:怎么样|如何|检查|体检|问题|报告|评估)?"),
    ("data_quality", r"(?:数据|字段|表|列)(?:里|中)?(?:的)?(?:有没有|有无|是否有|是不是有|存在|有哪些|都有哪些"
        r"|哪些)?(?:哪里|什么)?"
                     r"(?:缺失值?|缺了?|重复|空值|脏数据|断档|断层|漏数|异常值?和缺失)(?:和|、|或)?(?:重复|缺失"
                     r"|空值)?(?:值|的|数据|行|多|吗)*"),
    ("data_quality", r"(?:哪些|什么)(?:字段|列)(?:的)?(?:缺失|空值|为空|有问题|不完整)(?:最?多|严重)?"),
    ("data_quality", r"数据(?:到底)?(?:靠谱|可信|可靠|准|准确|准不准|完整|干净|能信|能用|有问题)(?:吗|么|不)?"),
    ("data_quality", r"\bdata[- ]quality(?: check| report| audit| issues?)?\b|\b(?:quality|health) (?:check"
        r" )?of (?:the|our) data\b"),
    ("data_quality", r"\b(?:is|are) (?:the|our|this|these) data (?:reliable|complete|clean|correct|accurate"
        r"|trustworthy|ok|okay|any good|good)\b"),
    ("data_quality", r"\b(?:can|should) (?:we|i) trust (?:the|our|this|these) (?:data|numbers|figures)\b"),
    ("data_quality", r"\b(?:missing|null|empty|blank) values?(?: (?:are there )?in (?:the|our) data)?\b(?!"
        r" (?:of|for))"),
    ("data_quality", r"\bduplicat(?:e|ed|es)(?: rows?| records?| entries)?\b(?: in (?:the|our) data)?|\bgaps?"
        r" in (?:the|our) data\b|\bdata gaps?\b"),
    # ---- what became of the suggestions
    (
        "ledger",
        r"建议(?:的)?(?:台账|清单的进展|跟踪|追踪)|(?:采纳|接受|执行|落实|兑现)(?:了|过)?(?:的)?(?:哪些)?建议(?:.{0,6}?)"
        r"(?:效果|怎么样|如何|结果)?|(?:之前|上次|过去|以前)?(?:的)?建议(?:.{0,6}?)(?:兑现|采纳|落实|执行|落地|有用)"
        r"(?:了|得)?(?:吗|没有|怎么样|情况|哪些)?",
    ),
    (
        "ledger",
        r"\b(?:suggestions?|recommendations?) (?:ledger|log|tracker|history)\b|\b(?:accepted|past|earlier|previous|"
        r"adopted|implemented) (?:suggestions?|recommendations?)\b(?: (?:work|worked|work out|perform|do))?|"
        r"\b(?:suggestions?|recommendations?) (?:were |was |have been |we )?(?:accepted|adopted|implemented|rejected|"
        r"paid off|pay off|work out|worked|keep (?:its|their) promise)\b|\bwhat became of\b|"
        r"\bdid (?:the |your |our )?(?:suggestions?|recommendations?) (?:work|pay off|help|keep)\b",
    ),
    # ---- what became of suggestions
    ("ledger", r"(?:你|您)?(?:们)?(?:曾经?|之前)?(?:让|叫|建议|劝|要)(?:了|过)?(?:我们?|咱们)(?:去|要|把|多|再)*(?:给"
        r"|在|往|向)?(?:.{0,12}?)(?:加投|减投|多投|少投|加码|加大(?:投放|投入)?|加预算|增加(?:预算|投放|投入)|停投|停掉"
        r"|缩减|降低(?:预算|投放)|投放|试试|尝试|做)?(?:了|过)?(?:的)?(?:.{0,10}?)(?:的)?(?:效果|结果|后来)(?:到底)?(?:怎么样"
        r"|如何|咋样|怎样|好不好|好吗|呢|了吗|了)*"),
    ("ledger", r"(?:给)?(?:.{0,10}?)(?:加投|减投|多投|少投|停投|加码|加的?预算|多花的钱)(?:了|过)?(?:之?后|以后|的)"
        r"?(?:.{0,10}?)(?:的)?(?:效果|结果)(?:到底)?(?:怎么样|如何|咋样|怎样|好不好|好吗|呢|了吗)+"),
    ("ledger", r"(?:增长)?建议(?:的)?(?:台账|兑现(?:率|情况|了吗|了没有)?|采纳(?:率|情况|了吗)?|执行(?:情况|结果|得怎么样)?"
        r"|落地(?:情况|了吗)?|验收(?:结果|情况)?|跟进(?:情况)?|后来(?:怎么样|如何)?(?:了)?|效果(?:怎么样|如何)?"
        r"|有(?:没有)?(?:用|效)(?:吗)?)(?:了|吗|呢)*"),
    ("ledger", r"(?:采纳|接受|执行|否决|拒绝|试)(?:了|过)?(?:的|哪些|什么|几条|多少)+(?:增长)?建议(?:的)?(?:效果|结果)?(?:怎么样"
        r"|如何|呢|吗)*|(?:哪些|多少|几条)(?:增长)?建议(?:被|已)?(?:采纳|接受|执行|否决|拒绝|兑现|落地)(?:了)?"),
    ("ledger", r"\bhow (?:did|has|have|is|are) (?:the |our |that |your )?(?:extra|additional"
        r"|added|increased|higher|bigger|more|new|shifted|moved)"
        r" (?:ad |ads )?(?:budget|spend(?:ing)?|money|investment)(?: for| on| in| at| into| to)?(?: .{0,40}?)?"
        r" (?:work(?:ed|ing)?|turn(?:ed|ing)?|pan(?:ned)?|pay(?:ing)?|paid|perform(?:ed|ing)?|do(?:ne|ing)?)(?: out| off)?\b"),
    ("ledger", r"\b(?:you |which you )?(?:told|asked|advised|recommended|suggested)(?: (?:me|us|that we|we))?(?: to)?"
        r"(?: .{0,40}?)?(?: (?:more|extra)(?: budget| spend| money)?)?(?: .{0,30}?)?[,:;]? (?:and )?(?:how did (?:it|that)"
        r" (?:go|work out|turn out|do)|did (?:it|that) (?:work|help|pay off)|what (?:came of it|was the (?:effect|result)"
        r"|happened))\b"),
    ("ledger", r"\b(?:ledger|track record) of (?:the |our |your )?(?:suggestions?|recommendations?)\b|\b(?:suggestions?"
        r"|recommendations?|advice) (?:ledger|track record)\b"),
    ("ledger", r"\b(?:how did|what (?:became|came|has become) of|what about|did|have|were) (?:the |your |our |those )?(?:.{0,16}?)(?:accepted |rejected |earlier |previous |past )?(?:suggestions?"
        r"|recommendations?|advice)(?: .{0,14}?)?(?: (?:work(?:ed)?(?: out)?|turn(?:ed)? out|perform|pay(?:ed)? off|paid off"
        r"|keep their promises?|kept their promises?|deliver(?:ed)?|come true|help(?:ed)?|do))?\b|\b(?:which|how many) (?:of"
        r" (?:the|your) )?(?:suggestions?|recommendations?)(?: .{0,10}?)? (?:accepted|rejected|kept|tried|adopted|done)\b"),
    # ---- looking back
    ("retrospective", r"(?:做个?|做一个|写个?|来个|来一次|做一次)?复盘(?:一下|报告|会|总结)?|(?:总结"
        r"|回顾)(?:一下)?(?=.{0,12}(?:月|周|季度|年|活动|大促|双11|618|表现|经营))|(?:月|周|季度?"
        r"|年度?)(?:经营)?(?:总结|回顾)(?:报告)?"),
    ("retrospective", r"\b(?:do |write |run |give me )?(?:a |the )?(?:retrospective|post[- ]?mortem|retro)\b(?:"
        r" (?:of|on|for))?|^(?:please )?(?:review|recap|look back at|sum up|summari[sz]e)\b(?= (?:the )?(?:last"
        r"|previous|this|past|q[1-4]|january|february|march|april|may|june|july|august|september|october"
        r"|november|december|double|campaign))|\bwhat (?:did|have|can) we learn(?:ed)?\b(?: (?:from|in|about))?"
        r"|\bwhat (?:went well|worked and what did not)\b(?: and what (?:did not|didn't|went wrong"
        r"|badly))?"),
    # ---- digests
    ("digest", r"(?:把|(?:来|做|出|写|发|给|要|生成)我?一?[份页个张])(?=.{1,8}(?:周报|月报))|(?:来|做|出|写|发|给|要|生成)?我?(?:一?[份页个张])?(?:经营|营销|业务)?(?:周报|月报)(?![修警名废销备价])(?:发?给?我)?"),
    ("digest", r"\b(?:send me |show me |give me |get me )?(?:a |the )?(?:weekly|monthly)(?: business| marketing| sales)?"
        r" (?:report|digest|summary|briefing)\b(?: please)?(?: for| of)?|(?<=week's )(?:report|digest|summary)\b"
        r"|(?<=month's )(?:report|digest|summary)\b|\b(?:a |the )?digest\b(?: of| for)?"),
    # ---- experiments
    ("experiment_funnel", r"(?:看看)?实验(?:的)?(?:漏斗|胜率|成功率|通过率)|(?:做|跑|上线)(?:了"
        r"|过)?多少(?:个)?实验|实验(?:体系|项目|工作)(?:做得|进展)?"),
    ("experiment_funnel", r"(?:想法|点子|创意)(?:.{0,6})(?:变成|成为|走到|上线)(?:.{0,4})(?:实验)?"),
    ("experiment_funnel", r"\bexperiment(?:ation)?s? (?:funnel|win rate|success rate|pipeline|program(?:me)?"
        r"|velocity)\b|\bwin rate of (?:our |the )?experiments\b"),
    ("experiment_funnel", r"\bhow many (?:of our |of the )?(?:experiments|ideas|tests)(?: .{0,12})? (?:win|won"
        r"|succeed|succeeded|became|were run|did we run|have we run)\b"),
    ("ab_test", r"(?:实验|测试|a/?b)(?:组|版本|方案)?(?:.{0,6}?)(?:谁赢了?|赢了?吗|有没有赢|结论|显著吗|显著性"
        r"|是否显著|胜出|更好|有效吗|好吗|成功了?吗|结果)"),
    ("ab_test", r"(?:实验组|对照组|试验组)(?:.{0,4}?)(?:比|和|与|跟)(?:实验组|对照组|试验组)(?:.{0,3}?)(?:好|高"
        r"|低|差|有差异|有区别)?(?:吗)?"),
    ("ab_test", r"(?:哪个|哪些|哪一个)(?:实验|测试)(?:的)?(?:版本|方案|组)?(?:赢了?|更好|有效|胜出|成功|显著)"),
    ("ab_test", r"\b(?:which|what) (?:experiments?|variants?|tests?)(?: .{0,8}?)? (?:won|wins?|is winning|are"
        r" winning|is better|worked|performed better|was better)\b"),
    ("ab_test", r"\b(?:is |did |does )?(?:variant|version|group) [a-d]\b(?: .{0,12}?)?(?:better|beat|win|worse"
        r"|outperform)(?: than)?(?: the)?(?: control| variant [a-d]| [a-d])?"),
    ("ab_test", r"\b(?:outcomes?|results?|conclusions?|findings|significance) of (?:our |the |all )*(?:a/?b"
        r" )?(?:tests?|experiments?)\b"),
    ("ab_test", r"\b(?:a/?b[- ]tests?|experiments?)(?: results?)?(?: .{0,6}?)?(?:statistically )?(?:significant"
        r"|conclusive|tell us|show|won|win|work|work out|go|results?)\b"),
    # ---- before and after
    ("before_after", r"(?:改版|上线|调整|动作|改动|变更|调价|活动|措施|改进|升级|发版"
        r"|投放)(?:的)?(?:前后)(?:的)?(?:效果|变化|差异|数据|表现)?(?:.{0,4}?)(?:对比|比较|怎么样|多大|变化|评估)?"),
    ("before_after", r"(?:上次|上一次|上一个|最近一次|最近的|那次|这次|这个|最近)(?:的)?(?:动作|调整|改版|改动"
        r"|措施|变更|改进)(?:上线|实施|执行|落地)?(?:之?后|以后)?(?:.{0,6}?)(?:有没有用|有用吗|有没有效果|效果"
        r"|有没有提升|提升|带来的变化|带来|影响|值不值|到底有没有用|有效吗)"),
    ("before_after", r"\b(?:compare (?:the )?(?:time |period |numbers |results )?)?before[- ](?:and|vs\.?"
        r"|versus|/)[- ]?after(?: analysis| comparison)?\b(?: (?:the )?(?:last |latest |recent )?(?:change"
        r"|action|launch|release|intervention))?"),
    ("before_after", r"\b(?:effects?|impact|impact evaluation|evaluation|results?) of (?:the |our )?(?:last"
        r"|latest|recent|previous|most recent) (?:change|action|launch|release|intervention|adjustment)\b"),
    ("before_after", r"\b(?:did|was|has) (?:the |our )?(?:last|latest|recent|previous|most recent) (?:change"
        r"|action|launch|release|intervention)(?: .{0,6}?)? ?(?:work|worth it|have an effect|have any effect"
        r"|help|pay off|make a difference|effective|successful|had an effect)\b"),
    # ---- promotions
    ("promotion", r"(?:优惠券|券|促销|满减|折扣|补贴|优惠)(?:到底|真的|实际)?(?:.{0,6}?)(?:带来多少增量"
        r"|带来(?:的|了多少|多少)?(?:增量|额外)|增量(?:效果|是多少|有多少)?|额外销售|有没有增量|有用吗|有效果吗"
        r"|值不值|值得发吗|是不是浪费|白送)"),
    ("promotion", r"(?:发券|发优惠券|做促销|打折|搞活动)(?:.{0,4}?)(?:有用吗|有用|有效吗|有效果吗|值吗|值不值"
        r"|划算吗|带来增量)"),
    ("promotion", r"(?:用券|领券)(?:的)?(?:客户|用户|老客|人)?(?:.{0,6}?)(?:本来就会买|不发也会买|没券也会买)"
        r"|本来就会(?:买|下单|购买)(?:的)?"),
    ("promotion", r"\bincremental(?:ity)? (?:effect |sales |revenue |impact |lift )?(?:of|from) (?:the |our"
        r" )?(?:coupons?|promotions?|discounts?|vouchers?)\b"),
    ("promotion", r"\b(?:are|were|do|did) (?:the |our )?(?:coupons?|promotions?|discounts?|vouchers?)(?: really"
        r"| actually)? (?:worth it|work|pay off|effective|profitable|pay for themselves|bring extra sales)\b"),
    ("promotion", r"\b(?:how much )?(?:extra|incremental|additional) (?:sales |revenue |orders )?(?:did |do "
        r"|have |from )?(?:the |our )?(?:coupons?|promotions?|discounts?|vouchers?)(?: bring| generate| brought"
        r"| drive)?\b|\bhave bought anyway\b"),
    # ---- live sessions and deals
    ("deals", r"(?:哪场|哪些|各场|每场|那场)?(?:直播|达人|主播|带货)(?:合作|直播"
        r"|带货)?(?:.{0,8}?)(?:盈亏平衡点?|保本点?|最?赚钱|赚不赚钱|亏钱|在亏|亏了|亏损|净收益|净利|净赚|盈利"
        r"|划算)(?:吗|在哪里?|是多少)?"),
    ("deals", r"(?:扣掉|扣除|扣完|减去|刨去)(?:.{0,14}?)(?:佣金|坑位费|服务费|退款)(?:和|、|以及)?(?:佣金"
        r"|坑位费|退款|费用)?(?:以?后|之后)?(?:.{0,4}?)(?:哪场直播|哪场|直播|达人)?(?:.{0,3}?)(?:赚钱|还剩"
        r"|剩多少|净收益)?"),
    ("deals", r"\b(?:break[- ]?even|profitability|net result|net sales|profit|margins?) (?:point )?(?:of|on|for"
        r"|from) (?:the |our )?(?:live (?:sessions?|streams?)|creator deals?|creators?|influencers?)\b(?: after"
        r" .{0,40})?"),
    ("deals", r"\b(?:which |what )?(?:live (?:sessions?|streams?)|creator deals?|influencer deals?)(?:"
        r" .{0,12}?)? ?(?:made (?:the most )?money|are profitable|is profitable|profitable|lost money|loses?"
        r" money|worth it|pay off)\b(?: after .{0,40})?"),
    # ---- reviews
    ("sentiment", r"(?:评论|评价|差评|好评|口碑|舆情)(?:的|里)?(?:情感|情绪|主题|分析|都在说什么|在说什么"
        r"|在讲什么|说什么"
        r"|说了什么|怎么样|怎么说|主要问题|抱怨)(?:分析)?"),
    ("sentiment", r"(?:客户|用户|顾客|买家|大家)?(?:在|都在|主要在|最常|经常)?(?:抱怨|吐槽|投诉|不满意?)(?:什么"
        r"|哪些|些什么|的是什么|最多)|情感分析"),
    ("sentiment", r"(?:差评|负面评价|负评)(?:有没有|是不是|是否|有)?(?:激增|暴增|突增|突然变多|突然增加)(?:了|吗)*"),
    ("sentiment", r"\bwhat do(?:es)? (?:the |our )?(?:bad|negative|poor|worst|unhappy|good|positive) reviews?"
        r"(?: .{0,60}?)? (?:say|mention|complain about|talk about)\b"),
    ("sentiment", r"\b(?:are |is |did )?(?:there )?(?:a |any )?(?:surge|spike|jump) in (?:bad|negative) reviews\b"
        r"|\b(?:bad|negative) reviews (?:surging|spiking|going up|rising)\b"),
    ("sentiment", r"\b(?:review|customer) sentiment\b|\bsentiment (?:analysis|of (?:the |our )?reviews)\b"
        r"|\bwhat do (?:customers|buyers|people|users|reviewers) (?:say|complain|think|like|dislike|hate)(?:"
        r" about| of)?\b"),
    ("sentiment", r"\b(?:topics|themes|complaints|main issues) in (?:the |our )?reviews\b|\breview (?:analysis"
        r"|topics|themes)\b|\bwhat are (?:the |our )?(?:customers|reviews|people) (?:saying|complaining)(?:"
        r" about)?\b|\bmost common complaints?\b"),
    # ---- paths
    ("paths", r"(?:转化|用户|购买|访问|触点|客户|行为)(?:的)?(?:路径|旅程|轨迹)(?:分析)?|(?:下单|购买|转化"
        r"|成交)(?:之?前)(?:都)?(?:经过|走过|接触|看过|访问)(?:了)?(?:哪些|什么)(?:渠道|触点|页面)?|最常见的"),
    ("paths", r"\b(?:(?:most )?(?:common|typical|frequent) )?(?:conversion|customer|user|common|typical"
        r"|navigation|purchase) (?:paths?|journeys?)\b|\b(?:most )?(?:common|typical"
        r"|frequent)\b(?=.{0,14}(?:path|journey))(?: analysis)?|\bpaths? to (?:purchase|conversion|buying"
        r"|payment)\b|\bpath analysis\b|\bwhat do (?:customers|users|people|visitors) (?:do|see|touch|go"
        r" through) before (?:they )?(?:buy(?:ing)?|convert(?:ing)?|order(?:ing)?|pay(?:ing)?)\b"),
    # ---- attribution
    ("attribution", r"(?:多触点|渠道|首次触点|末次触点|首次点击|末次点击|线性|时间衰减|马尔可夫|马可夫|位置"
        r"|沙普利|shapley|markov|数据驱动)(?:的)?(?:归因)(?:分析|模型|结果|贡献|对比)*|归因(?:模型|贡献|结果"
        r"|对比|分析)+"),
    ("attribution", r"(?:用)?(?:末次|首次)(?:触点|点击)(?:归因)?|(?:起|在|有)?助攻(?:作用|的)?|(?:做|做个"
        r"|做一下|看|看看)归因"),
    ("attribution", r"\b(?:multi[- ]touch|first[- ](?:touch|click)|last[- ](?:touch|click)|linear|time[- ]decay"
        r"|markov|shapley|data[- ]driven|channel|position[- ]based)(?: (?:versus|vs\.?|against|and|or) (?:first"
        r"|last)[- ](?:touch|click))?(?: attribution)(?: models?| analysis)?\b"),
    ("attribution", r"\battribution (?:models?|analysis|results?|comparison)\b|\b(?:get|gets|deserves?"
        r"|receives?) (?:the )?credit (?:for|of)(?: conversions?| sales| orders)?\b|\bassist(?:s|ing|ed)?\b(?:"
        r" conversions?)?|\b(?:first|last)[- ]touch(?: (?:against|versus|vs\.?) (?:first|last)[- ]touch)?\b"),
    # ---- response and budget
    ("spend_response", r"(?:投放|花费|广告|广告花费|投入)?(?:的)?(?:边际)(?:回报|效益|效果|收益|roi|roas|产出"
        r"|投产比)?(?:曲线|递减)?|(?:投放|花费)?(?:响应|饱和|回报)曲线|(?:已经)?饱和了?(?:吗)?"),
    ("spend_response", r"(?:再|继续|多)(?:加|追加|增加|多投|多花|投)(?:一点|一些|点|一块钱|1块钱|一元|1元|一万"
        r"|1万)?(?:预算|投放|投入|花费|广告|钱)?(?:.{0,3}?)(?:还)?(?:有用|划算|值得?|有效|有效果|能带来多少"
        r"|带来多少|产出多少)(?:吗)?"),
    ("spend_response", r"\bmarginal (?:return|roas|roi|revenue|effect|returns|cost|value)s?\b|\bdiminishing"
        r" returns?\b|\b(?:response|saturation) curves?(?: of (?:ad )?spend(?:ing)?)?\b|\bsaturat(?:ed|ion"
        r"|ing)\b|\bspend response\b"),
    ("spend_response", r"\b(?:does|is|would|will)(?: it)?(?: be)?(?: worth)? ?(?:spending|spend|adding"
        r"|investing) more(?: money| on ads| budget)?(?: still)?(?: pay off| worth it| help| work| worth)?\b"
        r"|\bwhat (?:would|does) (?:one|another|an extra) (?:more )?(?:yuan|dollar|euro|1000) bring\b"),
    ("spend_response", r"(?:如果|要是|假如|若)?(?:(?:再|多|继续|追加)*(?:加投|多投|多花|追加|增投|加码)|(?:把)?(?:预算|投放|广告(?:费)?|花费|投入)(?:再|多)*(?:加|增加|提高|提升))"
        r"(?:了)?\s*[\d.一两几十百]+(?:%|个点|成)?\s*(?:万|千|百|亿)?(?:元|块)?(?:钱|预算|投放|广告(?:费)?|花费|投入)?[,,]?(?:.{0,6}?)(?:能|会|可以|可|将)(?:再)?"
        r"(?:多)?(?:卖|带来|增加|换来|赚|收回|贡献|怎么样|怎样|如何|有什么)(?:出)?(?:多少|几|多)?(?:变化|影响)?"),
    ("spend_response", r"\b(?:what (?:happens?|would happen|will happen)(?: to)?|how much more|how many more)\b(?:.{0,40}?)\bif (?:we|i) (?:spend|spent|increase|increased|raise|raised|put|add|added|invest|invested)\b"
        r"(?:.{0,30}?)(?:(?:spend|spending|budgets?) )?(?:by )?(?:\d[\d.,]*\s?(?:%|k|m)?)(?: more)?(?: (?:spend|budget|on ads|in ads))?"),
    ("budget", r"(?<=[\d万亿元块百千k])(?:的)?预算(?:怎么分配|如何分配|怎么分|分配)(?:给|到|在)?"
        r"|预算(?:.{0,8}?)(?:重新分配|再分配|怎么分配|如何分配|分配|怎么分|如何分|分给谁|优化|调整|倾斜|挪|转移"
        r"|投给谁|给谁)(?:.{0,4}?)(?:更好|合理|方案|建议|比较好)?"),
    ("budget", r"(?:优化|重新分配|分配|调整|规划|挪)(?:一下)?(?:.{0,6}?)(?:预算)(?:分配)?"),
    ("budget", r"把钱(?:.{0,10}?)(?:挪|转|投)(?:到|给)?|(?:给|从|往|向)(?:.{0,10}?)(?:加|减|追加|多投|砍|增加"
        r"|减少|挪|转)(?:点|一些|掉)?(?:.{0,3}?)(?:预算|投放费用)(?:到)?"),
    ("budget", r"(?:钱|预算|费用)(?:该|应该|要)?(?:怎么|如何)(?:花|分|投|用)(?:更好|最划算|最好)?|(?:预算"
        r"|钱)(?:该|应该)(?:投|花)(?:到|在)?(?:哪|哪里|哪儿)"),
    ("budget", r"\b(?:re-?allocat\w*|allocat\w*|optimi[sz]\w*|rebalanc\w*|redistribut\w*|divide|split|shift"
        r"|move|plan)\b(?: (?:the|our|my|more|some|ad|marketing|media))*(?: [\w']+){0,2}? (?:budgets?|spend)\b"),
    ("budget", r"\b(?:budgets?) (?:be )?(?:allocat\w*|split|optimi[sz]\w*|reallocat\w*|mix|plan|shift)\b"
        r"|\b(?:better|best|optimal|ideal) (?:budget|spend) (?:split|mix|allocation|plan)?"),
    ("budget", r"\b(?:get|needs?|deserves?|receive|gets)(?: a)? (?:more|less|bigger|smaller) (?:budget|money"
        r"|spend)\b|\bwhere (?:should|to|do) (?:we |i )?(?:move|put|spend|shift|invest) (?:the |our |more"
        r" )?(?:budget|money)\b|\bbudgets? (?:should )?(?:we )?(?:go|be spent)\b"),
    ("budget", r"(?:要|想|能|可以|打算|准备)?(?:再|多)?(?:加|追加|增加|增|砍|减|省)(?:点|些|一?笔|掉)?(?:的)?(?:广告)?(?:预算|投放费?用?)"
        r"(?=.{0,8}(?:谁|哪))|(?:该|应该|要|先)?(?:加|投|砍|减|放)(?:给|到|在)(?:谁|哪里|哪儿|(?=哪[个些]))"),
    ("budget", r"\b(?:where|which \w+(?: \w+)?) (?:should|would|do|could) (?:we |i |the )*(?:extra |more |additional )?(?:budget|money) go\b"
        r"|\b(?:add|adding|put|cut|raise|increase) (?:the |our |more |some )?(?:ad )?(?:budget)\b"),
    ("spend_response", r"(?:该|应该|可以|要|得|能|值得)(?:被)?(?:停|关|砍|关停|暂停|停投|停掉|关掉|砍掉)(?:了|掉)?(?=$|[?!。吗呢])"
        r"|\b(?:should|can|could) (?:we |i |be )*(?:stop|pause|kill|switch(?:ed)? off|cut|paused|stopped)\b"),
    # ---- baskets
    ("basket", r"(?:总是|经常|常常|常|会|容易)?(?:被)?(?:一起|同时|搭着|连带|捆绑)" + _BUY_ZH + r"|(?:购物篮"
        r"|关联购买|搭配购买|连带购买|连带销售|捆绑销售|关联规则)(?:分析)?|商品(?:之间)?(?:的)?关联(?:分析|度)?"),
    ("basket", r"买了?(?:一个|某个|这个)?(?:.{0,6}?)(?:的)?(?:人|客户|用户|顾客)?(?:还|又|也)(?:会|常"
        r"|经常)?(?:买)(?:什么|哪些|了什么)|(?:适合|可以|能)(?:搭配|组合|捆绑)(?:销售|卖|在一起)?"),
    ("basket", r"\b(?:often |frequently |usually |commonly |most |typically )*(?:bought|purchased|sold|ordered)"
        r" together\b|\b(?:market[- ])?basket analysis\b|\b(?:product )?affinit(?:y|ies)(?: analysis)?\b"
        r"|\bassociation rules?\b"),
    ("basket", r"\b(?:cross[- ]?sell(?:ing)?)(?: opportunit(?:y|ies)| potential| ideas)?\b|\b(?:go|goes)"
        r" (?:well )?together(?: in (?:a|the) basket)?\b|\b(?:buy|bought|purchase|order) (?:along )?with (?:it"
        r"|a|an|this|the)?\b(?=.{0,12}(?:product|item|$))"),
    # ---- customers
    ("churn", r"(?:流失)(?:的)?(?:风险|预警|预测|概率|倾向|分析|原因)|(?:哪些|谁)(?:.{0,5}?)(?:快要?|即将"
        r"|最?可能|要|会)(?:会)?(?:流失)|(?:为什么)(?:.{0,4}?)(?:流失)|(?:预测|预警)(?:.{0,4}?)流失"),
    ("churn", r"\bpredict(?:ing)? churn\b|\bchurn (?:prediction|risk|probability|model|analysis|drivers"
        r"|forecast)\b|\b(?:at risk of|likely to|about to|going to|might|will) (?:churn(?:ing)?|leave|leaving"
        r"|lapse|stop buying)\b|\bwhy (?:do|are|did) (?:our |the )?(?:customers|users|people) (?:leave(?! (?:a |any )?(?:bad|good|poor|negative|positive|nice|review|comment|rating|feedback))|leaving"
        r"|churn(?:ing)?|left)\b|\bwho (?:will|is about to|might) churn\b|\brisk of (?:churn|leaving)\b"),
    ("segmentation", r"聚类(?:分析)?|聚成(?:几|多少|\d+|[一二两三四五六七八九十])?(?:类|群|组)|k-?means|(?:客户"
        r"|用户|顾客|会员)(?:可以|能|应该|大概)?分(?:成|为)(?:几|多少|哪几|\d+|[一二两三四五六七八九十])(?:种"
        r"|类|群|个|组)?(?:人群|人|群体|类)?"),
    ("segmentation", r"(?:把)(?=.{1,4}分成)|(?:分成|分为)(?:几|\d+|[一二两三四五六七八九十])(?:个)?(?:群|类|组"
        r"|种人群)|(?:有|都有)?(?:哪些|哪几|几)(?:种|类|个)?(?:类型|群体|类别|类)(?:的(?:客户|用户|顾客"
        r"|人))?(?=$|[?!。吗呢])|哪几类(?:客户|用户|人)|客户类型"),
    ("segmentation", r"\bcluster(?:s|ing)?\b(?: analysis)?(?: (?:our|the|of))*(?: customers?| users?)?(?: into"
        r" \d+ (?:groups?|clusters?|segments?))?|\bk-?means\b|\b(?:types?|kinds?|groups?) of (?:customers|users"
        r"|buyers|shoppers|people) (?:do we have|are there|buy|we have)\b|\bgroup (?:our |the )?(?:customers"
        r"|users|buyers) by behaviou?r\b|\binto \d+ (?:groups?|clusters?|segments?)\b|\bcustomer groups? (?:are"
        r" there|do we have)\b"),
    ("rfm", r"rfm(?:分层|分群|分析|模型)?|(?:高价值|重要|有价值|最好|优质|核心)(?:的)?(?:客户|用户|会员"
        r"|顾客)?(?:.{0,4}?)(?:快要?流失|要流失|流失了)|最?有价值(?:的)?|最(?:忠诚|优质|好)的(?=客户|用户|会员"
        r"|顾客)|(?:按|根据)?价值(?:给)?(?:.{0,4}?)分层"),
    ("rfm", r"(?:沉睡|流失|沉默|不活跃|老)(?:的)?(?=客户|用户|会员|顾客)(?:.{0,4}?)(?:值得|应该|需要|可以"
        r"|能)(?:唤醒|挽回|召回|激活)|(?:值得|应该|需要|要)(?:唤醒|挽回|召回|激活)(?:的)?|(?:客户|用户"
        r"|会员)(?:价值)?分层"),
    ("rfm", r"\brank (?:our |the )?customers by\b|\brfm\b(?: analysis| segmentation| segments?)?|\brecency,?"
        r" frequency,?(?: and| &)? (?:spend|monetary|money|value)\b|\b(?:most |best |highest )?(?:valuable"
        r"|loyal|best) (?=customers|users|buyers|clients)|\bw[io]n(?:ning)? (?:them )?back\b|\bre-?activat(?:e"
        r"|ing)\b|\b(?:lapsed|dormant|sleeping|inactive) (?=customers|users|buyers)"),
    ("ltv", r"(?:最|更|比较)?值钱(?:的)?(?=$|[?!。吗呢是])|ltv|clv|(?:客户|用户|会员)?(?:的)?(?:全)?(?:生命周期|终身|终生)(?:的)?(?:总)?价值|(?:一个|每个"
        r"|单个)(?:新)?(?:客户|用户|客人)(?:.{0,6}?)(?:能|会|可以)?(?:贡献|带来|值|创造)(?:多少钱|多少|价值)?"
        r"|客户价值(?:预测)?"),
    ("ltv", r"\b(?:customer )?life-?time[- ]values?\b|\bltv\b|\bclv\b|\bhow much is (?:a|an|one|each|our"
        r" average) (?:new )?(?:customer|user|buyer|client) worth\b|\b(?:expected|long[- ]term|future) value of"
        r" (?:a|an|our|each)?(?: new)? ?(?:customers?|users?|buyers?)\b"),
    ("retention", r"老客户?(?=还|会|多久|的复购|复购)|(?:新客|老客|客户|用户|会员|首单客户?)?(?:的)?(?:同期群"
        r"|留存|回购)(?:率)?(?:分析|情况|曲线|矩阵|表)?|复购(?:率)?(?=.{0,6}同期群)|复购(?:情况|分析|曲线|周期)"
        r"|(?:多久|多长时间)(?:会|能|后|之后)?(?:再次?)?(?:回购|复购|再买|回来)|(?:还)?会(?:再)?回来"),
    ("retention", r"\bcohorts?\b(?: analysis| retention| matrix| table)?|\bretention (?:of|by|curve|analysis"
        r"|matrix)\b(?=.{0,60}(?:customer|user|first|cohort|channel|month|week))|\b(?:come|came|coming|return)"
        r" back\b(?: after (?:their |the )?first (?:order|purchase))?|\b(?:how (?:well|long) do we )?(?:retain"
        r"|keep)\b(?= (?:our |new )*(?:customers|users|buyers))|\bretention of\b"),
    # ---- funnel
    ("funnel", r"(?:的)?(?:转化)?漏斗(?:里|中|的|分析|图)*|(?:哪个|哪一个?|哪些|各|每个|每一)(?:步骤|环节"
        r"|步)(?:的)?(?:.{0,2}?)(?:流失|掉|损失|转化率?|掉队|卡住|掉得)(?:率)?(?:最?多|最?严重|最?大|最?高"
        r"|怎么样|是多少|得最多)?|(?:卡|流失|掉|停)(?:在|到)哪(?:一步|个环节|个步骤|里|一环)?"),
    ("funnel", r"\b(?:conversion |checkout |purchase |sales )?funnel\b(?: analysis| report)?|\b(?:at |which "
        r"|what |in which |by |for )*(?:each |every )?steps?\b(?: of the (?:checkout|funnel))?(?=.{0,40}(?:drop"
        r"|lose|loss|lost|conver|fall|leave|$))|\bdrop[- ]?offs?\b(?: rates?)?"),
    ("funnel", r"\b(?:where|at what point) (?:do|did|are) (?:we |our |the )*(?:visitors|users|customers|people"
        r"|shoppers)? ?(?:drop(?:ping)?[- ]?off|dropping out|drop out|leave|leaving|lose|losing|give up"
        r"|abandon)\b(?: .{0,3}before (?:paying|buying|checkout|ordering))?"),
    # ---- targets
    ("kpi_status", r"(?:完成|达成|达到|实现|达标)(?:.{0,4}?)(?:目标|kpi|指标)(?:了)?(?:吗|没有|多少)?|(?:目标"
        r"|kpi)(?:的)?(?:.{0,4}?)(?:完成|达成|进度|进展|差距|差多少|达标)(?:度|率|了多少|情况|多少|得怎么样"
        r"|怎么样|的进度)?|(?:能|可以|会)(?:不能)?达标(?:吗)?"),
    ("kpi_status", r"(?:完成|达成)(?:进度|率|度|情况)|(?:离|距离|距)(?:.{0,8}?)(?:目标|kpi)(?:还)?(?:差"
        r"|有)?(?:多少|多远|多大)?|(?:目标|kpi)(?:还)?差(?:多少|多远)"),
    ("kpi_status", r"\bon track\b(?: (?:for|to|with))?|\b(?:how far )?(?:are we )?(?:from|off|short of|below"
        r"|above|ahead of|behind) (?:the |our )?(?:.{0,20}?)(?:targets?|goals?)\b|\b(?:reach|hit|meet|make|miss"
        r"|beat|achieve)(?:ing)? (?:the |our )*(?:targets?|goals?|plan)\b"),
    ("kpi_status", r"\bprogress (?:against|towards?|to|on)\b(?=.{0,30}(?:target|goal|plan|kpi))|\b(?:of"
        r" )?(?:the |our |its )*(?:targets?|goals?)(?: have we| has been| did we| is| progress| status|"
        r" attainment)(?: .{0,6}?)? ?(?:achieved?|reached|completed|done|hit|met)?\b|\btargets?\b(?="
        r" (?:progress|status|attainment))"),
    ("kpi_status", r"目标(?:值)?(?:是|有|为|定的是)?(?:多少)?(?!客户|人群|用户|受众|市场|渠道|出价)"
        r"|\b(?:targets?|goals?|quotas?)\b(?! (?:audience|group|customers|market|segment|cpa|channel))"),
    # ---- anomalies, forecast, why, growth
    ("anomalies", r"(?:哪些?|哪几)天(?:的)?(?=.{0,14}(?:异常|不正常|不对劲|离群))|(?:检测|找出|发现|识别"
        r"|查找)(?:一下)?(?=.{0,14}(?:异常|异动|离群))|(?:的)?(?:异常值?|异常点|异常波动|离群点?|突增|突降|突变"
        r"|暴涨|暴跌)(?:的)?(?:点|检测|情况|日期|吗)?|(?:哪里|有没有|是不是)?不(?:对劲|太?正常|大正常)"
        r"|突然(?:的)?(?:波动|变化|上涨|下跌|下降)|刷(?:量|单)|机器流量"),
    ("anomalies", r"\b(?:on )?(?:which|what) (?:days?|dates?)\b(?=.{0,20}(?:abnormal|unusual|anomal|odd|strange"
        r"|suspicious))|\b(?:detect |find |spot |identify |any )*(?:anomal(?:y|ies|ous)|outliers?"
        r"|irregularit(?:y|ies))\b(?: detection)?|\b(?:anything|something|anything was|something is) (?:unusual"
        r"|odd|strange|weird|wrong|suspicious|abnormal)(?: happen(?:ed)?)?(?: to| with| in)?\b|\b(?:looks?"
        r"|looked|are|were|was|is)? ?(?:abnormal|unusual|suspicious)\b|\b(?:strange|odd|sudden|weird|unusual"
        r"|unexpected) (?:spikes?|drops?|dips?|jumps?|peaks?|moves?|changes?)\b|\b(?:fake|bot) (?:traffic"
        r"|orders|clicks)\b"),
    ("forecast", r"(?:预测|预估|预计|推测|估计|预判)(?:一下|下(?!下|个?(?:月|周|季|星期|礼拜|半年|年)))?(?:能做到|能到|会是|能|会)?|(?:大概|大约"
        r"|估计)?(?:会|将|能)(?:是|有|达到|做到)(?:多少)|(?:大概|大约|估计)?(?:可以|会|将|能)(?=卖|赚|花|做|挣|收)"
        r"(?=.{1,2}多少)|按(?:现在|目前|当前)的(?:趋势|速度)"
        r"|未来(?=.{0,8}(?:走势|趋势|会))"),
    ("forecast", r"\b(?:forecast(?:s|ed|ing)?|predict(?:s|ed|ion|ions)?|project(?:ed|ion|ions)|expected"
        r"|outlook)\b(?: for| of)?|\bwhat will\b(?=.{0,50}\b(?:be|bring|look like|reach)\b)|\bhow (?:much"
        r"|many)\b(?=.{0,40}\b(?:will|expect|going to)\b)|\bdo (?:you|we) expect(?: us)?(?: to)?\b"),
    ("change_drivers", r"(?:为什么|为何|为啥|凭什么|咋)(?:会|就|突然)?(?:变了|变化)?|(?:是)?(?:什么"
        r"|哪些)?(?:主要)?原因(?:是什么|有哪些|在哪)?|怎么回事|(?:是)?(?:什么|谁|哪个|哪些)?(?:因素)?(?:导致"
        r"|造成|引起|拉低|拉高|带动|推动|拖累|拖了后腿|影响)(?:了|的)?|(?:拆解|分解"
        r"|归因)(?:一下)?(?=.{0,20}(?:变化|波动|下降|上升|增长|下滑))|(?:变化|波动|异动)(?:的)?(?:归因|拆解"
        r"|分解|来源|驱动)"),
    ("change_drivers", r"\bwhy\b(?: did| has| have| is| are| was| were)?|\bwhat(?:'s| is| was)? (?:is"
        r" )?(?:behind|driving|causing|drove|caused|explains?|responsible for|led to|pulled down|pushed up)\b"
        r"|\b(?:root )?causes?(?: (?:of|for))?\b|\breasons? (?:for|of|behind|why)\b|\b(?:responsible|to blame)"
        r" for\b|\b(?:explain|decompose|break down|explanation of)\b(?=.{0,50}\b(?:change|drop|fall|fell|rise"
        r"|rose|increase|decrease|decline|growth|down|up|dropped|grew)\b)|\bcontribut(?:ed|es|ing) (?:the"
        r" )?(?:most |more )?to the\b(?= (?:change|drop|fall|rise|increase|decrease|decline|growth))"),
    ("growth", r"(?:增长|提升|优化|改进|运营|经营)(?:的)?(?:建议|机会|空间|点|方向|策略|思路|办法|方法|抓手)"
        r"|(?:给|有|提)?(?:点|些|我|出|什么)*(?:可以|能)?(?:提升|提高|增加|拉升|改善)(?=.{0,10}(?:办法|建议"
        r"|方法|空间|机会|思路))|(?:怎么|如何|怎样)(?:才能|可以|能|去|做)?(?:提升|提高|增加|拉动|做大|改善"
        r"|做增长|增长)|(?:下一步|接下来)(?:我们)?(?:该|应该|要|可以)?(?:怎么)?(?:做|干)(?:什么|些什么|增长)?"
        r"|(?:应该)?优先(?:做|抓|解决)(?:什么|哪些)?|(?:的)?(?:办法|建议)$"),
    ("growth", r"(?:该|应该|可以|适合|重点)(?:重点|主)?(?:推|主推|力推)(?:什么|哪些?|哪个|哪款)?|(?:主|重点|力)推(?=什么|哪)(?:什么)?"
        r"|\b(?:should|could|can|to) (?:we |i )?(?:push|promote|feature|focus on)\b"),
    ("growth", r"\bhow (?:can|could|do|should|to) (?:we |i )?(?:increase|grow|boost|improve|raise|lift)\b"
        r"|\bwhat (?:should|can|could|shall) (?:we|i) (?:do|prioriti[sz]e|focus on|improve)(?: next| first|"
        r" now)?(?: to (?:grow|increase|improve|boost|raise))?\b|\b(?:growth|improvement) (?:opportunit(?:y"
        r"|ies)|suggestions?|ideas?|recommendations?|levers?|potential)\b|\broom (?:for|to) (?:growth|grow"
        r"|improve|improvement)\b|\b(?:ideas|suggestions|recommendations|ways|advice)(?: for us)? (?:to|for|on"
        r" how to) (?:grow|growth|improve|increase|boost)(?: (?:results|sales|revenue|performance))?\b"
        r"|\bprioriti[sz]e next\b"),
)  # fmt: skip

FILLER = (
    r"帮我|帮忙|麻烦|请问?|一下|看看|看下|做一?[次个下]|跑一?[次个下]|找找|找出|算算|算一?下|评估|检测|检查"
    r"|到底|真的|主要(?:是|在)?|有多大|分析|"
    r"测试的?|结果|结论|建议|方案|重新|应该|应当|大概|大约|厉害|掉得|掉了|跌了|里面|究竟|目前|现在|我们的?"
    r"|咱们的?|那些|这些|最近(?![\d一二三四五六七八九十两几个]|.{0,1}(?:天|日|周|个?月|季|年))|"
    r"有没有|有什么|有哪些|是不是|的话|得很|挺|比较|给出|给个|来个|来一个|作用|情况|之间|的人|还会|可能|经营|哪里"
    r"|各个|多少钱|"
    r"(?:按|根据|基于)(?:现在|目前)的(?:情况|趋势)|(?<![a-z])(?:"
    r"please|can you|could you|run|perform|conduct|carry out|give me|show me|show|tell me|let me see|analysis"
    r"|analyse|analyze|estimate|suggest|"
    r"detect|find|identify|evaluate|assess|review|measure|calculate|compute|an?|the|our|us|we|i|you|me|my"
    r"|should|could|would|there|any|anything|"
    r"does|do|did|is|are|was|were|has|have|what|how|which|who|better|best|really|actually|still|happen(?:ed)?"
    r"|looks?|people|effects?|results?|"
    r"opportunit(?:y|ies)|often|usually|statistically|worth|likely|currently|right now|so much|the most|most"
    r"|money|yet|it|its|that|overall"
    r")(?![a-z])"
)
