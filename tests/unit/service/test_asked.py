"""How commands read the period they are asked about, and that all of them refuse what is none before they look."""

import pytest
import typer
from typer.testing import CliRunner

from planwatch.contract.errors import SettingsError
from planwatch.contract.period import Period
from planwatch.service.__main__ import build
from planwatch.service.asked import month_asked, period_asked, period_listed, year_to_date_asked
from planwatch.service.commands.notify import policy_of
from planwatch.service.settings import NotifySettings

NOWHERE = "postgresql://planwatch@127.0.0.1:1/none"
WRONG = ["2025-13", "2025-00", "1900", "2025-Q5", "June", ""]


@pytest.mark.parametrize("text", WRONG)
@pytest.mark.parametrize("read", [period_asked, period_listed, month_asked])
def test_no_period_is_refused_with_what_is_allowed(read, text):
    with pytest.raises(typer.BadParameter, match="2025-Q1") as refused:
        read(text, "--from")
    assert refused.value.param_hint == "--from"


@pytest.mark.parametrize("text", ["2025-03~13", "2025-04~03", "1900-01~02", "spring"])
def test_no_run_of_months_is_refused_with_what_is_allowed(text):
    with pytest.raises(typer.BadParameter, match="2025-01~02"):
        period_listed(text)


def test_year_to_date_without_a_year_before_is_refused():
    with pytest.raises(typer.BadParameter, match="上年"):
        year_to_date_asked("1949-06")


def test_periods_are_read_as_asked():
    assert period_asked(" 2025-Q2 ") == Period(2025, 4, 6)
    assert year_to_date_asked("2025-06") == Period(2025, 1, 6)
    assert year_to_date_asked(None) is None
    assert period_listed("2025-01~02") == Period(2025, 1, 2)
    assert month_asked("2025-06", "--to") == Period.month(2025, 6)


@pytest.mark.parametrize(
    "words",
    [
        ("explain", "500000", "--period", "2025-13"),
        ("attribute", "500000", "no.such", "--period", "2025-13"),
        ("outlook", "500000", "--as-of-period", "2025-13"),
        ("quality", "answer", "Q03", "500000", "energy.total", "2025-13", "--text", "a", "--by", "b"),
        ("simulate", "--from", "2025-13"),
        ("simulate", "--to", "2025-13"),
        ("simulate", "--through", "2025-13"),
    ],
    ids=" ".join,
)
def test_commands_refuse_what_is_no_period_before_they_look(words):
    done = CliRunner(env={"PLANWATCH_DATABASE__DSN": NOWHERE, "COLUMNS": "400"}).invoke(build(words[0]), words)
    assert (done.exit_code, "'2025-13' 不是期间" in done.output) == (2, True), (done.output, done.exception)


def test_go_live_month_that_is_none_is_a_wrong_setting():
    with pytest.raises(SettingsError, match="PLANWATCH_NOTIFY__SINCE"):
        policy_of(NotifySettings(since="1900-01"))
