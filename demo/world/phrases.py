"""What customers write, by aspect and mood."""

from __future__ import annotations

ASPECTS = ("effect", "texture", "smell", "packaging", "delivery", "service", "price")
ASPECT_SHARE = (0.30, 0.22, 0.07, 0.10, 0.12, 0.08, 0.11)

# per aspect: good, so-so, bad
CHINESE: tuple[tuple[tuple[str, ...], ...], ...] = (
    (
        (
            "用了两周泛红明显退了。",
            "第二天皮肤就很软,保湿力很好。",
            "换季没再起皮,会回购。",
            "屏障受损期用它很安心。",
            "提亮有一点效果,坚持用。",
        ),
        ("效果一般,还要再观察。", "刚用三天,看不出变化。", "保湿还行,修护没感觉。"),
        ("用完一点效果都没有。", "用了反而长闭口,失望。", "说好的修护,脸更干了。", "没什么用,不会再买。"),
    ),
    (
        ("质地清爽不黏,很好吸收。", "乳霜很润但不闷。", "成膜快,上妆不搓泥。", "肤感高级,推开就化水。"),
        ("质地普通,吸收要等一会儿。", "夏天用稍微有点厚。"),
        ("太油了,糊在脸上。", "搓泥严重,没法上妆。", "黏得难受,像胶水。"),
    ),
    (
        ("没什么香精味,孕妈也能用。", "淡淡的植物香,很舒服。"),
        ("味道一般,能接受。",),
        ("味道刺鼻,闻着像酒精。", "有股怪味,不敢用。"),
    ),
    (
        ("包装很精致,送人有面子。", "瓶身好看,按压顺。"),
        ("包装中规中矩。", "盒子有点压痕,不影响用。"),
        ("盒子压扁了,瓶口有漏。", "包装太简陋,像假货。", "封口膜都没有。"),
    ),
    (
        ("隔天就到,物流很快。", "顺丰送到门口,打包严实。"),
        ("物流三四天,正常速度。",),
        ("等了八天才到,太慢了。", "快递扔在楼下,催了几次没人理。"),
    ),
    (
        ("客服很耐心,教我怎么搭配。", "问什么都秒回,售后很好。"),
        ("客服回复慢一点,还算解决了。",),
        ("客服只会复制粘贴,态度差。", "退款拖了一周,客服不处理。"),
    ),
    (
        ("大促价很划算,囤了三件。", "这个价格买到真不错,性价比高。"),
        ("价格还行,等活动再买。",),
        ("刚买就降价,不给保价。", "价格偏贵,不值这个钱。"),
    ),
)
ENGLISH: tuple[tuple[tuple[str, ...], ...], ...] = (
    (
        ("My redness calmed down in two weeks.", "Skin feels soft the next morning, great moisture."),
        ("Hard to tell after a few days.",),
        ("It did nothing for my skin.", "It broke me out, very disappointed."),
    ),
    (
        ("Light texture and it sinks in quickly.", "Rich but not heavy, love the feel."),
        ("Texture is okay, a bit thick in summer.",),
        ("Too greasy, it sits on the face.", "It pills under makeup."),
    ),
    (("No strong scent, which I like.",), ("The smell is fine.",), ("The smell is harsh, like alcohol.",)),
    (
        ("Lovely packaging, good as a gift.",),
        ("Packaging is plain.",),
        ("The box was crushed and the bottle leaked.",),
    ),
    (("Arrived the next day.",), ("Delivery took four days.",), ("Waited more than a week for it.",)),
    (
        ("Customer service was patient and helpful.",),
        ("Support answered slowly.",),
        ("Support was rude and slow with my refund.",),
    ),
    (("Great value in the sale.",), ("Price is okay.",), ("Overpriced, and cheaper a day later.",)),
)
BAD_BATCH: tuple[tuple[str, ...], ...] = (
    (
        "泵头漏液,到手少了三分之一。",
        "泵头按不出来,还漏得到处都是。",
        "用了脸刺痛泛红,过敏了。",
        "这批和以前不一样,一上脸就红。",
        "漏液严重,要求退款。",
    ),
    (
        "The pump leaks, a third was gone.",
        "It stung and my face turned red.",
        "This batch is different, the pump is broken.",
    ),
)
