"""Rules tell from words alone that a text holds no match: they may be wrong in one direction only."""

import gc
from importlib import import_module
from itertools import islice
from pathlib import Path
from pkgutil import walk_packages

import pytest

import bot.language
import bot.planners.rules
from bot.language.rule import Rule, words_of
from bot.planners.rules.asked import gapped
from bot.planners.rules.words_analyses import ASKED


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (r"(?:top|best) \d+", {"top", "best"}),
        (r"数据(?:的)?(?:质量|可信度)(?:怎么样)?", {"数据"}),
        (r"ab?c", {"a"}),
        (r"colou?rs?", {"colo"}),
        (r"x+yz", {"yz"}),
        (r"a\.b", {"a.b"}),
        (r"(?:a |the )?(?:retro|post[- ]?mortem)\b", {"retro", "mortem"}),
        (r"(?P<who>we|they) (?:sold){2,3}", {"sold"}),
        (r"d(?=abc)", {"d"}),
        (r"d(?!abc)(?<!e)f", {"d"}),
        (r"(?:abc){0,3}d", {"d"}),
        (r"(?:(?:ab|cd)e?|f(?:g|h)i)", {"ab", "cd", "f"}),
    ],
)
def test_a_pattern_shows_the_words_of_which_a_match_holds_one(source: str, words: set[str]):
    assert set(words_of(source)) == words


@pytest.mark.parametrize(
    "source",
    [r"\d+", r"[^\W_]", r"(?:abc)?", r"abc|", r"(?:a|)b?", r"a*", r"(?i)abc", r"(\w)\1", r".", r"^$"],
)
def test_a_pattern_that_may_match_without_any_word_is_always_tried(source: str):
    assert words_of(source) == ()


def test_no_rule_of_the_planner_overlooks_a_match_in_any_question_of_the_suites(project_root: Path):
    for module in (bot.language, bot.planners.rules):
        for found in walk_packages(module.__path__, f"{module.__name__}."):
            import_module(found.name)
    rules = {one.source: one for one in gc.get_objects() if type(one) is Rule}
    rules |= {pattern: gapped(pattern) for _, pattern in ASKED}
    assert len(rules) > 250
    files = sorted(project_root.glob("evals/suites/demo/*.yml"))
    lines = {line.lower() for file in files for line in file.read_text(encoding="utf-8").splitlines()}
    text = "\n".join(islice(sorted(lines), 0, None, 7))
    overlooked = [
        (rule.source, match[0])
        for rule in rules.values()
        for match in rule.compiled.finditer(text)
        if match[0] and rule.words and not any(word in match[0] for word in rule.words)
    ]
    assert overlooked == []
