import pytest

from semantic_layer.compiler import tied_at_cut
from semantic_layer.errors import AskGrowthError


def test_a_metric_query_gives_the_rows_of_the_hand_written_sql(case, golden):
    refused = case.expected.get("refused")
    if refused is not None:
        with pytest.raises(AskGrowthError) as caught:
            golden.compiled(case)
        assert caught.value.code == refused
        names = case.expected.get("names", [])
        by_language = names if isinstance(names, dict) else {"zh": names, "en": names}
        for locale, key in (("en-US", "en"), ("zh-CN", "zh")):
            for word in by_language[key]:
                assert word in caught.value.at(locale)
        return
    compiled = golden.compiled(case)
    ours = golden.run(case, compiled.sql)
    assert golden.holds(case), f"{compiled.sql}\n\nours:   {ours}\ntheirs: {golden.expected_rows(case)}"
    assert compiled.rollups == tuple(case.expected.get("uses", ()))
    if "columns" in case.expected:
        assert [column.name for column in compiled.columns] == case.expected["columns"]
    else:
        assert len(compiled.columns) == len(golden.database(case.file).execute(compiled.sql).description)
    if "totals" in case.expected:
        assert compiled.totals_sql is not None
        assert golden.run(case, compiled.totals_sql) == [pytest.approx(tuple(case.expected["totals"]))]
    if "periods" in case.expected:
        shown = [[role.suffix, str(role.period.start), str(role.period.end)] for role in compiled.periods]
        assert shown == case.expected["periods"]
    if "tied" in case.expected:
        note = tied_at_cut(compiled, ours, golden.run(case, compiled.tie_sql))
        assert (note.en if note else None) == case.expected["tied"]
