"""A group without a date is shown where it adds something."""

from datetime import date

import pytest

from bot.undated import without_empty_undated
from semantic_layer.table import Column, Table
from semantic_layer.text import Text

DAY, NAME = (
    Column("metric_time__day", Text(zh="天", en="day"), "time"),
    Column("city", Text(zh="城市", en="city"), "dimension"),
)
PAID = Column("paid", Text(zh="支付", en="paid"), "metric")


@pytest.mark.parametrize(
    ("columns", "row", "stays"),
    [
        ((DAY, PAID), (None, 0), False),
        ((DAY, PAID), (None, None), False),
        ((DAY, PAID), (None, 3), True),
        ((DAY, PAID), (date(2025, 1, 2), 0), True),
        ((NAME, PAID), (None, 0), True),
    ],
)
def test_a_row_without_a_date_that_adds_nothing_is_left_out(columns, row, stays):
    table = Table(columns, (row,), 1)
    found = without_empty_undated(table)
    assert (found.rows, found.row_count) == (((row,), 1) if stays else ((), 0))
