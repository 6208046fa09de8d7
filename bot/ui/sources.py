"""Where an answer comes from: planner, model and what it cost, data and their freshness, timings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.answer import Answer, Provenance
from bot.ui.wording import PLANNER_LABELS, STAGE_LABELS, name_text
from semantic_layer.text import Locale, Text

Json = dict[str, object]


def sources(answer: Answer, locale: Locale) -> list[Json]:
    """Return what stands below "definitions and sources": label and value, what is unknown left out."""
    provenance = answer.provenance
    if provenance is None:
        return []
    pairs: list[tuple[Text, str | None]] = [
        (Text(zh="规划", en="Planned by"), PLANNER_LABELS[provenance.planner].at(locale)),
        (Text(zh="原因", en="Why"), provenance.why.at(locale)),
        (Text(zh="数据范围", en="Data from–to"), _coverage(provenance)),
        (Text(zh="数据版本", en="Data version"), provenance.data_version),
        (
            Text(zh="读取行数", en="Rows read"),
            f"{provenance.rows_read:,}" if provenance.rows_read is not None else None,
        ),
        (Text(zh="计划指纹", en="Plan hash"), provenance.plan_hash[:12] if provenance.plan_hash else None),
        *_model(provenance),
        (Text(zh="耗时", en="Time taken"), _timings(answer.timings_ms, locale)),
    ]
    return [{"label": label.at(locale), "value": value} for label, value in pairs if value]


def read_by(answer: Answer, locale: Locale) -> str | None:
    """Return one line on the language model's part in the answer; None where no model was asked.

    It says who read the question and why that reading counts, and what asking cost: it stands with every such
    answer, not one click away.
    """
    provenance = answer.provenance
    if provenance is None or ("model" not in provenance.extra and "prose" not in provenance.extra):
        return None
    used = _used(provenance.extra)
    why = provenance.why
    prose = provenance.extra.get("prose")
    if isinstance(prose, dict) and prose.get("calls"):
        shown = (
            Text(zh="摘要由模型写,数字由查询填", en="the summary is the model's, its figures are the query's")
            if prose.get("shown")
            else Text(
                zh="模型的摘要没有通过核对,未采用",
                en="the model's summary did not pass the checks and is left out",
            )
        )
        why = Text(zh=f"{why.zh};{shown.zh}", en=f"{why.en}; {shown.en}")
    seconds = f"{used.seconds:,.1f}"
    cost = Text(
        zh=f"{used.calls:.0f} 次调用,{used.tokens:,.0f} 令牌,{seconds} 秒",
        en=f"{used.calls:.0f} {'call' if used.calls == 1 else 'calls'}, {used.tokens:,.0f} tokens, {seconds} s",
    )
    if used.money:
        cost = Text(zh=f"{cost.zh},{used.money}", en=f"{cost.en}, {used.money}")
    return f"{why.at(locale)} · {cost.at(locale)}"


@dataclass(frozen=True, slots=True)
class _Used:
    """What the model was used for in one answer: reading the question and writing the summary together."""

    calls: float
    tokens: float
    seconds: float
    money: str


def _used(extra: Mapping[str, object]) -> _Used:
    prose = extra.get("prose")
    parts = [extra, prose] if isinstance(prose, dict) else [extra]

    def total(*keys: str) -> float:
        return sum(float(str(part.get(key) or 0)) for part in parts for key in keys)

    currency = extra.get("currency")
    money = f"{total('cost'):.4f} {currency}" if currency else ""
    return _Used(total("calls"), total("tokens_in", "tokens_out"), total("model_ms") / 1000, money)


def _model(provenance: Provenance) -> list[tuple[Text, str | None]]:
    """Return the model, what this question used of it, and what its user has used today."""
    extra = provenance.extra
    used = _used(extra)
    if not used.calls and "model" not in extra:
        return []  # no model is set
    spent = f"{used.calls:.0f} × · {used.tokens:,.0f} tokens · {used.seconds:,.1f} s"
    today = extra.get("today")
    lines: list[tuple[Text, str | None]] = [
        (Text(zh="语言模型", en="Language model"), str(extra["model"]) if extra.get("model") else None),
        (
            Text(zh="本题用量", en="Used for this question"),
            f"{spent} · {used.money}" if used.money else spent,
        ),
    ]
    if isinstance(today, dict):
        day = f"{int(today.get('calls') or 0)} × · {int(today.get('tokens') or 0):,} tokens"
        money = f" · {float(today['cost']):.4f} {extra.get('currency', '')}" if "cost" in today else ""
        lines.append((Text(zh="今日累计", en="Used today"), f"{day}{money}".strip()))
    return lines


def _coverage(provenance: Provenance) -> str | None:
    if provenance.data_start is None or provenance.data_end is None:
        return None
    last = provenance.data_end - timedelta(days=1)
    return f"{provenance.data_start.isoformat()} – {last.isoformat()}"


def _timings(timings: Mapping[str, float], locale: Locale) -> str | None:
    parts = [
        f"{STAGE_LABELS.get(stage, name_text(stage)).at(locale)} {milliseconds:,.0f} ms"
        for stage, milliseconds in timings.items()
    ]
    return " · ".join(parts) or None
