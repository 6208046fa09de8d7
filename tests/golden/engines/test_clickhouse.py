import pytest

pytestmark = pytest.mark.needs_oracle("chdb")


def test_a_golden_case_gives_the_same_rows(case, on_clickhouse):
    on_clickhouse.check(case)
