"""Documents stand alone, escape what is not ours, and templates of a workspace stay in their sandbox."""

from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.answer import Answer, Part, PeriodUsed
from bot.documents.content import Document, Section, document_of, without_statements
from bot.documents.pictures import picture
from bot.documents.render import TemplateError, render
from bot.plan import ToolPlan
from semantic_layer.catalog import Catalog
from semantic_layer.table import Column, Table
from semantic_layer.text import Text
from tools.result import ChartSpec, Finding

WORD = Text.same("x")
EVIL = "<script>alert(1)</script> & {{ 7 * 7 }}"
COLUMNS = (
    Column("day", Text(zh="日", en="day"), "time", grain="day"),
    Column("sales", Text(zh="销售额", en="sales"), "metric", unit="EUR"),
)


def line(*values: float | None) -> ChartSpec:
    rows = tuple((date(2025, 3, at + 1), value) for at, value in enumerate(values))
    return ChartSpec(
        "line", Text.same("sales by day"), Table(COLUMNS, rows, len(rows)), x="day", y=("sales",)
    )


@pytest.fixture
def document(empty_catalog: Catalog) -> Document:
    chart = line(1.0, 3.0, 2.0)
    plan = ToolPlan(kind="tool", name="digest")
    answer = Answer(
        id="1", question="q", locale="en-US", outcome="answer", planner="none", plan=plan,
        parts=(Part(plan, chart.table, ("SELECT '<b>'",)),),
        headline=Text.same(f"Weekly report (1 Mar): {EVIL}"),
        periods=(PeriodUsed("main", date(2025, 3, 1), date(2025, 3, 4), date(2025, 3, 8), WORD),),
        findings=(Finding("change", Text.same(EVIL), at="why"),),
        chart=chart,
    )  # fmt: skip
    return document_of(answer, empty_catalog, Text.same("Shop <1>"), comments=[EVIL], with_sql=True)


@pytest.fixture(scope="module")
def empty_catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    import semantic_layer

    folder = tmp_path_factory.mktemp("ws")
    (folder / "data").mkdir()
    (folder / "data" / "t.csv").write_text("day,v\n2025-03-01,1\n", encoding="utf-8")
    (folder / "askgrowth.yml").write_text(
        "version: 1\nmodels:\n  - {name: t, table: t, semantic_model: {enabled: true}, agg_time_dimension: day,\n"
        "     columns: [{name: day, granularity: day, dimension: {type: time}}],\n"
        "     metrics: [{name: v, type: simple, agg: sum, expr: v}]}\n",
        encoding="utf-8",
    )
    layer = semantic_layer.open(folder, state_dir=tmp_path_factory.mktemp("state"))
    catalog = layer.catalog
    layer.close()
    return catalog


