"""Segmentation: groups of alike customers found in the data, named by what sets them apart."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from semantic_layer.catalog import Metric, SimpleMetric
from semantic_layer.errors import NotEnoughDataError, QueryError
from semantic_layer.query import PeriodRange, Where
from semantic_layer.text import Text, Words
from tools.asks import Asks
from tools.bindings import asked_period, binding_of, model_of
from tools.customer_groups.assigning import Centres, by_member, members, summary
from tools.customer_groups.measuring import beyond_chance, features_of, sampled
from tools.customer_groups.naming import names_of
from tools.customer_groups.telling import (
    choice_table,
    findings,
    headline,
    list_table,
    member_findings,
    notes,
    score_table,
    summary_table,
)
from tools.numerics.clusters import (
    WARD_ROWS,
    adjusted_rand,
    best,
    choices,
    k_means,
    nearest,
    standardised,
    ward,
)
from tools.purchases.history import Purchases, long_enough, own_members, revenue_of
from tools.registry import ToolContext, ToolInputs, tool
from tools.render_dates import dates_label
from tools.result import ChartSpec, ToolResult
from tools.scope.metric import metric_of

LEAST_CUSTOMERS = 200
MOST_LISTED = 10_000
COUNTS = (2, 3, 4, 5, 6, 7)
CHOSEN_ON = 2_000  # customers that the number of segments is chosen on
WHAT = Text(zh="客户分群", en="a segmentation")


class SegmentationInputs(ToolInputs):
    """All optional: the first declared customers, all data, as many segments as the data support."""

    customers: str | None = Field(default=None, description="the name under customers: in the YAML")
    count: int | None = Field(default=None, ge=2, le=8, description="how many segments, instead of choosing")
    method: Literal["kmeans", "hierarchical"] = Field(default="kmeans", description="how rows are grouped")
    features: tuple[str, ...] = Field(default=(), max_length=6, description="further metrics, per purchase")
    segment: int | None = Field(
        default=None, ge=0, description="list only this segment's customers, by its code"
    )
    where: tuple[Where, ...] = Field(default=(), description="conditions on the first purchase")
    segments: tuple[str, ...] = Field(default=(), description="named segments, at the first purchase")
    period: PeriodRange | None = Field(default=None, description="which purchases count")


@tool(
    name="segmentation",
    label=Text(zh="客户分群(聚类)", en="Customer segmentation"),
    examples=Words(
        zh=("对客户做聚类分析", "客户聚类", "我们有哪几类客户", "客户可以分成哪几群"),
        en=(
            "cluster our customers",
            "what kinds of customers do we have",
            "which customer groups are there",
            "customer clustering",
        ),
    ),
    inputs=SegmentationInputs,
    asks=Asks(
        frames=(
            "clustered customers",
            "clustered",
            "kinds customers behaviour",
            "~kinds customers",
            "split_into customers",
            "split_into customers kinds",
            "split_into customers behaviour kinds",
        ),
        numbers=(("count", "groups"),),
    ),
)
def segmentation(inputs: SegmentationInputs, context: ToolContext) -> ToolResult:
    """Return segments with their typical customer, z-scores of what sets them apart, how many, and the list.

    Raises:
        QueryError: no `customers:` with a revenue, or a feature that is no metric of its model.
        NotEnoughDataError: under 12 weeks or 200 customers, or purchases dealt out at random group as well.
    """
    binding = binding_of(context, "customer", inputs.customers)
    metric = revenue_of(binding, context, WHAT)
    period = asked_period(context, model_of(binding), inputs.period)
    long_enough(period, WHAT)
    more = tuple(_feature(name, model_of(binding), context) for name in inputs.features)
    dimensions, _ = own_members(binding, context)
    measures = {f"f{at}": one.name for at, one in enumerate(more)}
    members_of = tuple(one.name for one in dimensions)
    question = Purchases(binding, period, inputs.where, inputs.segments, measures=measures)
    features = features_of(more)
    context.step(Text(zh="读取客户的购买记录", en="Reading what customers bought"), 0.1)
    rows, customers, sql = sampled(question, features, context)
    if customers < LEAST_CUSTOMERS:
        raise _thin(customers)
    context.step(Text(zh="与随机分配比较", en="Comparing with purchases dealt out at random"), 0.2)
    if not beyond_chance(question, context):
        raise _chance()
    z, mean, spread = standardised(rows)
    context.step(Text(zh="比较分成几群", en="Comparing numbers of segments"), 0.3)
    found = choices(z[:CHOSEN_ON], (inputs.count,) if inputs.count else COUNTS)
    choice = best(found)
    context.step(Text(zh="给每位客户归群", en="Assigning every customer"), 0.8)
    small = z[:WARD_ROWS]
    by_ward, labels = ward(small, choice.k)
    centres_z, _ = k_means(z, choice.k)
    agreement = adjusted_rand(nearest(small, centres_z), labels)
    centres = Centres(by_ward if inputs.method == "hierarchical" else centres_z, mean, spread, features)
    names = names_of(centres.z, features)
    if inputs.segment is not None and inputs.segment >= len(names):
        raise _unknown(inputs.segment, len(names))
    records, summary_sql = summary(question, centres, context)
    table = summary_table(records, names, metric, more)
    listed, list_sql = members(question, centres, inputs.segment, MOST_LISTED, context)
    sizes = {int(str(one["grp"])): int(str(one["customers"])) for one in records}
    known = sizes.get(inputs.segment, 0) if inputs.segment is not None else sum(sizes.values())
    detailed = Purchases(binding, period, inputs.where, inputs.segments, members_of, measures)
    counted = [(one, by_member(detailed, centres, at, context)) for at, one in enumerate(dimensions)]
    dates = dates_label(period, context.today)
    scores = score_table(centres, names)
    return ToolResult(
        headline=headline(table, names, choice, dates, metric),
        tables=(table, scores, choice_table(found), list_table(listed, names, metric, known)),
        chart=ChartSpec(
            "heatmap", Text(zh="各群与平均客户相差(标准差)", en="Segments against the average (std. dev.)"),
            scores, x="segment", y=("z",), series="feature", options={"diverging": True},
        ),
        findings=(*findings(table, centres, names), *member_findings(counted, names)),
        warnings=notes(dates, centres, customers, len(rows), inputs.method, agreement),
        sql=(sql, summary_sql, list_sql),
    )  # fmt: skip


def _feature(name: str, model: str, context: ToolContext) -> Metric:
    metric = metric_of(context.layer.catalog, name)
    if not isinstance(metric.type, SimpleMetric) or metric.type.model != model:
        raise QueryError(
            Text(
                zh=f"指标 {name} 不在购买表 {model} 上,不能作分群特征。",
                en=f"The metric {name} is no simple metric of {model}, where the purchases are: no feature of a "
                "customer.",
            ),
            Text(zh="换成这张表上的简单指标。", en="Name a simple metric of that model."),
            code="invalid_inputs",
        )
    return metric


def _thin(customers: int) -> NotEnoughDataError:
    return NotEnoughDataError(
        Text(
            zh=f"只有 {customers:,} 个有编号的购买客户,分不出群。",
            en=f"Only {customers:,} customers with a number have bought: too few to group.",
        ),
        Text(
            zh=f"至少要 {LEAST_CUSTOMERS} 个;放宽时间或筛选,或给订单补上客户编号。",
            en=f"At least {LEAST_CUSTOMERS} are needed: more time, fewer filters, or customer numbers on the orders.",
        ),
    )


def _chance() -> NotEnoughDataError:
    return NotEnoughDataError(
        Text(
            zh="把同样的购买随机分给客户,也能分出差不多的群:看不出客户习惯的差别,所以不给分群。",
            en="The same purchases dealt out to customers at random group just as well: the data show no habits "
            "that set "
            "customers apart, so there are no segments.",
        ),
        Text(
            zh="可以改用 RFM 分层(按规则分,不求自然的群),或加入更多特征。",
            en="Use RFM instead (segments by rule, which need no natural groups), or add features.",
        ),
    )


def _unknown(asked: int, count: int) -> QueryError:
    return QueryError(
        Text(zh=f"没有编号为 {asked} 的分群。", en=f"There is no segment with the code {asked}."),
        Text(zh=f"编号是 0 到 {count - 1}。", en=f"Codes run from 0 to {count - 1}."),
        code="invalid_inputs",
    )
