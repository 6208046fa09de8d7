import pytest

pytestmark = [pytest.mark.needs_oracle("pyspark"), pytest.mark.needs_program("java")]


def test_a_golden_case_gives_the_same_rows(case, on_spark):
    on_spark.check(case)
