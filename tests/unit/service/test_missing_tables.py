"""What `planwatch missing` prints about shares."""

from datetime import date
from decimal import Decimal

import pytest

from planwatch.contract.calendar import Deadline, Duty
from planwatch.rules.reporting import Share
from planwatch.service.commands.missing_tables import by_coal

DUTY = Duty(id="d", zh="月报", reporter="unit", every="month", deadline=Deadline(day=15), valid_from=date(2024, 1, 1),
            assumed="试行")  # fmt: skip


@pytest.mark.parametrize(
    ("expected", "reported", "unknown", "said"),
    [
        ("300", "300", 1, "100.0%(另 1 家不明)"),
        ("300", "200", 0, "66.7%"),
        ("0", "0", 3, "—(另 3 家不明)"),
    ],
)
def test_share_of_coal_says_of_how_many_it_says_nothing(expected, reported, unknown, said):
    share = Share("500000", DUTY, 3, 2, 1, Decimal(expected), Decimal(reported), unknown)
    assert by_coal(share) == said
