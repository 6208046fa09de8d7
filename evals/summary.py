"""The table of the README, made from the committed baseline: `python -m evals.summary` writes it into both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from evals.record import Record, read_log
from evals.score import Rate, Scores, by, score

ROOT = Path(__file__).resolve().parent.parent
BASELINE = Path(__file__).resolve().parent / "baseline" / "rules.jsonl"
READMES = {"README.md": "en", "README.zh-CN.md": "zh"}
BEGIN, END = "<!-- eval table: python -m evals.summary -->", "<!-- end of eval table -->"

_HEAD = {
    "en": "| questions | n | right | confidently wrong |",
    "zh": "| 问题 | n | 答对 | 答错却自信 |",
}
_NAMES = {
    "en": {"all": "all", "zh-CN": "in Chinese", "en-US": "in English", "demo": "demo shop",
           "evals/workspaces/odd": "made-up language school", "evals/workspaces/hotel": "made-up hotel group",
           "examples/online_retail": "Online Retail (public data)"},
    "zh": {"all": "全部", "zh-CN": "中文", "en-US": "英文", "demo": "演示店铺",
           "evals/workspaces/odd": "虚构的语言学校", "evals/workspaces/hotel": "虚构的酒店集团",
           "examples/online_retail": "Online Retail(公开数据)"},
}  # fmt: skip
_MORE = {
    "en": "Same plan from every wording: {inv}. Due refusals given: {refused}. Headlines in which every number is "
    "accounted for: {faithful}. Rules planner, no language model; the figures in brackets are 95 % intervals. "
    "The questions were written by the authors of this project: others will find wordings that it does not know.",
    "zh": "同一问题的不同说法得到同一读法:{inv}。该拒绝的拒绝了:{refused}。标题里每个数字都有出处:{faithful}。"
    "规则规划器,不用语言模型;括号里是 95% 区间。题目由本项目作者所写,换别人来问,会有它没见过的说法。",
}


def table(records: Sequence[Record], language: str) -> str:
    """Return the README's table and the sentence below it, in `zh` or `en`."""
    names = _NAMES[language]
    lines = [_HEAD[language], "|---|---|---|---|", _row(names["all"], score(records))]
    for attribute in ("locale", "workspace"):
        for name, group in by(records, attribute).items():
            lines.append(_row(names.get(name, name), score(group)))
    whole = score(records)
    more = _MORE[language].format(
        inv=_short(whole.invariance), refused=_short(whole.refusal_recall), faithful=_short(whole.faithful)
    )
    return "\n".join([*lines, "", more])


def with_table(text: str, made: str) -> str:
    """Return a README's text with the table between its two marks replaced.

    Raises:
        ValueError: a mark is missing.
    """
    block = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
    if not block.search(text):
        raise ValueError("the README has no place for the eval table")
    return block.sub(lambda _: f"{BEGIN}\n{made}\n{END}", text)


def write() -> None:
    """Write the table into both READMEs from the committed baseline."""
    records = list(read_log(BASELINE))
    for name, language in READMES.items():
        path = ROOT / name
        path.write_text(with_table(path.read_text("utf-8"), table(records, language)), encoding="utf-8")


def _row(name: str, scores: Scores) -> str:
    return f"| {name} | {scores.right.of} | {_short(scores.right)} | {_short(scores.confidently_wrong)} |"


def _short(rate: Rate) -> str:
    if rate.value is None:
        return "–"
    low, high = rate.interval
    return f"{rate.value:.1%} ({low:.1%}–{high:.1%})"


if __name__ == "__main__":
    write()
