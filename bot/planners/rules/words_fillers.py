"""Words that narrow nothing down where an analysis is asked for: pronouns, modals, adverbs, light verbs, empty nouns.

A closed class by kind, in both languages. A noun, a name or an adjective that could tell rows apart does not belong
here: dropping it would lose a filter.
"""

from __future__ import annotations

_ZH: dict[str, str] = {
    "pronouns": "我们的? 咱们的? 你们的? 他们的? 她们的? 它们的? 大家 自己 我的? 你的? 您的? 咱 人家 别人 这些 那些 这个 那个 这样 那样 这里 那里 这种 那种 其",
    "askers": "什么 哪些 哪里 哪儿 哪个 哪种 哪几个? 怎么样? 怎样 如何 多少 几个? 吗 呢 吧 啊 呀 嘛 么 谁 哪 啥 (?:有)?多(?:大|高|少|久|远|快|好|差|重|深|严重|重要|厉害) 是不是 有没有 会不会 能不能 对不对 行不行 好不好",
    "modals": "应该 应当 可以 可能 能够 能 会 要 想要? 需要 得 必须 愿意 打算 准备 值得 该",
    "adverbs": "到底 究竟 其实 真的 真 实际上? 主要 大概 大约 大致 差不多 一般 通常 往往 经常 常常 常 总是 一直 已经 曾经? 正在 正 刚刚? 马上 最近(?![\\d一二三四五六七八九十两几个]|.{0,1}(?:天|日|周|个?月|季|年)) 目前 现在 当前 如今 也 都 还 还是 又 再 就 才 只 仅 很 太 挺 非常 特别 比较 更加? 最 稍微 有点儿? 一点儿? 一些 越来越 突然 显然 果然 居然 似乎 好像 看起来 看着 听说 说实话 顺便 另外 然后 接着 先 最后 整体上? 总体上? 大体上? 基本上? 分别 各自 常见 普遍 重新 多种 几种 各种 不同 一起 后来 起来 下去 出来 进去 过来 上去 有多大? 有多",
    "verbs": "觉得 认为 以为 感觉 知道 告诉 帮我? 帮忙 麻烦 请问? 劳驾 想知道 想看看? 想了解 了解 看看 看一?下 看 查一?查 查看 算算 算一?下 算 做一?[次个下份]? (?:打|干|搞|做)得 打 做 跑一?[次个下] 给我? 给出 给个 来个 来一[个份] 说说 说一?下 讲讲 分析一?下? 评估一?下? 检查一?下? 判断一?下? 找找 找出 找到 列出 列一?下 出现 发生 存在 有 是 在 属于 成为 作为 进行 负责 发给? 显得 变得 变 弄 搞 用 拿 放 把 被 让 使 给 对 对于 关于 根据 按照? 按 从 向 往 到 跟 和 与 及 以及 或者? 还是 而 但是? 不过 因为 所以 如果 的话 一下 经营",
    "nouns": "情况 问题 事情? 事 东西 地方 方面 时候 时间 里面? 中间? 当中 之间 之中 其中 上面? 下面 方式 方法 办法 作用 结果 结论 建议 方案 指标 趋势 程度 原样 一路 一年到头 心思 花心思 样子 内容 表现 业务 公司 店铺? 生意 里 中 内 上 下 前 后 之?后 之?前 以后 以前 一个 一次 一份 一种 一样 两样 哪两样 整个 全部 所有 各个? 每个? 个 次 份 种 样 位 批 些 天 日子 期间 阶段 前面 后面 数字 名单 清单 榜",
    "judged": "真实 真正 高 低 大 小 多 少 好 差 快 慢 强 弱 严重 厉害 明显 合理 正常 理想 重要 关键 有效 成功 健康 划算 这么 那么 这么多 那么多 十分 有点 什么样 什么水平 水平",
    "particles": "的 地 得 了 着 过 之 等 吧 完 掉 好 住 上来 一 不 没 没有?",
}  # fmt: skip
# What is thought of the numbers: it says how the question is meant, not which rows.
_EN_JUDGED = (
    "good|bad|poor|poorly|high|higher|highest|low|lower|lowest|strong|weak|healthy|fine|normal|great|terrible|awful|nice|"
    "serious|severe|heavy|slow|fast|sharp|steep|huge|small|tiny|obvious|clear|easy|hard|difficult|simple|true|false|"
    "expensive|cheap|effective|successful|useful|useless|relevant|notable|noticeable|meaningful|surprising|worrying|"
    "positive|negative|genuine|right|wrong|single|key|top|main|extra|else|further|additional|long|short|full|entire|complete"
)
_EN = (
    "an?|the|this|that|these|those|it|its|it's|that's|there|here|my|our|ours|your|their|his|her|we|i|you|they|us|me|them|"
    "one|ones|someone|anyone|anything|something|everything|nothing|any|some|all|each|every|both|either|such|own|same|other|"
    "how (?:high|big|large|strong|good|bad|much|many|low|long|far|often|well|fast|serious)|what|which|who|whom|whose|where|when|how|why|whether|if|then|so|than|as|and|or|but|also|too|just|only|even|still|yet|"
    "again|already|now|currently|lately|recently|right now|at the moment|these days|today's|overall|in general|generally|"
    "usually|typically|normally|often|frequently|mostly|mainly|primarily|commonly|always|ever|really|actually|truly|simply|"
    "basically|roughly|approximately|about|around|almost|nearly|quite|very|much|many|more|most|less|least|further|far|"
    "better|best|well|badly|possible|possibly|perhaps|maybe|please|kindly|thanks|thank you|hi|hello|hey|ok|okay|"
    "is|are|was|were|be|been|being|am|do|does|did|done|doing|has|have|had|having|will|would|should|could|can|may|might|"
    "must|shall|ought|need|needs|want|wants|wanted|like|let|let's|get|gets|got|getting|give|gives|make|makes|made|making|"
    "take|takes|took|taken|taking|go|goes|going|went|come|comes|keep|keeps|see|seeing|seen|look|looks|looking|looked|"
    "show|shows|tell|tells|say|says|find|finding|found|know|think|believe|guess|wonder|wondering|help|check|run|perform|"
    "conduct|carry out|use|uses|using|used|work|works|happen|happens|happened|happening|turn|turned|turns|seem|seems|"
    "appear|appears|behave|behaves|behaved|expect|analy[sz]e|analy[sz]ing|analysis|assess|evaluate|examine|explore|investigate|study|review|"
    "estimate|calculate|compute|work out|figure out|identify|detect|determine|understand|compare|measure|list|display|"
    "in|on|of|for|to|from|by|with|at|into|over|up|down|out|off|through|during|between|among|across|within|per|against|"
    "because|since we|while|not|no|n't|don't|doesn't|didn't|isn't|aren't|wasn't|won't|can't|cannot|haven't|hasn't|hadn't|"
    "thing|things|stuff|way|ways|kind|kinds|sort|sorts|bit|lot|lots|number|numbers|amount|part|place|places|point|time|times|"
    "situation|case|state|picture|story|question|answer|result|results|effect|effects|figure|figures|report|business|company|"
    "shop|store|everyone|people|quick|quickly|brief|short|good|great|big|biggest|large|main|major|real|total|whole|current|"
    "present|different|similar|certain|specific|likely|unlikely|able|worth|important|interesting|new idea|actual|"
    "what's|who's|how's|where's|we're|we've|i'd|i'm|you'd|they're|there's|am i|put|set|let us|together|mind|care|best guess|"
    "tend|tends|feel|feels|end|ends|ended|ending|start|starts|begin|hit|whatever|exactly|statistically|"
    "my boss|boss|day|days|any day|after|before|since|until|but|though|although|however|metric|metrics|kpi|kpis|indicators?|"
    "trend|trends|share of|percentage of|proportion of|ask|asking|topic|topics|back|left|put|gets? to|lately|while|instead|"
    "anymore|any more|used to|a lot|plenty|several|few|couple of|main ones?|honest|honestly|seriously|guys?|team|moment"
)
FILLERS_ZH: tuple[str, ...] = tuple(word for words in _ZH.values() for word in words.split())
FILLERS_EN: str = f"{_EN}|{_EN_JUDGED}"
