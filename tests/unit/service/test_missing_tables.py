"""What `planwatch missing` prints about shares."""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from rich.console import Console

from planwatch.contract.calendar import Deadline, Duty
from planwatch.contract.period import Period
from planwatch.rules.reporting import Expected, Share, shares
from planwatch.service.commands.missing import below
from planwatch.service.commands.missing_tables import by_coal, show_shares

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


def test_brackets_in_names_are_printed():
    console = Console(file=StringIO(), width=120)
    share = Share("500000", DUTY, 3, 2, 1, Decimal(300), Decimal(200), 0)
    names = {"region:500000": "某市[a 区]"}
    show_shares(console, Period.month(2025, 3), date(2025, 5, 1), [share], names)
    assert "某市[a 区]" in console.file.getvalue()


def test_regions_above_the_one_asked_for_are_left_out():
    def due(subject, *regions):
        return Expected(subject, subject, regions, DUTY, Period.month(2025, 3), date(2025, 4, 15), True, None)

    found = [due("unit:A", "500101003", "500101", "500000"), due("region:500101", "500000"), due("unit:B", "500101")]
    sums = below("500101", found, shares(found, date(2025, 5, 1)))
    assert [(one.region, one.expected) for one in sums] == [("500101", 3), ("500101003", 1)]
