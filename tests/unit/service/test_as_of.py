"""`--as-of`: which moment is meant."""

from datetime import UTC, datetime

import pytest
import typer

from planwatch.service.as_of import moment, shown

NOW = datetime(2024, 7, 1, 4, tzinfo=UTC)  # noon in Shanghai


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2024-06-30", datetime(2024, 6, 30, 15, 59, 59, 999_999, tzinfo=UTC)),
        ("2024-06-30 00:00:00", datetime(2024, 6, 29, 16, tzinfo=UTC)),
        ("2024-06-30 12:34", datetime(2024, 6, 30, 4, 34, tzinfo=UTC)),
        ("2024-06-30T12:34:56.5", datetime(2024, 6, 30, 4, 34, 56, 500_000, tzinfo=UTC)),
        ("2024-06-30T12:00:00+00:00", datetime(2024, 6, 30, 12, tzinfo=UTC)),
        ("2024-07-01 12:00:00", NOW),
    ],
)
def test_moment_is_of_shanghai_and_a_bare_day_its_end(text, meant):
    assert moment(text, NOW) == meant


@pytest.mark.parametrize("text", ["2024-07-01", "2024-07-01 12:00:01", "2030-01-01"])
def test_moment_that_is_not_over_is_refused(text):
    with pytest.raises(typer.BadParameter, match="还没有到"):
        moment(text, NOW)


@pytest.mark.parametrize("text", ["", "yesterday", "2024-06", "2024-13-01", "30.06.2024"])
def test_what_is_no_time_is_refused_with_what_is_allowed(text):
    with pytest.raises(typer.BadParameter, match="可写 2024-06-30"):
        moment(text, NOW)


def test_moment_is_shown_as_it_is_taken():
    assert moment(shown(NOW), NOW) == NOW
