"""The sentences about a change: conclusion first, then what it consists of, then what could be wrong."""

from __future__ import annotations

from semantic_layer.period import Period
from semantic_layer.table import Column
from semantic_layer.text import Text
from tools.metric_tree.cuts import LEAST_HISTORY, NEWS, Cut
from tools.metric_tree.story import Story
from tools.registry import ToolContext
from tools.render import percent, prose
from tools.render_dates import dates_label, period_label
from tools.result import Method
from tools.scope.events import events_in, joined
from tools.scope.metric import value_column

USUAL = 2.0  # robust standard deviations within which a change of the whole is nothing special
NAMED = 3
NAMED_SHARE = 0.1  # of the change: less is not worth a name
MOSTLY = 0.67
HALF = 0.5  # of the change: what the groups named as its source must hold
FEW = 100


def signed(value: float, column: Column) -> Text:
    """Return a difference with its sign: +58万, −0.3个百分点."""
    return prose(value, column, sign=True)


def period_words(period: Period, context: ToolContext) -> Text:
    """Return a period by name and dates."""
    catalog = context.layer.catalog
    return period_label(period, context.today, catalog.week_start, catalog.fiscal_year_start)


def summary(story: Story, context: ToolContext) -> Text:
    """Return the headline: how much, out of what, mainly where, and whether it is more than usual."""
    sentences = [_how_much(story, context)]
    # Numerator against denominator is what a ratio is, no news; mix and rate say more.
    if story.tree is not None and (story.metric.drivers or story.whole.parts[0].rate is None):
        sentences.append(statement_of_tree(story, context))
    if story.cuts and any(part.is_news for part in story.cuts[0].parts):
        sentences.append(statement_of_cut(story, story.cuts[0], context))
    elif story.cuts:
        sentences.append(
            Text(
                zh="没有哪个分组的变化超出它自己平常的波动。",
                en="No group moved beyond its own usual swings.",
            )
        )
    if story.deeper is not None:
        sentences.append(statement_of_deeper(story, context))
    z = story.total.z
    if z is not None and abs(z) < USUAL:
        sentences.append(
            Text(zh="整体变化在平常波动之内。", en="As a whole the change is within the usual swings.")
        )
    return Text(zh="".join(one.zh for one in sentences), en=" ".join(one.en for one in sentences))


def _how_much(story: Story, context: ToolContext) -> Text:
    metric, total = story.metric, story.total
    column, delta = value_column(metric), value_column(metric, "__delta")
    when, against = period_words(story.span.main, context), dates_label(story.span.other, context.today)
    after, before = prose(total.after, column), prose(total.before, column)
    size = signed(story.change, delta)
    growth = percent(story.change / total.before, sign=True) if total.before and total.before > 0 else None
    tail = f"({growth})" if growth else ""
    name = metric.label.en[:1].upper() + metric.label.en[1:]
    return Text(
        zh=f"{when.zh}{metric.label.zh}{after.zh},对比{against.zh}的{before.zh}:{size.zh}{tail}。",
        en=f"{name}, {when.en}: {after.en} against {before.en} ({against.en}), {size.en}"
        f"{f' ({growth})' if growth else ''}.",
    )


def statement_of_tree(story: Story, context: ToolContext) -> Text:
    """Return what each factor contributed."""
    assert story.tree is not None
    delta, labels = value_column(story.metric, "__delta"), context.layer.catalog.metrics
    ordered = sorted(story.tree.factors, key=lambda one: -abs(one.contribution))
    said = [(labels[one.metric].label, signed(one.contribution, delta)) for one in ordered]
    return Text(
        zh="拆开看:" + ",".join(f"{label.zh} {size.zh}" for label, size in said) + "。",
        en="By factor: " + ", ".join(f"{label.en} {size.en}" for label, size in said) + ".",
    )


def statement_of_cut(story: Story, one: Cut, context: ToolContext) -> Text:
    """Return what the groups of a dimension contributed; only groups beyond their own noise are named."""
    delta = value_column(story.metric, "__delta")
    label = (
        context.layer.catalog.dimensions[one.dimension].label
        if one.dimension
        else Text(zh="整体", en="overall")
    )
    least = NAMED_SHARE * abs(one.change)
    news = [part for part in one.parts if part.is_news and abs(part.contribution) >= least]
    named = [(part.label, signed(part.contribution, delta)) for part in news[:NAMED]]
    zh, en = f"按{label.zh}看,", f"By {label.en}: "
    mixed = _mix_words(one, delta, label)
    if mixed is not None and news and _is_mix(one):
        return Text(zh=f"{zh}{mixed.zh}。", en=f"{en}{mixed.en}.")
    if named:
        most = sum(part.contribution for part in news[:NAMED]) / one.change >= HALF if one.change else True
        # A group may be news and still be the smaller part of the change: then it is not where it comes from.
        zh += "主要来自" if most else "超出平常波动的是"
        en += "mainly " if most else "beyond its usual swings is "
        zh += "、".join(f"{name.zh} {size.zh}" for name, size in named)
        en += ", ".join(f"{name.en} {size.en}" for name, size in named)
    else:
        zh += "各组都在自己平常的波动之内"
        en += "every group is within its own usual swings"
    tail = Text(zh=f";{mixed.zh}", en=f"; {mixed.en}") if mixed else None
    return Text(zh=f"{zh}{tail.zh if tail else ''}。", en=f"{en}{tail.en if tail else ''}.")


def _is_mix(one: Cut) -> bool:
    """Return whether the groups' shares moved the whole, not the groups themselves."""
    return one.paradox or (bool(one.change) and one.mix / one.change >= MOSTLY)


