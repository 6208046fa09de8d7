"""Nothing in bot/, tools/ or semantic_layer/ knows a word of the demo.

The words are taken from the demo's YAML at test time: identifiers, value codes, labels and synonyms. They are looked
for in the strings the code works with (docstrings and comments may give examples) and in the packages' data files.
A word of everyday or technical language that the demo happens to use as well is allowed, below, by kind.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

KNOWS_NOTHING = ("bot", "tools", "semantic_layer")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
DATA_SUFFIXES = {".txt", ".yml", ".yaml", ".json", ".jsx", ".md", ".toml", ".jinja"}
PLAIN = re.compile(r"[a-z]+")
TEXT_KEYS = {"label", "labels", "synonyms", "words"}

# Each group says why the product may say the word although the demo says it, too.
ALLOWED = {
    # keys and kinds of the YAML, the plan and the JSON (contracts of the product)
    "the product's own vocabulary": (
        "metric name value day week month quarter year date time text line area none event order conversion "
        "conversions version owner category source series reason note units language zh en tier result running "
        "人群 指标 计划 版本 负责人 来源"
    ),
    # the analyses have names of their own, which questions use; their YAML sections bind them to any workspace
    "names of analyses and their roles": (
        "funnel experiment experiments attribution budget targets variant test review action actions customer product "
        "revenue orders spend 实验 漏斗 渠道归因 触点 预算 目标 分组 客户 ab实验 实验结果 转化路径 样本量 差评 "
        "win loss flat invalid 组别 实验组 商品 channel promotion coupon scope touches unattributed 优惠券"
    ),
    # 直播、达人 and the fees they cost are an analysis of ours (tools/deals.py): its routing, its texts and what its
    # YAML binds name them. So are ideas and what becomes of them (tools/experiment_funnel.py).
    "live sessions, creator deals and ideas": (
        "直播 达人 主播 达人合作 达人直播 场次 佣金 坑位费 服务费 固定费用 运费 平台扣点 扣点 盈亏平衡点 "
        "deal item profit refunds refund_rate host idea stage shipped 创意 实验想法 实验台账 触达 win_back"
    ),
    # what is asked about money spent on media, in any workspace (bot/planners/rules/words_analyses.py)
    "the language of media": "点击 媒体 投产比 投产 投放费用 广告花费 转化率 退款率 退后金额 毛利",
    # superlatives and verbs of trade, which the grammar drops or reads in any workspace
    "the language of trade": "pay paid spent sell sold sales visit session 最畅销 畅销 热销 最划算 产品 单品 品类 店铺 "
    "生意 拉新 拉新成本 触点路径 touch",
    # why an endpoint does not answer (bot/planners/llm/outcomes.py)
    "faults of an endpoint": "unpaid",
    # columns of our own app database (bot/store)
    "the app database": "started_at status content done app 状态 网页",
    # what a figure may count, with its Chinese measure word (bot/render.py)
    "units of measure": (
        "orders people buyers visitors members sessions visits clicks impressions views events days items pieces "
        "products lines stars points reviews stores campaigns users customers 件数 单量"
    ),
    # long words in which a time or number word hides (天 in 天津, 多 in 多个渠道): nothing must be read there
    "traps for the grammars": "上海 天津 天猫 到店 日常 自然流量 大促 年龄 首单 渠道 sun",
    # what any sentence about business or software may say
    "everyday language": "展示 展现 流量 花费 系统 取消 已取消 有效 普通 效果 业绩 支付 新客 老客 复购率 age search "
    "cancelled 地区 线下 设备 等级 收入 行为 订单",
    # what our own word lists and messages about comments and customers say anywhere
    "the language of comments": "星级 推荐 过敏 破损 退款 利润 访客",
    # what people of a sex are called
    "people": "female male women men",
    # the command's help shows how a column is written
    "examples in messages": "ordered_at",
}
# Phrases, which a group cannot hold: everyday superlatives, and what the analyses are called.
PHRASES_ALLOWED = {
    "bad reviews",
    "action log",
    "a/b test",
    "best performing",
    "best selling",
    "channel attribution",
    "cost of goods",
    "creator deals",
    "first order",
    "fixed fee",
    "live sales",
    "live session",
    "live sessions",
    "net sales",
    "refund rate",
    "gross profit",
    "most expensive",
    "new customers",
    "performed best",
    "repeat rate",
    "sells best",
    "selling best",
    "sold best",
}
# Their messages teach the author of a workspace to write YAML, and need some word as an example.
# What columns of any marketing table may be called is guessed from words, in both languages.
TEACHERS = (
    "semantic_layer/spec/",
    "semantic_layer/loader/",
    "bot/onboarding/words.py",
    "bot/onboarding/measures.py",
)
# A dictionary of the words that columns of marketing tables are usually called: it proposes labels for anybody's files.
DICTIONARIES = ("bot/onboarding/words.py", "bot/onboarding/measures.py")


def texts_of(node: object) -> Iterator[str]:
    """Every text below a label, a list of synonyms or a list of words."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for item in node:
            yield from texts_of(item)
    elif isinstance(node, dict):
        for item in node.values():
            yield from texts_of(item)


