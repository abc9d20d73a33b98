"""Coverage, open questions, names and withdrawals stand beside every judgement, now and as they were at a time."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from assess_support import assess_by, feed, query
from commands_support import judgements_runner
from quality_flow_support import NOW, SHIPPED, coal, law_with, months, summed

from planwatch.contract.registry import RegionRecord, UnitRecord
from planwatch.contract.report import Flag
from planwatch.storage.database import Database
from planwatch.storage.law_store import LawStore

pytestmark = pytest.mark.services
LATER = NOW + timedelta(days=100)
SINCE = date(2020, 1, 1)
TARGET = summed(SHIPPED)
RECORDS = [
    RegionRecord(id="500000", name="重庆市[直辖]", valid_from=SINCE),
    UnitRecord(id="A", name="甲厂[一期]", region="500000", valid_from=SINCE),
    UnitRecord(id="B", name="乙厂", region="500000", valid_from=SINCE),
]


LAW = law_with(TARGET)
TIGHTER = law_with(TARGET.model_copy(update={"value": Decimal(100000)}))  # which both units pass in a year


@pytest.fixture
def database(database_dsn):
    with Database(database_dsn, max_size=2) as opened:
        LawStore(opened).make_live(LAW, NOW)
        feed(opened, LAW, [*months("A"), *months("B")], RECORDS, now=NOW)
        assess_by(opened, LAW, now=NOW)
        yield opened


@pytest.fixture
def run(database_dsn):
    return judgements_runner(database_dsn)


def _again(database, *reports):
    feed(database, LAW, reports, now=LATER)
    assess_by(database, LAW, now=LATER)


def test_whole_sum_says_so_everywhere(database, run):
    told = "100%(2/2 家)"
    assert told in run("status")
    assert told in run("history", "region:500000")
    explained = run("explain", "region:500000", TARGET.id)
    assert told in explained
    assert "[sum over 2 units" in explained, "brackets of a formula are text, not markup"
    assert "重庆市[直辖](region:500000)" in explained
    (row,) = [one for one in json.loads(run("status", "--json")) if one["subject"] == "region:500000"]
    assert (Decimal(row["coverage"]), row["sources_there"], row["sources"], row["queried"]) == (100, 2, 2, 0)
    (level, *_) = json.loads(run("history", "region:500000", "--json"))["levels"]
    assert (Decimal(level["coverage"]), level["sources_there"], level["sources"]) == (100, 2, 2)


def test_held_unit_is_named_with_the_rule_and_the_next_step(database, run):
    before = run("explain", "region:500000", TARGET.id)
    _again(database, coal("A", "2023-07", "10213700", revision=1))  # kilograms called tonnes
    told = run("explain", "region:500000", TARGET.id)
    assert "甲厂[一期](unit:A) 的 energy.raw_coal 待核不计:2023-07" in told
    assert "Q08 甲厂[一期](unit:A) 2023-07 energy.raw_coal:" in told
    assert "planwatch quality list --subject unit:A" in told
    assert "(1/2 家)" in told
    assert "甲厂[一期](unit:A) 的 energy.raw_coal 待核不计" in run("status")
    stored = query(
        database, "SELECT coverage < 100, sources_there, sources FROM board.not_rated WHERE subject = 'region:500000'"
    )
    assert stored == [(True, 1, 2)]
    assert run("explain", "region:500000", TARGET.id, "--as-of", "2024-04-01") == before


QUESTION = """
INSERT INTO planwatch.finding (rule, subject, indicator, period_start, months, version, outcome, state, message, figures,
    threshold, fingerprint, opened_on, changed_on, found_at)
VALUES ('Q13', 'unit:A', 'energy.raw_coal', '2023-05-01', 1, 1, 'query', '{state}', '与电网不符', '[]', 't', 'f',
    '2024-03-01', '2024-03-01', '2024-05-01')
