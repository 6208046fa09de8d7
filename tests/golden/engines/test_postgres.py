import pytest

pytestmark = pytest.mark.needs_program("postgres")


def test_a_golden_case_gives_the_same_rows(case, on_postgres):
    on_postgres.check(case)
