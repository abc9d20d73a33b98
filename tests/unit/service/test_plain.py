"""JSON without floats, and finding out whom a text means."""

import json
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pytest
import typer
from rich.console import Console

from planwatch.contract.outlook import BackTest, Prospect
from planwatch.contract.period import Period
from planwatch.service.plain import plain
from planwatch.service.whom import subject_named


@dataclass(frozen=True)
class Holder:
    amount: Decimal | None
    rest: tuple[object, ...] = ()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Decimal("1E+3"), "1000"),
        (Decimal("0.10"), "0.10"),
        (Fraction(3, 7), "3/7"),
        (Fraction(4), "4"),
        (Period(2025, 1, 6), "2025-H1"),
        (Prospect.UNCERTAIN, "uncertain"),
        (None, None),
        (True, True),
        (Holder(Decimal(1), (Period(2025, 3, 3), "x")), {"amount": "1", "rest": ["2025-03", "x"]}),
        (BackTest(), {"backcasts": []}),
    ],
)
def test_values_are_plain_and_exact(value, said):
    assert plain(value) == said
    assert json.loads(json.dumps(plain(value))) == said


class Registry:
    """Finds what it was given, whatever is asked."""

    def __init__(self, *found):
        self.found = list(found)

    def find_subjects(self, text):
        return self.found


CITY, DISTRICT = ("region:500000", "重庆市"), ("region:500101", "重庆万州区")


@pytest.mark.parametrize(
    ("text", "found", "who"),
    [
        ("unit:any", (), "unit:any"),
        ("重庆市", (CITY, DISTRICT), CITY[0]),
        ("500101", (CITY, DISTRICT), DISTRICT[0]),
        ("万州", (DISTRICT,), DISTRICT[0]),
    ],
    ids=["key", "name", "code", "the-only-one"],
)
def test_a_text_names_one_subject(text, found, who):
    assert subject_named(Registry(*found), text, Console()) == who


@pytest.mark.parametrize("found", [(), (CITY, DISTRICT)], ids=["nobody", "several"])
def test_a_text_that_names_nobody_or_several_lists_them(found, capsys):
    with pytest.raises(typer.Exit) as ended:
        subject_named(Registry(*found), "庆", Console())
    assert ended.value.exit_code == 2
    told = capsys.readouterr().out
    assert all(who in told and name in told for who, name in found)
    assert found or "(无)" in told
