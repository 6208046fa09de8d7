"""What a reader must be told beside the answer: unread words, cut periods, data that end early."""

from __future__ import annotations

from collections.abc import Sequence

from bot.compose.phrases import through
from bot.compose.view import Scene, View
from semantic_layer.period import ONE_DAY, Period
from semantic_layer.text import Text
from tools.render_dates import dates_label, day_label


def not_understood(words: Sequence[str]) -> Text | None:
    """Return the note that names the words no part of the plan was read from; None where all were used."""
    if not words:
        return None
    return Text(
        zh=f"这些词没有用上:{'、'.join(f'「{word}」' for word in words)}。",
        en=f"These words were not used: {', '.join(repr(word) for word in words)}.",
    )


def period_notes(view: View, scene: Scene) -> list[Text]:
    """Return what to know about the dates: cut at the data's end or start."""
    main = view.main
    if main is None:
        return []
    notes: list[Text] = []
    short = through(scene, main)
    if short is not None:
        notes.append(Text(zh=f"{short.zh}。", en=f"{short.en[:1].upper()}{short.en[1:]}."))
    if scene.data_start is not None and main.start < scene.data_start < main.end:
        first = day_label(scene.data_start, scene.today)
        notes.append(Text(zh=f"数据从{first.zh}才开始。", en=f"The data only start on {first.en}."))
    for used in view.comparisons:
        if scene.data_start is not None and used.period.start < scene.data_start:
            first, dates = day_label(scene.data_start, scene.today), dates_label(used.period, scene.today)
            notes.append(
                Text(
                    zh=f"对比期{dates.zh}早于数据的起点{first.zh},比较不完整。",
                    en=f"The compared period {dates.en} begins before the data do ({first.en}): not like for like.",
                )
            )
    return notes


def running_notes(view: View, scene: Scene) -> tuple[Text, ...]:
    """Return how the dates were taken: all there are where none were asked, or those of a period that is not over."""
    main = view.main
    if main is None and view.query.metrics and scene.data_start is not None and scene.data_end is not None:
        dates = dates_label(Period.of(scene.data_start, scene.data_end), scene.today)
        note = Text(
            zh=f"没有指定时间,用的是全部数据({dates.zh})。",
            en=f"No period was given, so all data are used ({dates.en}).",
        )
        return (note,)
    if main is None or not main.is_partial:
        return ()
    last = day_label(max(main.start, main.end - ONE_DAY), scene.today)
    whole = day_label(main.requested_end - ONE_DAY, scene.today)
    note = Text(
        zh=f"这段时间还没走完(到{whole.zh}),数据算到{last.zh}。",
        en=f"The period is not over (it ends on {whole.en}); data are counted through {last.en}.",
    )
    return (note,)
