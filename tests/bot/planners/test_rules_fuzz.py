"""2,000 mutated questions: an outcome for each, none slow. The seed is fixed, so a failure can be repeated."""

import random

from bot.planners.base import Planned

SEEDS = (
    "上个月各灯驿灯费额最高的3个苔种", "zarn by hub last month, top 5", "除了纸鸢之外各引路2025年的灯费额占比", "which lane worked best this week?",
    "灯费额在500到2000之间的灯驿", "number of pulls with lamp weight over 5 in Q3 2025", "近7天移动平均灯费额", "2025年和2024年灯费额对比",
    "average zarn per month for Kite mail and Frog call", "zarn where moss contains 'fern' and clan is not empty",
)  # fmt: skip
PIECES = "的 了 和 除了 不是 > < = 5 万 % 前 top by per 各 最 上 月 周 vs ' \" ( ) ; 、 , between and not 0 -1 1e9 \x00 \ud83d 🌿 \u202e é 年".split(
    " "
)


def test_mutated_questions_never_crash(ask):
    chance = random.Random(20261122)
    ask("warm up")
    for _ in range(2_000):
        question = mutate(chance)
        planned = ask(question)
        assert isinstance(planned, Planned), question


def mutate(chance):
    text = list(chance.choice(SEEDS))
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(text) + 1)
        move = chance.randrange(4)
        if move == 0:
            text.insert(at, chance.choice(PIECES))
        elif move == 1 and text:
            del text[at - 1]
        elif move == 2:
            other = chance.choice(SEEDS)
            cut = chance.randrange(len(other))
            text[at:at] = other[cut : cut + chance.randint(1, 12)]
        else:
            chance.shuffle(text[at : at + 6])
    return "".join(text)
