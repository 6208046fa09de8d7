"""What is turned away before any reading: nothing asked, too long, or written to the machine instead of the data."""

from __future__ import annotations

from bot.language.rule import Rule
from semantic_layer.text import Text

MAX_CHARACTERS = 2_000

_UNSAFE = (
    Rule(
        r"\b(?:drop|truncate|alter|delete|insert|update|create|grant|attach|copy|pragma|exec|execute)\s+"
        r"(?:table|database|from|into|schema|view|user|index|all)\b"
    ),
    Rule(
        r"\bselect\b.{0,200}\bfrom\b\s+\w+.{0,80}(?:\bwhere\b|;|--|\blimit\b)|\bunion\s+(?:all\s+)?select\b"
        r"|;\s*--|'\s*or\s+'?1'?\s*=\s*'?1"
    ),
    Rule(r"\bselect\s+\*\s+from\b|information_schema|pg_catalog|sqlite_master|read_csv\s*\(|xp_cmdshell"),
    Rule(
        r"(?:ignore|disregard|forget|override)\s+(?:all\s+|any\s+|the\s+|your\s+|my\s+)*(?:previous|prior|above|earlier|system|these|instructions|rules)"
    ),
    Rule(
        r"(?:reveal|show|print|repeat|tell me|output|leak)\s+(?:me\s+)?(?:your|the)\s+"
        r"(?:system\s+)?(?:prompt|instructions|api key|password|secret)"
    ),
    Rule(r"you are now|act as (?:a|an)\b|pretend (?:to be|you)|jailbreak|developer mode|system prompt"),
    Rule(
        r"忽略(?:以上|之前|前面|上面|所有)|无视(?:以上|之前|前面|规则|指令)|系统提示词|提示词是什么|你现在是|扮演|越狱"
    ),
    Rule(
        r"删除.{0,6}(?:表|数据库|数据)|清空.{0,6}(?:表|数据库|数据)|修改.{0,4}数据库|执行.{0,6}sql|密码是|api.?key"
    ),
    Rule(r"<script|javascript:|\$\{|\{\{.*\}\}|__import__|os\.system|eval\s*\("),
)

UNSAFE = Text(
    zh="这不像一个数据问题,更像一条指令。这里只读数据、只回答指标问题。",
    en="This reads like an instruction, not a question about data. I only read data and answer metric questions.",
)
EMPTY = Text(
    zh="还没有问题。可以从下面这些开始。", en="There is no question yet. You could start with one of these."
)
TOO_LONG = Text(
    zh=f"问题超过 {MAX_CHARACTERS} 个字符,读不准。请缩短成一句话。",
    en=f"The question is longer than {MAX_CHARACTERS} characters, too long to be read reliably. Please shorten it.",
)


def is_unsafe(text: str) -> bool:
    """Return whether a folded text tries to command instead of ask."""
    return any(pattern.search(text) for pattern in _UNSAFE)
