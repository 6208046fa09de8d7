"""Data quality: what is missing, doubled, contradictory, late or odd in the data, with rows and the SQL."""

from __future__ import annotations

from pydantic import Field

from semantic_layer.catalog import Model, SimpleMetric
from semantic_layer.errors import NotEnoughDataError, UnknownNameError
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.quality.fields import Issue, fields_of
from tools.quality.profile import profile
from tools.quality.relations import reconciled, references, sums
from tools.quality.repeats import duplicates, outliers, spellings
from tools.quality.report import Looked, report
from tools.quality.timing import freshness, maturing
from tools.registry import ToolContext, ToolInputs, tool
from tools.result import ToolResult


class QualityInputs(ToolInputs):
    """Which part of the workspace; all of it by default."""

    model: str | None = Field(default=None, description="only this model of the YAML")
    metric: str | None = Field(default=None, description="only the model this metric is computed from")
    dimension: str | None = Field(default=None, description="only the models that hold this dimension")


@tool(
    name="data_quality",
    label=Text(zh="数据质量检查", en="Data quality"),
    examples=Words(
        zh=(
            "数据质量怎么样",
            "数据有没有问题",
            "检查一下数据质量",
            "数据完整吗",
            "有没有重复数据",
            "哪些字段缺失",
            "数据可信吗",
        ),
        en=(
            "how good is the data",
            "check the data quality",
            "is the data complete",
            "are there duplicates in the data",
            "which fields have missing values",
            "can we trust the data",
        ),
    ),
    inputs=QualityInputs,
    asks=Asks(
        frames=(
            "data flawed",
            "~data flawed",
            "~flawed",
        ),
    ),
)
def data_quality(inputs: QualityInputs, context: ToolContext) -> ToolResult:
    """Return every finding with rows affected and its query, the most serious first, then one row per model.

    Raises:
        UnknownNameError: the model, metric or dimension does not exist.
        NotEnoughDataError: there are no rows to check.
    """
    models = _chosen(inputs, context)
    looked: list[Looked] = []
    for at, model in enumerate(models):
        label = Text(zh=f"检查「{model.label.zh}」", en=f"Checking {model.label.en}")
        context.step(label, at / len(models))
        looked.append(_look(model, context))
    names = {model.name for model in models}
    declared: list[Issue] = []
    for binding in context.layer.catalog.analyses:
        if binding.kind == "reconciliation" and binding.options["model"] in names:
            declared += reconciled(binding, context)
    if not any(one.rows for one in looked):
        raise NotEnoughDataError(
            Text(zh="没有可检查的数据。", en="There are no rows to check."),
            Text(zh="先载入数据。", en="Load the data first."),
        )
    return report(looked, declared, context)


def _look(model: Model, context: ToolContext) -> Looked:
    """Return what all checks say of one model."""
    fields = fields_of(model, context)
    if not fields:
        return Looked(model, 0, 0, ())
    rows, issues = profile(model, fields, context)
    if rows:
        issues += duplicates(model, fields, context)
        issues += spellings(model, fields, context)
        issues += outliers(model, fields, context)
        issues += references(model, fields, context)
        issues += sums(model, fields, context)
        issues += freshness(model, context)
        hidden = context.layer.rights(context.user).hidden
        own = [
            name
            for name, metric in context.layer.catalog.metrics.items()
            if isinstance(metric.type, SimpleMetric)
            and metric.type.model == model.name
            and name not in hidden
        ]
        issues += maturing(model, own, context)
    return Looked(model, rows, len(fields), tuple(issues))


def _chosen(inputs: QualityInputs, context: ToolContext) -> list[Model]:
    catalog = context.layer.catalog
    models = list(catalog.models.values())
    if inputs.model is not None:
        if inputs.model not in catalog.models:
            raise UnknownNameError(Text(zh="模型", en="model"), inputs.model, catalog.models)
        return [catalog.models[inputs.model]]
    if inputs.metric is not None:
        if inputs.metric not in catalog.metrics:
            raise UnknownNameError(Text(zh="指标", en="metric"), inputs.metric, catalog.metrics)
        wanted = {context.layer.catalog.metrics[inputs.metric].type}
        wanted_models = {kind.model for kind in wanted if isinstance(kind, SimpleMetric)}
        return [one for one in models if one.name in wanted_models] or models
    if inputs.dimension is not None:
        name = catalog.spellings.get(inputs.dimension, inputs.dimension)
        if name not in catalog.dimensions:
            raise UnknownNameError(Text(zh="维度", en="dimension"), inputs.dimension, catalog.dimensions)
        holding = {one.model for one in catalog.dimensions[name].bindings}
        return [one for one in models if one.name in holding]
    return models
