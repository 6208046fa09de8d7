"""Attribution numerics against a published worked example and paths shared out by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tools.numerics.attribution import MODELS, Model, Paths, bootstrap, credit_of, removal_effects, roles

A, B, C = 0, 1, 2


def test_removal_effects_are_those_of_the_published_example() -> None:
    # S. Bryl, "Marketing Multi-Channel Attribution model with R (part 1)", AnalyzeCore 2016, after Anderl et al.:
    # C1>C2>C3 converts, C1 and C2>C3 do not; removal effects 0.5, 1, 1, so 20 %, 40 % and 40 % of the credit.
    paths = Paths.of([[A, B, C], [A], [B, C]], 3, [1, 0, 0], [0, 1, 1])
    assert removal_effects(paths) == pytest.approx([0.5, 1.0, 1.0])
    assert credit_of(paths, "markov", paths.converted) == pytest.approx([0.2, 0.4, 0.4])


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        # 10 times A B C A, 4 times A B, 3 times C.
        ("first", [14, 0, 3]),
        ("last", [10, 4, 3]),
        ("linear", [10 * 2 / 4 + 2, 10 / 4 + 2, 10 / 4 + 3]),
        ("position", [10 * 0.8 + 2, 10 * 0.1 + 2, 10 * 0.1 + 3]),
        ("shapley", [10 / 3 + 2, 10 / 3 + 2, 10 / 3 + 3]),  # equal among the distinct channels
    ],
)
def test_rules_share_out_as_by_hand(model: Model, expected: list[float]) -> None:
    paths = Paths.of([[A, B, C, A], [A, B], [C]], 3, [10, 4, 3])
    assert credit_of(paths, model, paths.converted) == pytest.approx(expected)


def test_time_decay_follows_the_shares_given() -> None:
    # Touches 7 and 0 days before, half-life 7 days: weights 1/2 and 1, shares 1/3 and 2/3.
    paths = Paths.of([[A, B]], 2, [9], shares=[[1 / 3, 2 / 3]])
    assert credit_of(paths, "time_decay", paths.converted) == pytest.approx([3, 6])


def random_paths(seed: int) -> Paths:
    rng = np.random.default_rng(seed)
    found = [list(rng.integers(0, 4, rng.integers(1, 6))) for _ in range(60)]
    return Paths.of(found, 4, rng.poisson(8, 60), rng.poisson(5, 60))


@pytest.mark.parametrize("model", MODELS)
def test_credits_add_up_to_the_conversions(model: Model) -> None:
    paths = random_paths(3)
    assert credit_of(paths, model, paths.converted).sum() == pytest.approx(paths.converted.sum())


def test_removal_effects_are_those_of_a_simulated_walk() -> None:
    # A second route: walk the chain 200,000 times, with channel 0 turned into a dead end or not.
    paths = Paths.of([[A, B], [B, A], [A], [B]], 2, [30, 10, 20, 25], [20, 30, 60, 40])
    moves: dict[object, list[tuple[object, float]]] = {}
    for steps, win, lost in zip([[A, B], [B, A], [A], [B]], [30, 10, 20, 25], [20, 30, 60, 40], strict=True):
        states: list[object] = ["start", *steps]
        for state, after in itertools.pairwise(states):
            moves.setdefault(state, []).append((after, win + lost))
        moves.setdefault(steps[-1], []).extend([("won", win), ("lost", lost)])
    rng = np.random.default_rng(1)

    def won(dead: object) -> float:
        count = 0
        walks = 20_000
        for _ in range(walks):
            state: object = "start"
            while state not in ("won", "lost", dead):
                names, weights = zip(*moves[state], strict=True)
                state = names[rng.choice(len(names), p=np.array(weights) / sum(weights))]
            count += state == "won"
        return count / walks

    whole = won(None)
    assert removal_effects(paths) == pytest.approx([1 - won(A) / whole, 1 - won(B) / whole], abs=0.03)


def test_a_bootstrap_spreads_as_counts_do() -> None:
    # One channel, 400 conversions: Poisson, so a standard deviation of 20.
    drawn = bootstrap(Paths.of([[A]], 1, [400]), "last", np.array([400.0]), draws=2_000)
    assert drawn.std() == pytest.approx(20, rel=0.1)
    assert drawn.mean() == pytest.approx(400, rel=0.01)


def test_a_channel_that_never_closes_stands_out_and_random_order_does_not() -> None:
    planted = roles(Paths.of([[A, B], [A, A, B]], 2, [50, 50]))[A]
    assert (planted.present, planted.closes) == (100, 0)
    assert planted.expected == pytest.approx(50 / 2 + 50 * 2 / 3)
    assert planted.z < -8
    shuffled = roles(Paths.of([[A, B], [B, A]], 2, [52, 48]))[A]
    assert abs(shuffled.z) < 1
