"""A further plan is a further folder: what ends, what carries its level on, and that no code knows any of it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from assess_support import assess_by, feed, query
from factories import make_region_report

from planwatch.contract.plan import Law
from planwatch.plans.beside import read_beside
from planwatch.plans.check import check
from planwatch.plans.folder import example_files
from planwatch.plans.loader import load_law
from planwatch.plans.merged import load_merged
from planwatch.service.examples import run_examples
from planwatch.storage.database import Database
from planwatch.storage.law_store import LawStore

FOLDER = Path(__file__).parents[1] / "fifteenth"
FOURTEENTH = load_law()
BOTH = load_merged(None, (FOLDER,))
BEFORE, AFTER = datetime(2026, 2, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)
CHONGQING = "subject = 'region:500000' AND yardstick = 'annual'"


@pytest.fixture
def database(database_dsn):
    with Database(database_dsn, max_size=4) as opened:
        LawStore(opened).make_live(FOURTEENTH, BEFORE)
        yield opened


def year(number, energy):
    return make_region_report("500000", str(number), energy__total=(energy, "tce"), gdp=("1000000", "CNY"))


def test_shipped_and_further_plans_make_one_law():
    assert set(BOTH.targets) > set(FOURTEENTH.targets)
    assert BOTH.successors["chongqing-2021-2025"].id == "chongqing-2026-2030"
    assert "output.green_hydrogen" in BOTH.catalogue.by_id
    assert check(load_law(FOLDER), read_beside(FOLDER)) == []
    assert [outcome.differences for outcome in run_examples(load_law(FOLDER), example_files(FOLDER))] == [()]


def test_law_comes_back_from_the_database_as_it_was(database):
    found = LawStore(database).live()
    assert (found.hash, found) == (FOURTEENTH.hash, FOURTEENTH)


def test_open_warning_goes_on_under_the_plan_that_follows(database):
    # 1 % saved in 2025 where 2.97 % were due: red under the fourteenth plan.
    feed(database, BOTH, [year(2024, "1000"), year(2025, "990")], now=BEFORE)
    assess_by(database, FOURTEENTH)
    (before,) = query(database, f"SELECT warning_id, state, colour FROM planwatch.warning WHERE {CHONGQING}")
    LawStore(database).make_live(BOTH, AFTER)
    # 2.4 % saved in 2026 where 2.52 % were due: yellow, so the same warning eases.
    feed(database, BOTH, [year(2026, "966.24")], now=AFTER)
    assess_by(database, BOTH, now=AFTER)
    (after,) = query(database, f"SELECT warning_id, state, colour FROM planwatch.warning WHERE {CHONGQING}")
    assert (before[1:], after) == (("active", "red"), (before[0], "active", "yellow"))
    changes = query(
        database, f"SELECT kind, period_start FROM planwatch.level_change WHERE {CHONGQING} ORDER BY number"
    )
    assert [(kind, start.year) for kind, start in changes] == [("raised", 2025), ("eased", 2026)]
    judged = query(
        database,
        f"SELECT target FROM planwatch.assessment WHERE {CHONGQING} AND target LIKE '%intensity' ORDER BY period_start",
    )
    assert judged[-1] == ("chongqing15.energy-intensity",)


def test_target_nobody_carries_on_ends_with_its_plan(database):
    """Industrial intensity of the fourteenth plan is in no target of the fifteenth: its open warning is cleared."""
    reports = [
        make_region_report(
            "500000", str(number), energy__industrial=(energy, "tce"), value_added__industrial=("1000000", "CNY")
        )
        for number, energy in ((2024, "1000"), (2025, "1000"))
    ]
    feed(database, BOTH, reports, now=BEFORE)
    assess_by(database, FOURTEENTH)
    about = "target = 'chongqing.industrial-intensity' AND yardstick = 'annual'"
    assert query(database, f"SELECT state FROM planwatch.warning WHERE {about}") == [("active",)]
    LawStore(database).make_live(BOTH, AFTER)
    assess_by(database, BOTH)
    assert query(database, f"SELECT state FROM planwatch.warning WHERE {about}") == [("cleared",)]
    ((told,),) = query(
        database,
        f"SELECT body #>> '{{facts,text,zh}}' FROM planwatch.outbox JOIN planwatch.level_change USING (change_id) WHERE {about} AND kind = 'cleared'",
    )
    assert "随规划期结束，预警解除" in told
    assert query(database, f"SELECT status, period_end::text FROM board.barometer WHERE {about}") == [
        ("ended", "2026-02-01")
    ]


def test_target_taken_out_of_the_law_is_withdrawn_and_its_judgements_closed(database):
    feed(database, BOTH, [year(2024, "1000"), year(2025, "990")], now=BEFORE)
    assess_by(database, FOURTEENTH)
    plans = tuple(
        plan.model_copy(
            update={"targets": tuple(one for one in plan.targets if one.id != "chongqing.energy-intensity")}
        )
        for plan in FOURTEENTH.plans
    )
    without = Law(plans=plans, rule_sets=FOURTEENTH.rule_sets, coal=FOURTEENTH.coal, catalogue=FOURTEENTH.catalogue)
    assert LawStore(database).make_live(without, AFTER).ended == ["chongqing.energy-intensity"]
    assess_by(database, without)
    assert query(database, f"SELECT state FROM planwatch.warning WHERE {CHONGQING}") == [("withdrawn",)]
    assert query(
        database, f"SELECT count(*) FROM board.assessment WHERE {CHONGQING} AND target LIKE '%energy-intensity'"
    ) == [(0,)]
    (change,) = LawStore(database).history("chongqing.energy-intensity", limit=1)
    assert (change.kind, change.plan) == ("ended", "chongqing-2021-2025")
