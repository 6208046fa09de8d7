"""Our own small word list, for workspaces without stars: everyday words of praise and complaint in both languages.

Written for this product; nothing is taken from a published lexicon. Precision is that of any word list, about three in
four: it shows a direction.
"""

from __future__ import annotations

from tools.numerics.text_opinion import Lexicon

_GOOD = (
    "好 很好 不错 挺好 满意 喜欢 好用 好看 好吃 好喝 好评 推荐 值得 值 划算 便宜 实惠 优惠 超值 性价比高 舒服 舒适 "
    "柔软 精致 漂亮 "
    "美观 结实 耐用 牢固 清晰 干净 新鲜 方便 快 很快 迅速 及时 准时 热情 耐心 周到 贴心 专业 细心 友好 惊喜 完美 优"
    "秀 出色 "
    "可靠 放心 安心 靠谱 正品 合身 合适 顺滑 清爽 有效 管用 明显改善 香 回购 会再来 还会买 赞 棒 爱 开心 愉快 高兴 "
    "感谢 简单 "
    "安静 省心 省电 流畅 稳定 轻便 温和 细腻 保湿 好闻 "
    "good great excellent love loved lovely like liked nice perfect amazing awesome wonderful fantastic best happy "
    "pleased "
    "satisfied recommend recommended worth quick quickly fast easy easily comfortable soft sturdy durable "
    "beautiful pretty "
    "fresh clean helpful friendly patient polite smooth reliable effective works value bargain cheap affordable "
    "well fun "
    "delicious tasty quiet superb brilliant impressed delighted enjoy enjoyed"
).split()
_BAD = (
    "差 很差 太差 差评 坏 坏了 烂 破 破损 破了 碎 裂 裂开 断 掉色 褪色 褶皱 漏 漏水 渗漏 假 假货 假的 难看 难"
    "吃 难喝 难用 难闻 "
    "刺鼻 异味 怪味 臭 脏 失望 后悔 上当 骗 骗人 被骗 欺骗 虚假 垃圾 糟糕 糟 恶心 生气 气愤 投诉 退货 退款 退了 慢 "
    "太慢 迟 拖 "
    "拖延 贵 太贵 偏贵 不值 浪费 粗糙 简陋 廉价 单薄 起球 开线 掉 脱落 卡顿 卡 死机 发热 噪音 吵 过敏 红肿 刺痛 痒 "
    "起痘 长痘 油腻 "
    "黏 没用 无效 少了 缺少 少发 漏发 发错 错发 过期 变质 敷衍 冷漠 态度差 没人理 不理 故障 毛病 瑕疵 问题 麻"
    "烦 不符 缩水 "
    "压扁 压坏 变形 生锈 松动 漏气 "
    "bad terrible awful horrible poor worst hate hated disappointed disappointing disappointment broken broke "
    "break breaks "
    "damaged damage crushed cracked leak leaks leaked leaking fake cheaply flimsy useless waste wasted wrong "
    "missing late "
    "slow slowly delay delayed rude unhelpful expensive overpriced uncomfortable rough dirty smelly stinks smell harsh "
    "greasy sticky rash itchy irritated stung stings burns burned allergic defective faulty fault problem problems "
    "issue "
    "issues refund return returned returning complain complaint scam never stopped fails failed failure annoying ugly "
    "noisy stale expired torn faded scratched dull tasteless"
).split()
_NEGATIONS = (
    "不 没 没有 别 无 未 非 并不 不是 不太 不够 毫无 从不 不会 不能 难以 "
    "not no none without hardly barely cannot isnt wasnt dont doesnt didnt cant wont nothing neither nor"
).split()

LEXICON = Lexicon(frozenset(_GOOD), frozenset(_BAD) - {"never"}, frozenset((*_NEGATIONS, "never")))
