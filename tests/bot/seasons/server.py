"""A server lives through half a year: its clock is set tick by tick, and it is killed again and again at a random step.

`python server.py FOLDER PORT FIRST LAST`: the workspace is FOLDER/shop, its messages go to the webhook on PORT. It
starts a server, waits until that dies, and starts the next half an hour (of the clock) later. Prints how many died.
"""

import os
import random
import signal
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # before numpy: small arrays, busy cores
ZONE = ZoneInfo("Asia/Shanghai")
TIMES = (time(9, 0, 30), time(9, 50))  # after the jobs' times; the review of 8:00 is caught up on
POINTS = ("claimed", "computed", "finishing", "committing", "written", "sending", "sent")
DOWN = timedelta(minutes=31)  # longer than any lease
DELIVERED = ("boss", "team")
# What was suggested, accepted and done: name, metric, dimension, members, promise per four weeks, first day, days.
TRIED = (
    ("lift_posters", "new_customers", "province", ("浙江", "江苏"), (150.0, 400.0), date(2025, 6, 23), 42),
    ("short_videos", "visitors", "store", ("douyin",), (40_000.0, 120_000.0), date(2025, 8, 1), 31),
    ("nothing_done", "paid_orders", "store", ("jd",), (100.0, 300.0), date(2025, 9, 1), 28),
)


class Killer:
    """Kills its own process when a step has come for the wanted time; step and time are drawn from `seed`."""

    def __init__(self, life: int) -> None:
        self._point = POINTS[life] if life < len(POINTS) else None
        self._left = random.Random(life).randint(5, 40)

    def __call__(self, step: str) -> None:
        if step != self._point:
            return
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def moments(first: date, last: date, after: datetime | None) -> list[datetime]:
    """Return the ticks of all days, those after `after`."""
    days = [first + timedelta(at) for at in range((last - first).days + 1)]
    every = [datetime.combine(day, one, ZONE).astimezone(UTC) for day in days for one in TIMES]
    return [at for at in every if after is None or at > after]


def live(folder: Path, port: int, first: date, last: date, killed: Callable[[str], None]) -> None:
    """Run the server from where the last one died."""
    import semantic_layer
    from bot.alerts.series import SeriesStore
    from bot.jobs.clock import SetClock
    from bot.jobs.outbox import send_now
    from bot.jobs.runner import Runner
    from bot.ledger.keeping import Ledger
    from bot.pipeline import Pipeline
    from bot.settings import Settings
    from bot.store.database import open_store

    hook = f"json://127.0.0.1:{port}/"
    settings = Settings(
        folder / "shop", is_demo=False, state_dir=folder / "state",
        delivery={"default": f"{hook}boss", "team": f"{hook}team"},
    )  # fmt: skip
    layer = semantic_layer.open(
        settings.workspace, state_dir=settings.state_dir, data_dir=(folder / "data").resolve()
    )
    engine = open_store(f"sqlite:///{folder / 'app.sqlite'}")
    noted = folder / "clock.txt"
    died = datetime.fromisoformat(noted.read_text()) if noted.exists() else None
    start = died + DOWN if died else datetime.combine(first, time(0, 0), ZONE).astimezone(UTC)
    clock = SetClock(start)
    pipeline = Pipeline(layer, settings, ledger=Ledger(layer, settings, engine))

    def send(message, target, key):
        killed("sending")
        receipt = send_now(message, target, key)
        killed("sent")
        return receipt

    runner = Runner(pipeline, settings, engine, clock, send, killed, SeriesStore(through=last))
    for at in [start, *moments(first, last, start)]:
        clock.set(at)
        scratch = noted.with_suffix(".new")
        scratch.write_text(at.isoformat())
        scratch.replace(noted)
        accept_what_is_done(pipeline, at.astimezone(ZONE).date())
        runner.tick()
    runner.deliver()
    engine.dispose()


def accept_what_is_done(pipeline, today: date) -> None:
    """Show and accept what is suggested on a day, as a person would; doing it again changes nothing."""
    from semantic_layer.text import Text
    from tools.result import Effect, Suggestion, TestPlan

    word = Text.same("x")
    for name, metric, dimension, members, (low, high), day, days in TRIED:
        if day != today:
            continue
        made = Suggestion(
            word, Text(zh=f"试一试 {name}", en=f"Try {name}"), Effect(metric, low, high, days, word), "adjusted",
            (), TestPlan(None, None, word), (name,), (dimension, members),
        )  # fmt: skip
        [shown] = pipeline.ledger.show([made], today, None)
        book = pipeline.ledger.book(None)
        if book.entry(str(shown.id)).status == "open":
            book.accept(str(shown.id), on=today)


def main() -> int:
    """Start servers until one lives to the end; return 0, and print how many were killed."""
    load_what_is_heavy()
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    first, last = (date.fromisoformat(one) for one in sys.argv[3:5])
    for life in range(100):
        child = os.fork()
        if child == 0:
            try:
                live(folder, port, first, last, Killer(life))
            except BaseException:  # whatever it was: a forked child must never run on as its parent
                import traceback

                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            print(life)
            return os.WEXITSTATUS(status)
    return 1


def load_what_is_heavy() -> None:
    """Import once what every server needs: one that is forked has it. No database is opened, no thread started."""
    from importlib import import_module

    for name in ("apprise", "scipy.optimize", "scipy.stats", "sqlalchemy", "bot.pipeline", "bot.ledger.book"):
        import_module(name)
    from bot.jobs.contract import kinds
    from tools.registry import Registry

    kinds()
    Registry.load()


if __name__ == "__main__":
    sys.exit(main())