def words_of(node: object) -> Iterator[str]:
    """Every identifier, value code, label and synonym in a part of a workspace's YAML."""
    if isinstance(node, list):
        for item in node:
            yield from words_of(item)
    elif isinstance(node, dict):
        for key, item in node.items():
            if key == "calendars":
                continue  # public holidays and shopping events: the product ships their dates, the demo repeats them
            if key in TEXT_KEYS or key == "name":
                yield from texts_of(item)
            elif key == "values" and isinstance(item, dict):
                yield from map(str, item)
                yield from words_of(list(item.values()))
            else:
                yield from words_of(item)


def allowed() -> set[str]:
    return {word for group in ALLOWED.values() for word in group.split()} | PHRASES_ALLOWED


def demo_words(documents: list[object], allowed_words: set[str]) -> set[str]:
    """The words to look for, in lower case."""
    words = {word.strip().lower() for document in documents for word in words_of(document)}
    return {word for word in words if len(word) > 1 and not word.isdigit()} - allowed_words


def pattern_for(words: set[str]) -> re.Pattern[str]:
    """One expression for all words. A word in Latin letters must stand alone; a single plain one ("orders") is common
    in any sentence, so it counts only where it is the whole text, as a name in a comparison would be."""
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    parts = []
    for word in longest_first:
        escaped = re.escape(word)
        if CHINESE.search(word):
            parts.append(escaped)
        elif PLAIN.fullmatch(word):
            parts.append(rf"\A{escaped}\Z")
        else:
            parts.append(rf"(?<![a-z0-9_]){escaped}(?![a-z0-9_])")
    return re.compile("|".join(parts))


def strings_of(source) -> Iterator[tuple[int, str]]:
    """Line and value of every string in the code that is not a docstring."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(source.tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def known_words(source, pattern: re.Pattern[str]) -> list[str]:
    teaches = source.path.startswith(TEACHERS)
    return [
        f"{source.path}:{line} {found.group()!r} in {text[:60]!r}"
        for line, text in strings_of(source)
        for found in pattern.finditer(text.lower())
        if not teaches or found.group() == text.lower()
    ]


@pytest.fixture(scope="module")
def pattern(project_root: Path) -> re.Pattern[str]:
    files = sorted((project_root / "demo").glob("**/*.yml"))
    documents = [yaml.safe_load(path.read_text("utf-8")) for path in files]
    words = demo_words(documents, allowed())
    assert len(words) > 100, "the demo's YAML was not found"
    return pattern_for(words)


def test_the_code_works_with_no_word_of_the_demo(product, pattern):
    sources = [one for one in product if one.package in KNOWS_NOTHING and one.path not in DICTIONARIES]
    found = [finding for source in sources for finding in known_words(source, pattern)]
    assert not found, "\n".join(found)


def test_the_data_files_hold_no_word_of_the_demo(project_root, files, pattern):
    data = [path for path in files if path.parts[0] in KNOWS_NOTHING and path.suffix in DATA_SUFFIXES]
    found = {
        path.as_posix(): hits
        for path in data
        if (hits := sorted(set(pattern.findall((project_root / path).read_text("utf-8").lower()))))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("if name == 'roas': pass", True),
        ("if name == 'shop_visits': pass", True),
        ("label = '按投产比排序'", True),
        ("query = 'sum of shop_visits by day'", True),
        ("text = 'the roas of a thing is said in prose'", False),
        ("def f():\n    '''As in shop_visits.'''", False),
        ("x = 1  # shop_visits", False),
    ],
)
def test_a_planted_word_is_found_in_code_but_not_in_prose(parse, code, found):
    document = {
        "metrics": [{"name": "roas", "label": {"zh": "投产比", "en": "ROAS"}}, {"name": "shop_visits"}],
        "calendars": [{"name": "double_11"}],
    }
    words = demo_words([document], set())
    assert words == {"roas", "投产比", "shop_visits"}
    assert bool(known_words(parse("bot/planted.py", code), pattern_for(words))) is found
