"""Rows and values: what is written comes back the same."""

from decimal import Decimal

import pytest
from alerts_support import make_assessment
from factories import make_figure
from hypothesis import given
from hypothesis import strategies as st

from planwatch.contract.figures import Used
from planwatch.contract.plan import Level
from planwatch.storage.rows import (
    WHOLE,
    assessment_columns,
    assessment_of_row,
    level_columns,
    level_of_row,
    used_from_json,
    used_to_json,
)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=9), st.sampled_from([1, -1]), st.integers(0, 9))
def test_used_figures_come_back_to_the_last_digit(amount, sign, revision):
    used = (Used(sign, make_figure("gdp", "2025-06c", str(amount), revision=revision, flag="suspect", report_id="r")),)
    back = used_from_json(used_to_json(used))
    assert back == used


def test_level_comes_back_and_no_level_stays_none():
    level = Level(severity=3, colour="red", zh="一级预警", en="level 1")
    assert level_of_row(*level_columns(level).values()) == level
    assert level_of_row(*level_columns(None).values()) is None


@pytest.mark.parametrize("share", [{}, {"coverage": Decimal("97.206"), "sources_there": 35, "sources": 36}])
def test_assessment_comes_back_from_its_columns(share):
    made = make_assessment(**share)
    columns = assessment_columns(made) | {"used": []}
    names = [
        "plan",
        "target",
        "subject",
        "yardstick",
        "period_start",
        "months",
        "status",
        "severity",
        "colour",
        "label_zh",
        "label_en",
        "actual",
        "expected",
        "gap",
        "unit",
        "formula",
        "reason",
        "better",
        "rule_set",
        "path",
        "edition",
        "used",
        "law",
        "scope",
        "coverage",
        "sources_there",
        "sources",
    ]
    assert len(names) == WHOLE
    assert assessment_of_row([columns[name] for name in names]) == made