RETURNING 1
"""


@pytest.mark.parametrize(("state", "mark"), [("open", "Q13 存疑待说明"), ("explained", "Q13 存疑已说明")])
def test_figure_that_counts_and_is_asked_about_is_marked(database, run, state, mark):
    before = [run(name, *rest) for name, *rest in (("status",), ("explain", "region:500000", TARGET.id))]
    assert "存疑" not in "".join(before)
    with database.transaction() as connection:
        connection.execute(QUESTION.format(state=state))
    assert "存疑 1 个数值" in run("status")
    told = run("explain", "region:500000", TARGET.id)
    assert "1 个数值存疑待说明" in told
    (marked,) = [line for line in told.splitlines() if mark in line]
    assert "unit:A" in marked and "2023-05" in marked
    assert run("explain", "region:500000", TARGET.id, "--as-of", "2024-04-01") == before[1]
    assert "存疑 1 个数值" in run("status", "--as-of", "2024-06-01")
    (row,) = [one for one in json.loads(run("status", "--json")) if one["subject"] == "region:500000"]
    assert row["queried"] == 1


def test_accepted_question_marks_nothing(database, run):
    with database.transaction() as connection:
        connection.execute(QUESTION.format(state="accepted"))
    assert "存疑" not in run("status") + run("explain", "region:500000", TARGET.id)


def test_withdrawn_figure_is_said_to_be_withdrawn(database, run):
    _again(database, coal("B", "2023-03", "10513.3", revision=1, flag=Flag.WITHDRAWN))
    for words in (("explain", "region:500000", TARGET.id), ("status",), ("history", "region:500000")):
        assert "乙厂(unit:B) 已撤回 energy.raw_coal:2023-03" in run(*words)
    assert "已撤回" not in run("explain", "region:500000", TARGET.id, "--as-of", "2024-04-01")


def test_footer_says_the_same_at_a_time_as_then(database, run):
    footer = run("status").splitlines()[-1]
    _again(database, coal("A", "2023-07", "10213700", revision=1))
    now, then = (run("status", *words).splitlines()[-1] for words in ((), ("--as-of", "2024-04-01")))
    assert now != footer
    assert then == footer.replace("待评估 0", "待评估 —"), "marks are gone once taken; all else is kept"


def test_functions_of_a_time_have_the_columns_of_their_views(database):
    found = query(
        database,
        """
        SELECT p.proname, p.proretset, t.typname FROM pg_proc p
        JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_type t ON t.oid = p.prorettype
        WHERE n.nspname = 'board' AND p.proname LIKE '%\\_as\\_of'
        """,
    )
    views = {row[0] for row in query(database, "SELECT viewname FROM pg_views WHERE schemaname = 'board'")}
    named = {name.removesuffix("_as_of"): (many, kind) for name, many, kind in found}
    assert {"assessment", "barometer", "warning", "open_warning", "not_rated", "level_history", "target"} <= set(named)
    assert {name: kind for name, (_, kind) in named.items() if name in views and kind != name} == {}
    assert all(many for many, _ in named.values())


SAME = ("assessment", "barometer", "level_history", "not_rated", "target", "warning", "open_warning")


RESTATED = """
WITH noted AS (UPDATE planwatch.warning SET changes = changes + 1 WHERE state = 'active' RETURNING *)
INSERT INTO planwatch.level_change (change_id, warning_id, number, plan, target, subject, yardstick, kind, period_start,
    months, before_severity, cause, corrected, law, changed_at)
SELECT warning_id || '/restated', warning_id, changes, plan, target, subject, yardstick, 'restated', first_start,
       first_months, 1, 'correction', true, 'law', changed_at
FROM noted
"""


def test_functions_of_a_time_say_of_now_what_the_views_say(database):
    LawStore(database).make_live(TIGHTER, LATER)
    assess_by(database, TIGHTER, now=LATER)
    assert query(database, "SELECT count(*) > 0 FROM board.open_warning") == [(True,)]
    with database.transaction() as connection:
        connection.execute(RESTATED)  # says something of an earlier period; the warning goes on
    at = (LATER + timedelta(days=1)).isoformat()
    for view in SAME:
        # between changes nobody keeps when a warning that goes on was last touched
        said = "to_jsonb(x)" + (" - 'changed_at'" if "warning" in view else "")
        now = query(database, f"SELECT {said} FROM board.{view} x ORDER BY 1")
        then = query(database, f"SELECT {said} FROM board.{view}_as_of('{at}') x ORDER BY 1")
        assert then == now, view


@pytest.mark.parametrize("command", ["explain", "history"])
def test_targets_that_were_judged_are_named_beside_one_that_was_not(database, run, command):
    said = run(command, "region:500000", "no.such", code=1)
    assert f"region:500000 没有 no.such 的评估结果;已有评估的指标:{TARGET.id}" in said


def test_explain_says_when_a_target_was_judged_but_not_as_asked(database, run):
    assert "有评估结果,但所问的期间" in run("explain", "region:500000", TARGET.id, "--period", "1999-01", code=1)
    assert "没有 region:999999 的评估结果" in run("explain", "region:999999", TARGET.id, code=1)