class Seen(HTMLParser):
    """What a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [
            f"{name}={value}" for name, value in attrs if name in ("src", "href", "srcset", "action")
        ]


def test_a_page_loads_nothing_and_runs_nothing(document: Document) -> None:
    html = render(document, "html")
    page = Seen()
    page.feed(html)
    assert {"script", "link", "img", "iframe"} & set(page.tags) == set()
    assert page.addresses == []
    assert "url(" not in html
    assert "@import" not in html


def test_what_comes_from_data_is_escaped_and_never_run_as_a_template(document: Document) -> None:
    html = render(document, "html")
    assert "<script>" not in html
    assert "Shop &lt;1&gt;" in html
    assert "{{ 7 * 7 }}" in html
    assert "49" not in html


def test_a_page_says_title_period_partial_finding_comment_and_statement(document: Document) -> None:
    for text in (render(document, "html"), render(document, "md")):
        assert "Weekly report (1 Mar)" in text
        assert "2025-03-01 – 2025-03-03" in text
        assert "not over" in text
        for heading in ("Why", "Comments", "Appendix: SQL"):
            assert heading in text
    assert document.is_partial


def test_a_workspace_s_template_takes_the_place_of_ours(document: Document, tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "document.md").write_text("{{ document.title | upper }}!", encoding="utf-8")
    assert render(document, "md", tmp_path) == "WEEKLY REPORT (1 MAR)!"
    assert "<html" in render(document, "html", tmp_path)  # ours, where it has none


@pytest.mark.parametrize(
    "template",
    [
        "{{ document.__class__.__mro__ }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{{ document.title.format_map }}{{ '%s' % document.__init__.__globals__ }}",
        "{{ range(10 ** 9) | list }}",
        "{{ nothing.at.all }}",
        "{% for",
        "x" * 200_001,
    ],
)
def test_a_template_that_reaches_out_or_is_broken_is_refused_by_name(
    document: Document, tmp_path: Path, template: str
) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "document.md").write_text(template, encoding="utf-8")
    with pytest.raises(TemplateError, match=r"document\.md"):
        render(document, "md", tmp_path)


def test_a_line_has_a_point_per_value_and_a_gap_where_there_is_none() -> None:
    svg = picture(line(1.0, 2.0, None, 4.0, 5.0), "en-US")
    assert svg is not None
    assert svg.count("<polyline") == 2
    # The largest value lies at the top margin, 0 at the bottom one: width 400 less 8 on each side.
    assert "392.0,22.0" in svg


def test_bars_are_as_long_as_their_values_and_negative_ones_go_the_other_way() -> None:
    columns = (Column("at", Text.same("at"), "dimension"), COLUMNS[1])
    table = Table(columns, (("<a>", 100.0), ("b", 50.0), ("c", -50.0)), 3)
    svg = picture(ChartSpec("bar", Text.same("t"), table, x="at", y=("sales",)), "zh-CN")
    assert svg is not None
    # 208 pixels of room for 150: 100 is 138.7, 50 half of that; the zero line lies 69.3 to the right.
    assert [part.split('"')[0] for part in svg.split('width="')[1:]] == ["138.7", "69.3", "69.3"]
    assert "&lt;a&gt;" in svg


@pytest.mark.parametrize("chart", [line(), line(1.0), line(None, None), None])
def test_what_has_no_picture_gives_none(chart: ChartSpec | None) -> None:
    if chart is None:
        chart = ChartSpec("sankey", WORD, line(1.0, 2.0).table, x="day", y=("sales",))
    assert picture(chart, "en-US") is None


@pytest.mark.parametrize(
    ("open_days", "tone", "note"), [(2, "bad", "last 2 days"), (3, "plain", "all of it")]
)
def test_a_change_is_not_judged_while_the_whole_period_still_changes(
    empty_catalog: Catalog, open_days: int, tone: str, note: str
) -> None:
    metric = replace(empty_catalog.metrics["v"], good_direction="up")
    catalog = replace(empty_catalog, metrics={"v": metric})
    columns = tuple(
        Column(name, WORD, "derived") for name in ("metric", "value", "before", "growth", "open_days")
    )
    plan = ToolPlan(kind="tool", name="digest")
    answer = Answer(
        id="1", question="q", locale="en-US", outcome="answer", planner="none", plan=plan,
        parts=(Part(plan, Table(columns, (("v", 5.0, 10.0, -0.5, open_days),), 1), ()),),
        periods=(PeriodUsed("main", date(2025, 3, 1), date(2025, 3, 4), date(2025, 3, 4), WORD),),
    )  # fmt: skip
    [tile] = document_of(answer, catalog, WORD).tiles
    assert tile.tone == tone
    assert tile.note.startswith(note)


def test_without_its_appendix_a_document_does_not_point_into_it(document: Document) -> None:
    cited = replace(document, sections=(Section("Why", ("It fell. [query 3, 14]", "降了。[查询 2]")),))
    bare = without_statements(cited)
    assert cited.sql
    assert not bare.sql
    assert bare.sections[0].sentences == ("It fell.", "降了。")


def test_an_amount_is_not_broken_over_two_lines_of_a_page(document: Document) -> None:
    told = replace(document, sections=(Section("Why", ("Paid ¥4.32 M, +¥1.79 M; 12 Kinds of 3 things.",)),))
    assert "Paid ¥4.32\u00a0M, +\u2060¥1.79\u00a0M; 12 Kinds of 3 things." in render(told, "html")
    assert "Paid ¥4.32 M, +¥1.79 M;" in render(told, "md")
