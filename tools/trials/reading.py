"""An experiment's units and outcomes, summed up per variant in SQL.

One row per unit first, then means, variances and covariances per variant: a unit with many orders is one unit. An
outcome of the assignments' own model is read on the assignment's rows; one of another model is what the unit did
there after it was assigned, within the window or until the experiment's end; a covariate there is what it did
before. A unit that was in several variants is left out and counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from semantic_layer.catalog import AnalysisBinding, Metric, RatioMetric, SimpleMetric, Window
from semantic_layer.errors import QueryError
from semantic_layer.query import Condition, Where
from semantic_layer.rows import Analysis, Measured, Named, Place, RowColumn, RowQuery, Step
from semantic_layer.table import Cell
from semantic_layer.text import Text
from tools.bindings import filters_of, model_of, name_of, names_of, window_of
from tools.registry import ToolContext


@dataclass(frozen=True, slots=True)
class Part:
    """One simple metric per unit: its column in the SQL, and whether it is of the time before."""

    column: str
    metric: Metric
    before: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """A metric to compare: a mean per unit (`top` alone), or a ratio of two sums. `guards` marks guardrails."""

    metric: Metric
    top: Part
    bottom: Part | None = None
    guards: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """Which experiment, on which units, with which outcomes; `covariate` is adjusted for where there is one."""

    binding: AnalysisBinding
    outcomes: tuple[Outcome, ...]
    covariate: Part | None
    where: tuple[Where, ...] = ()
    segments: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[Part, ...]:
        """Return every simple metric that is read, each once."""
        found = [part for one in self.outcomes for part in (one.top, one.bottom) if part is not None]
        found += [self.covariate] if self.covariate is not None else []
        return tuple({part.column: part for part in found}.values())


def question_of(
    binding: AnalysisBinding,
    metrics: Mapping[str, Metric],
    only: str | None = None,
    where: tuple[Where, ...] = (),
    segments: tuple[str, ...] = (),
) -> Question:
    """Return what to read for an experiment; `only` is the one metric that was asked for.

    Raises:
        QueryError: an outcome that is neither a simple metric nor a ratio of two.
    """
    columns: dict[tuple[str, bool], Part] = {}

    def part(name: str, before: bool = False) -> Part:
        if not isinstance(metrics[name].type, SimpleMetric):
            raise _no_outcome(metrics[name])
        return columns.setdefault((name, before), Part(f"x{len(columns)}", metrics[name], before))

    def outcome(name: str, guards: bool) -> Outcome:
        spec = metrics[name].type
        if isinstance(spec, RatioMetric):
            return Outcome(metrics[name], part(spec.numerator.metric), part(spec.denominator.metric), guards)
        return Outcome(metrics[name], part(name), None, guards)

    named = [(name, False) for name in names_of(binding, "outcomes")]
    named += [(name, True) for name in names_of(binding, "guardrails")]
    if only is not None:
        named = [pair for pair in named if pair[0] == only] or [(only, False)]
    outcomes = tuple(outcome(name, guards) for name, guards in named)
    covariates = names_of(binding, "covariates")
    covariate = part(covariates[0], before=True) if covariates else None
    return Question(binding, outcomes, covariate, where, segments)


def per_variant(question: Question, context: ToolContext) -> Analysis:
    """Return the analysis with one row per variant: `n`, `mixed` (units of several variants, on every row), and
    for every part mean, variance, covariance with the others and whether it only takes 0 and 1.
    """
    binding = question.binding
    parts = question.parts
    own = [part for part in parts if _model(part) == model_of(binding)]
    others = sorted({_model(part) for part in parts} - {model_of(binding)})
    rows = {"assigned": _assigned(question, own)}
    for at, model in enumerate(others):
        rows[f"facts_{at}"] = _facts(question, context, model, [p for p in parts if _model(p) == model])
    sums = "".join(f", {_per_unit(part, 'a')} AS {part.column}" for part in own)
    # A unit that was assigned several times counts once, from its first assignment.
    steps = [
        Step(
            "units",
            f"SELECT who, MIN(CAST(a.variant AS VARCHAR)) AS variant, COUNT(DISTINCT a.variant) AS variants, "
            f"MIN(CAST(a.moment AS TIMESTAMP)) AS since{sums} FROM assigned AS a WHERE NOT who IS NULL GROUP BY who",
        )
    ]
    columns, joins = ["u.variant", *(f"u.{part.column}" for part in own)], ""
    for at, model in enumerate(others):
        told = [part for part in parts if _model(part) == model]
        steps.append(_told(at, told, window_of(binding)))
        joins += f" LEFT JOIN told_{at} ON told_{at}.who = u.who"
        columns += [f"COALESCE(told_{at}.{part.column}, 0) AS {part.column}" for part in told]
    steps.append(Step("people", f"SELECT {', '.join(columns)} FROM units AS u{joins} WHERE u.variants = 1"))
    return Analysis(
        rows,
        f"SELECT variant, COUNT(*) AS n, (SELECT COUNT(*) FROM units WHERE variants > 1) AS mixed, "
        f"{', '.join(_moments(parts))} FROM people GROUP BY variant ORDER BY variant",
        tuple(steps),
    )


def _moments(parts: tuple[Part, ...]) -> list[str]:
    found = []
    for at, part in enumerate(parts):
        name = part.column
        found += [f"AVG({name}) AS mean_{name}", f"VAR_SAMP({name}) AS var_{name}"]
        found.append(f"BOOL_AND({name} IN (0, 1)) AS binary_{name}")
        found += [f"COVAR_SAMP({name}, {two.column}) AS cov_{name}_{two.column}" for two in parts[at + 1 :]]
    return found


def _assigned(question: Question, own: list[Part]) -> RowQuery:
    binding = question.binding
    columns: dict[str, RowColumn] = {
        "who": Named(str(name_of(binding, "unit"))),
        "variant": Named(str(name_of(binding, "variant"))),
        "moment": Named("metric_time"),
        **{part.column: Measured(part.metric.name) for part in own},
    }
    dimension, code = name_of(binding, "experiment"), binding.options.get("id")
    chosen: tuple[Where, ...] = ()
    if dimension is not None and isinstance(code, (str, int)):
        chosen = (Condition(dimension=dimension, operator="=", values=(code,)),)
    start, end = binding.options.get("start"), binding.options.get("end")
    return RowQuery(
        model_of(binding),
        columns,
        where=(*chosen, *question.where),
        segments=question.segments,
        filters=filters_of(binding),
        time=name_of(binding, "time"),
        start=start if isinstance(start, date) else None,
        end=end if isinstance(end, date) else None,
    )


def _facts(question: Question, context: ToolContext, model: str, told: list[Part]) -> RowQuery:
    """Return the rows of another model by unit; without a window only until the experiment's end."""
    end = question.binding.options.get("end")
    has_time = context.layer.catalog.models[model].agg_time_dimension is not None
    if not has_time:
        raise _no_outcome(told[0].metric)
    return RowQuery(
        model,
        {
            "who": Named(str(name_of(question.binding, "unit"))),
            "moment": Named("metric_time"),
            **{part.column: Measured(part.metric.name) for part in told},
        },
        end=end if isinstance(end, date) and window_of(question.binding) is None else None,
    )


