"""The made-up hotel group's data: `python -m evals.workspaces.make_hotel [FOLDER]` writes them again, byte for byte.

Five houses in three towns, 1 July 2024 to 19 March 2025. Rows without a way of booking, cancelled bookings and
guests who never come are there on purpose: each of them changes a number when it is counted by mistake.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

FIRST, LAST = date(2024, 7, 1), date(2025, 3, 19)
HOUSES = [
    ("H1", "lighthouse", "harbour", 42),
    ("H2", "ropewalk", "harbour", 18),
    ("H3", "bellfry", "oldtown", 30),
    ("H4", "lantern", "oldtown", 12),
    ("H5", "pinecone", "hills", 24),
]
KINDS = {"std": 420, "family": 640, "suite": 1180}
WAYS = {"own": 0.34, "agent": 0.38, "firm": 0.16, "": 0.12}
LANDS = ["cn", "sg", "de", "jp"]
SURNAMES = ["Abel", "Bai", "Cruz", "Dorn", "Eze", "Feng", "Gray", "Hu"]
GUESTS = 420


def bookings(draw: Random) -> Iterator[list[object]]:
    """Yield the bookings in the order in which they were made."""
    number = 0
    day = FIRST
    while day <= LAST:
        for _ in range(
            draw.randint(2, 6) + (3 if day.weekday() >= 4 else 0) + (3 if day.month in (7, 8) else 0)
        ):
            number += 1
            house = draw.choices(HOUSES, weights=[house[3] for house in HOUSES])[0]
            kind = draw.choices(list(KINDS), weights=[6, 3, 1])[0]
            way = draw.choices(list(WAYS), weights=list(WAYS.values()))[0]
            nights = draw.choices([1, 2, 3, 5], weights=[4, 4, 2, 1])[0]
            arrives = day + timedelta(days=draw.randint(0, 40))
            state = draw.choices(["stayed", "dropped", "absent"], weights=[80, 16, 4])[0]
            if arrives > LAST and state != "dropped":
                state = "open"
            price = nights * round(KINDS[kind] * draw.uniform(0.8, 1.3))
            extras = round(draw.uniform(0, 260)) if state == "stayed" else 0
            stars = draw.choice(["", 3, 4, 4, 5, 5]) if state == "stayed" else ""
            fee = round(price * 0.15) if way == "agent" and state == "stayed" else 0
            guest = f"G{draw.randint(1, GUESTS):03d}"
            yield [
                f"B{number:05d}",
                guest,
                house[0],
                day,
                arrives,
                nights,
                kind,
                way,
                state,
                price,
                extras,
                fee,
                stars,
            ]
        day += timedelta(days=1)


def supply() -> Iterator[list[object]]:
    """Yield the rooms each house had on offer each day; H4 was closed for two weeks of November."""
    day = FIRST
    while day <= LAST:
        for house, _, _, rooms in HOUSES:
            closed = house == "H4" and date(2024, 11, 4) <= day <= date(2024, 11, 17)
            yield [house, day, 0 if closed else rooms]
        day += timedelta(days=1)


def adverts(draw: Random) -> Iterator[list[object]]:
    """Yield what was spent on being found, by day and way of booking."""
    day = FIRST
    while day <= LAST:
        for way, usual in (("own", 260), ("agent", 410), ("firm", 90)):
            yield [day, way, round(usual * draw.uniform(0.6, 1.4))]
        day += timedelta(days=1)


def guests(draw: Random) -> Iterator[list[object]]:
    """Yield the guests with a name, a land and a card."""
    for number in range(1, GUESTS + 1):
        card = draw.choices(["paper", "tin", "copper"], weights=[6, 3, 1])[0]
        yield [f"G{number:03d}", draw.choice(SURNAMES), draw.choices(LANDS, weights=[6, 2, 1, 1])[0], card]


def write(folder: Path) -> None:
    """Write the five files; the folder is made."""
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, tuple[list[str], Iterator[list[object]]]] = {
        "bk": (
            ["bk_no", "guest_no", "house_no", "made_on", "arrive_on", "nts", "kind", "via", "state", "room_amt",
             "extra_amt", "agent_fee", "stars"],
            bookings(Random(7)),
        ),
        "house": (["house_no", "house_nm", "town", "rooms"], iter([list(house) for house in HOUSES])),
        "offer": (["house_no", "day", "rooms"], supply()),
        "ad_book": (["day", "via", "amt"], adverts(Random(11))),
        "guest": (["guest_no", "surname", "land", "card"], guests(Random(13))),
    }  # fmt: skip
    for name, (header, rows) in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent / "hotel" / "data")