def _mix_words(one: Cut, delta: Column, label: Text) -> Text | None:
    if one.parts[0].rate is None or not one.change:
        return None
    mix, rate = signed(one.mix, delta), signed(one.rate, delta)
    zh, en = f"结构 {mix.zh},组内 {rate.zh}", f"mix {mix.en}, inside the groups {rate.en}"
    if one.paradox:
        zh += f"。每个{label.zh}自己的方向都与整体相反(辛普森悖论),变的是结构"
        en += f". Every {label.en} moved the other way than the whole (Simpson's paradox): the mix changed"
    elif _is_mix(one):
        zh += ",变的主要是结构,不是各组自己"
        en += ": mostly the mix, not the groups themselves"
    else:
        return Text(zh=zh, en=en)
    grown = max(one.parts, key=lambda part: abs(part.share[1] - part.share[0]))
    shares = percent(grown.share[0]), percent(grown.share[1])
    return Text(
        zh=f"{zh}:{grown.label.zh}的占比从 {shares[0]} 到 {shares[1]}",
        en=f"{en}; the share of {grown.label.en} went from {shares[0]} to {shares[1]}",
    )


def statement_of_deeper(story: Story, context: ToolContext) -> Text:
    """Return what moved inside the group that moved the most."""
    assert story.deeper is not None
    group, inner = story.deeper
    said = statement_of_cut(story, inner, context)
    return Text(
        zh=f"其中{group.label.zh}:{said.zh}",
        en=f"Within {group.label.en}, {said.en[:1].lower()}{said.en[1:]}",
    )


def notes(story: Story, context: ToolContext) -> tuple[Text, ...]:
    """Return method, definition and what could be wrong."""
    metric = story.metric
    found = [_method(story)]
    if metric.description is not None:
        found.append(
            Method(
                zh=f"口径:{metric.label.zh} = {metric.description.zh}。",
                en=f"Definition: {metric.label.en} is {metric.description.en}.",
            )
        )
    if story.defaulted:
        found.append(
            Text(zh="没有说时间,取最近完整的一周。", en="No period was asked: the last whole week is taken.")
        )
    found += [
        note
        for note in (_events(story, context), _open(story, context), _history(story), _volume(story))
        if note
    ]
    found += _unclear(story)
    found.append(
        Text(
            zh="这是对变化的拆分,时间吻合不等于因果;要证明原因,请做实验或回滚验证。",
            en="This takes the change apart; moving together proves no cause. To prove one, test it or roll it back.",
        )
    )
    return tuple(found)


def _method(story: Story) -> Text:
    days = story.span
    zh = f"方法:{days.main.days}天对{days.other.days}天;"
    en = f"Method: {days.main.days} against {days.other.days} days; "
    if story.tree is not None:
        zh += f"因素按 Shapley 值精确分解({story.tree.formula});"
        en += f"factors by exact Shapley values ({story.tree.formula}); "
    if story.total.rate is not None:
        zh += "分组按中心化的结构/组内分解;"
        en += "groups by centred mix and rate; "
    zh += f"看了 {story.looked} 个维度,按惊异度排序;八成区间由按天重抽样得到,超过自身历史 {NEWS} 倍才点名。"
    en += (
        f"{story.looked} dimensions looked at, ranked by surprise; 80 % intervals by resampling days; "
        f"a group is named only beyond {NEWS} robust deviations of its own history."
    )
    return Method(zh=zh, en=en)


def _events(story: Story, context: ToolContext) -> Text | None:
    catalog = context.layer.catalog
    now = {event.name: event for event, _ in events_in(catalog, story.span.main)}
    then = {event.name: event for event, _ in events_in(catalog, story.span.other)}
    if now.keys() == then.keys():
        return None
    a, b = joined(tuple(now.values())), joined(tuple(then.values()))
    return Text(
        zh=f"两期的活动不同:本期{a.zh},对比期{b.zh};变化里有活动的部分。",
        en=f"The periods hold different events (now: {a.en}; before: {b.en}); part of the change is the event.",
    )


def _open(story: Story, context: ToolContext) -> Text | None:
    open_days = story.metric.maturity_days
    if not open_days or (context.today - story.span.main.end).days >= open_days:
        return None
    return Text(
        zh=f"最近 {open_days} 天的{story.metric.label.zh}还没走完,与已走完的对比期相比会有偏差。",
        en=f"{story.metric.label.en} of the last {open_days} days is not settled yet, which biases the comparison.",
    )


def _history(story: Story) -> Text | None:
    if story.total.z is not None or len(story.span.earlier()) >= LEAST_HISTORY:
        return None
    return Text(
        zh="历史太短,无法判断变化是否超出平常波动。",
        en="The history is too short to tell whether the change is more than usual.",
    )


def _volume(story: Story) -> Text | None:
    smallest = min(story.whole.volume)
    if smallest >= FEW:
        return None
    return Text(
        zh=f"数据很少(较少的一期只有 {smallest:,.0f}),结论不稳。",
        en=f"There are few data (only {smallest:,.0f} in the smaller period); the result is shaky.",
    )


def _unclear(story: Story) -> list[Text]:
    if not story.cuts:
        return []
    unclear = [
        part.label for part in story.cuts[0].parts if part.low is not None and part.high is not None
        and part.low <= 0 <= part.high
    ][:8]  # fmt: skip
    if not unclear:
        return []
    return [
        Method(
            zh="区间含 0、分不清方向的分组:" + "、".join(label.zh for label in unclear) + "。",
            en="Not distinguishable from no change: " + ", ".join(label.en for label in unclear) + ".",
        )
    ]
