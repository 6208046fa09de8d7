"""`alerts:` and `jobs:`: what is watched, and what is done at which times."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, JsonValue, PlainValidator, model_validator

from semantic_layer.catalog import Window
from semantic_layer.spec.base import Spec, refusal
from semantic_layer.spec.fields import Name, OptionalText, Sql, listed
from semantic_layer.watching import DAILY, Against

_DAYS = {"day": 1, "week": 7}
_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)\s*[-–~]\s*([01]?\d|2[0-4]):([0-5]\d)\Z")
_FIELD = re.compile(r"[\d*,/\-a-z]+\Z")
CONDITIONS = ("below", "above", "falls", "rises", "anomaly", "pacing", "quality", "stale")


def read_share(raw: object) -> float:
    """Return a fraction, written as 0.2 or 20%."""
    if isinstance(raw, str) and raw.strip().endswith("%"):
        try:
            return float(raw.strip()[:-1]) / 100
        except ValueError:
            raw = None
    if isinstance(raw, (int, float)) and not isinstance(raw, bool) and raw > 0:
        return float(raw)
    raise refusal("这里应是比例。", "A share is expected here.", "写成 20% 或 0.2。", "Write 20% or 0.2.")


def read_quiet(raw: object) -> tuple[int, int]:
    """Return quiet hours as minutes of the day: `22:00-08:00`."""
    found = _CLOCK.match(raw.strip()) if isinstance(raw, str) else None
    if found is None:
        raise refusal(
            "这里应是免打扰时段。", "Quiet hours are expected here.",
            '写成 "22:00-08:00"。', 'Write "22:00-08:00".',
        )  # fmt: skip
    numbers = [int(part) for part in found.groups()]
    return numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]


def read_cron(raw: object) -> str:
    """Return five cron fields as text; whether their numbers fit is checked where the job is planned."""
    parts = raw.lower().split() if isinstance(raw, str) else []
    if len(parts) != 5 or not all(_FIELD.match(part) for part in parts):
        raise refusal(
            "时间应有五段:分 时 日 月 星期。",
            "Times have five fields: minute hour day month weekday.",
            '例如 "0 9 * * mon"(每周一 9:00)。',
            'Write "0 9 * * mon" for every Monday at 9:00.',
        )
    return " ".join(parts)


def read_length(raw: object) -> int:
    """Return a length of time as days: `7d`, `2w`."""
    if isinstance(raw, int) and not isinstance(raw, bool) and raw >= 0:
        return raw
    if isinstance(raw, Window) and raw.grain.value in _DAYS:
        return raw.count * _DAYS[raw.grain.value]
    raise refusal(
        "这里应是天数。", "A number of days is expected here.", "写成 7d 或 2w。", "Write 7d or 2w."
    )


def _length(raw: object) -> object:
    from semantic_layer.spec.fields import read_window

    return raw if isinstance(raw, int) else read_window(raw)


Share = Annotated[float, PlainValidator(read_share)]
Cron = Annotated[str, PlainValidator(read_cron)]
Days = Annotated[int, BeforeValidator(read_length), BeforeValidator(_length)]
Names = Annotated[tuple[str, ...], BeforeValidator(listed)]


class MinimumSpec(Spec):
    """The volume below which an alert says nothing."""

    metric: Name = Field(description="Over the same days and rows as the alert's own.")
    value: float


class AlertSpec(Spec):
    """`alerts:` — what is watched; exactly one of below, above, falls, rises, anomaly, pacing, quality, stale."""

    name: Name
    label: OptionalText = None
    metric: Name | None = Field(default=None, description="What is looked at; not for `quality`.")
    where: Sql | None = None
    segment: Annotated[tuple[Name, ...], BeforeValidator(listed)] = Field(
        default=(), description="A named segment, or several."
    )
    by: Name | None = Field(
        default=None, description="Watches every member of this dimension by itself: by: channel."
    )
    below: float | None = Field(default=None, description="Fires when the metric is less.")
    above: float | None = Field(default=None, description="Fires when the metric is more.")
    falls: Share | None = Field(default=None, description="Fires when it fell by more than this: 20%.")
    rises: Share | None = Field(default=None, description="Fires when it rose by more than this.")
    against: Against | None = Field(default=None, description="For falls and rises: compared with what.")
    anomaly: Literal["any", "up", "down"] | None = Field(
        default=None, description="Fires on a day far off its own pattern, to this side."
    )
    pacing: Share | None = Field(
        default=None, description="Fires when the chance of meeting the target is less."
    )
    quality: Literal["serious", "any"] | None = Field(
        default=None, description="Fires on findings of the data quality check."
    )
    stale: Days | None = Field(default=None, description="Fires when the last day with data is older.")
    window: Days = Field(default=1, description="The complete days that one look adds up: 1d, 7d.")
    minimum: MinimumSpec | None = Field(default=None, description="With less volume there is no judgement.")
    cooldown: Days = Field(default=1, description="How long it says nothing after it has fired.")
    quiet: Annotated[tuple[int, int], PlainValidator(read_quiet)] | None = Field(
        default=None, description="Hours in which nothing is sent; it waits until they are over."
    )
    recovery: bool = Field(default=True, description="Whether the end of it is told, too.")
    to: Names = Field(default=(), description="Delivery targets by name.")
    user: str | None = Field(default=None, description="Whose access rules hold.")
    cron: Cron = Field(default=DAILY, description="When it looks: minute hour day month weekday.")

    @model_validator(mode="after")
    def _watches_one_thing(self) -> AlertSpec:
        written = [name for name in CONDITIONS if getattr(self, name) is not None]
        if len(written) != 1:
            raise refusal(
                f"预警 {self.name!r} 要写且只写一个条件。",
                f"The alert {self.name!r} needs exactly one condition.",
                f"可写:{'、'.join(CONDITIONS)}。",
                f"Write one of {', '.join(CONDITIONS)}.",
            )
        if self.metric is None and written[0] not in ("quality", "stale"):
            raise refusal(
                f"预警 {self.name!r} 没有指标。",
                f"The alert {self.name!r} has no metric.",
                "写 metric: 指标名。",
                "Write metric: and its name.",
            )
        if self.by is not None and written[0] in ("pacing", "quality", "stale"):
            raise refusal(
                f"by 不能和 {written[0]} 一起用。",
                f"by does not go with {written[0]}.",
                "去掉 by。",
                "Leave by out.",
            )
        if self.window < 1 or (self.against is not None and written[0] not in ("falls", "rises")):
            raise refusal(
                "window 至少一天;against 只用于 falls 和 rises。",
                "window is at least a day, and against belongs to falls and rises.",
                "改掉或去掉它。",
                "Change it or leave it out.",
            )
        return self


class JobSpec(Spec):
    """`jobs:` — work at set times: which kind, when, as whom, delivered to whom."""

    name: Name
    kind: Name = Field(description="`askgrowth jobs kinds` lists them: refresh, alerts, digest …")
    cron: Cron = Field(description="Minute hour day month weekday, in the workspace's time zone.")
    user: str | None = Field(default=None, description="Whose access rules hold.")
    to: Names = Field(default=(), description="Delivery targets by name.")
    options: dict[str, JsonValue] = Field(default_factory=dict, description="What the kind itself takes.")