def _told(at: int, told: list[Part], window: Window | None) -> Step:
    """Return what every unit did in another model after its assignment, or before it for a covariate."""
    after = "CAST(f.moment AS TIMESTAMP) >= u.since"
    values: dict[str, Place] = {}
    if window is not None and any(not part.before for part in told):
        after += " AND CAST(f.moment AS TIMESTAMP) < u.since + :window"
        values["window"] = window
    before = "CAST(f.moment AS TIMESTAMP) < u.since"
    sums = [
        f"{_per_unit(part, 'f', f' FILTER (WHERE {before if part.before else after})')} AS {part.column}"
        for part in told
    ]
    return Step(
        f"told_{at}",
        f"SELECT u.who, {', '.join(sums)} FROM units AS u JOIN facts_{at} AS f ON f.who = u.who GROUP BY u.who",
        values,
    )


def _per_unit(part: Part, table: str, when: str = "") -> str:
    """Return a unit's value of a metric over its rows, 0 without any; `when` is a FILTER clause."""
    spec = part.metric.type
    assert isinstance(spec, SimpleMetric)
    column = f"{table}.{part.column}"
    if spec.agg == "count_distinct":
        return f"COUNT(DISTINCT {column}){when}"
    call = {"sum": "SUM", "count": "SUM", "sum_boolean": "SUM", "min": "MIN", "max": "MAX"}.get(spec.agg)
    if call is None:
        raise _no_outcome(part.metric)
    return f"COALESCE(CAST({call}({column}){when} AS DOUBLE), 0)"


def _model(part: Part) -> str:
    spec = part.metric.type
    assert isinstance(spec, SimpleMetric)
    return spec.model


def _no_outcome(metric: Metric) -> QueryError:
    return QueryError(
        Text(
            zh=f"指标「{metric.label.zh}」不能按实验单位逐个相加,不能作为实验结果。",
            en=f"The metric “{metric.label.en}” cannot be added up per unit, so it is no outcome of an experiment.",
        ),
        Text(
            zh="用求和、计数或二者之比的指标。",
            en="Use a sum, a count, or a ratio of two of them.",
        ),
        code="not_supported",
    )


def number(record: Mapping[str, Cell], name: str) -> float:
    """Return a numeric cell; a null (a variance of one unit) is 0."""
    value = record[name]
    return float(value) if isinstance(value, (int, float)) else 0.0
