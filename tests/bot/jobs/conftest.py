"""A small shop with one alert, and a runner whose clock, sender and steps are the test's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.delivery.message import Message, Receipt, Target
from bot.jobs.clock import SetClock
from bot.jobs.runner import Runner
from bot.pipeline import Pipeline
from bot.settings import Settings
from bot.store.database import open_store

YAML = """
version: 1
name: {zh: 小店, en: shop}
locale: en-US
timezone: Asia/Shanghai
models:
  - name: sales
    table: sales
    agg_time_dimension: day
    columns:
      - {name: day, granularity: day, dimension: {type: time}}
      - {name: outlet, dimension: categorical, label: {zh: 门店, en: outlet}}
    metrics:
      - {name: takings, agg: sum, expr: amount, label: {zh: 营业额, en: takings}, good_direction: up}
      - {name: lines, agg: count, expr: amount, label: {zh: 笔数, en: sales}}
metrics:
  - {name: per_sale, type: ratio, numerator: takings, denominator: lines, label: {zh: 笔单价, en: takings per sale}}
alerts:
  - {name: low, metric: takings, below: 50, to: boss}
access:
  rows: {sales: "outlet = '{user.outlet}' or '{user.outlet}' = 'all'"}
"""
OPEN = YAML.split("access:", maxsplit=1)[0]
FIRST = date(2025, 3, 1)
TAKINGS = [100, 100, 40, 30, 100, 100, 20, 100]  # 1 March ... 8 March


@dataclass
class Post:
    """Keeps what is sent; `fails` says what the next ones get instead."""

    sent: list[tuple[str, str, Message]] = field(default_factory=list)
    fails: list[str] = field(default_factory=list)

    def __call__(self, message: Message, target: Target, key: str) -> Receipt:
        if self.fails:
            return Receipt(target.name, self.fails.pop(0), "json", problem="HTTP 500")  # type: ignore[arg-type]  # as told
        self.sent.append((target.name, key, message))
        return Receipt(target.name, "sent", "json", 1)


@dataclass
class Shop:
    """One app database and one workspace; several servers on it."""

    settings: Settings
    engine: Engine
    clock: SetClock
    post: Post
    opened: list[Pipeline] = field(default_factory=list)

    def server(self, step: Callable[[str], None] = lambda _name: None) -> Runner:
        import semantic_layer

        if not self.opened:
            layer = semantic_layer.open(self.settings.workspace, state_dir=self.settings.state_dir)
            self.opened.append(Pipeline(layer, self.settings))
        return Runner(self.opened[0], self.settings, self.engine, self.clock, self.post, step)

    def at(self, day: date, hour: int = 9, minute: int = 0) -> None:
        """Set the clock to a time in Shanghai, which is eight hours ahead of UTC."""
        self.clock.set(datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=8))


def make_shop(folder: Path, yaml: str = OPEN) -> Shop:
    """Write the workspace and open its app database; nothing runs before the first tick."""
    home = folder / "shop"
    (home / "data").mkdir(parents=True)
    (home / "askgrowth.yml").write_text(yaml, encoding="utf-8")
    lines = ["day,outlet,amount"]
    for at, amount in enumerate(TAKINGS):
        lines += [
            f"{FIRST + timedelta(at)},north,{amount / 2}",
            f"{FIRST + timedelta(at)},south,{amount / 2}",
        ]
    (home / "data" / "sales.csv").write_text("\n".join(lines), encoding="utf-8")
    settings = Settings(
        home, is_demo=False, state_dir=folder / "state", delivery={"boss": "json://a", "admin": "json://b"}
    )
    clock = SetClock(datetime(2025, 3, 2, tzinfo=UTC))
    return Shop(settings, open_store(f"sqlite:///{folder / 'app.sqlite'}"), clock, Post())


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[[str], Shop]]:
    """Return what makes the shop of a YAML text."""
    made: list[Shop] = []

    def build(yaml: str = OPEN) -> Shop:
        made.append(make_shop(tmp_path, yaml))
        return made[-1]

    yield build
    for one in made:
        one.engine.dispose()


@pytest.fixture
def shop(make: Callable[[], Shop]) -> Shop:
    """Return the shop whose data everybody may see."""
    return make()


@pytest.fixture
def yaml() -> str:
    """Return the YAML of the open shop."""
    return OPEN


@pytest.fixture
def guarded() -> str:
    """Return the YAML of the shop in which everybody sees an outlet."""
    return YAML
