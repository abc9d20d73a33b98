"""Assess on the real database: what is judged, what is told, and that neither crashes nor rivals change the outcome."""

import threading
from datetime import UTC, date, datetime
from decimal import Decimal

import assess_support
import psycopg
import pytest
from assess_support import assess_by, metrics, query
from factories import make_region_report

from planwatch.contract.errors import LawChanged
from planwatch.contract.registry import RegionRecord, TwoHighProjectRecord
from planwatch.contract.report import Flag, Reading, Report, Subject, SubjectKind
from planwatch.plans.loader import load_law
from planwatch.service.assessor import judge_pass
from planwatch.service.pipeline import assess_once
from planwatch.storage.assess_store import AssessStore
from planwatch.storage.database import Database
from planwatch.storage.law_store import LawStore

NOW = datetime(2025, 7, 1, tzinfo=UTC)
LATER = datetime(2025, 7, 2, tzinfo=UTC)
LAW = load_law()
CHONGQING = RegionRecord(id="500000", name="重庆市", valid_from=date(2020, 1, 1))


@pytest.fixture
def database(database_dsn):
    with Database(database_dsn, max_size=4) as opened:
        LawStore(opened).make_live(LAW, NOW)
        yield opened


def feed(database, reports=(), records=()):
    assess_support.feed(database, LAW, reports, records)


def year(number, energy, revision=0):
    return make_region_report("500000", str(number), energy__total=(energy, "tce"), gdp=("1000000", "CNY")).model_copy(
        update={"revision": revision, "report_id": f"{number}-{revision}"}
    )


def assess(database, limit=50, rounds=20):
    return assess_by(database, LAW, limit, rounds)


def levels(database, yardstick="annual"):
    return query(
        database,
        "SELECT extract(year FROM period_start)::int, colour FROM board.assessment"
        f" WHERE target = 'chongqing.energy-intensity' AND yardstick = '{yardstick}' ORDER BY 1",
    )


def test_levels_warnings_and_outbox_are_written_together(database):
    feed(database, [year(2020, "1000"), year(2021, "960"), year(2022, "958")], [CHONGQING])
    assert assess(database) == 1
    assert levels(database) == [(2021, "green"), (2022, "red")]
    changes = query(database, "SELECT change_id, kind FROM planwatch.level_change WHERE yardstick = 'annual'")
    assert [kind for _, kind in changes] == ["raised"]
    outbox = query(database, "SELECT change_id FROM planwatch.outbox")
    assert {row[0] for row in changes} <= {row[0] for row in outbox}
    assert query(database, "SELECT count(*) FROM planwatch.mark") == [(0,)]


def test_several_marks_of_a_subject_are_one_judgement(database):
    for number, energy in ((2020, "1000"), (2021, "960"), (2022, "930")):
        feed(database, [year(number, energy)])
    assert query(database, "SELECT count(*) FROM planwatch.mark") == [(3,)]
    assert assess(database) == 1
    assert query(database, "SELECT max(judgement) FROM planwatch.assessment") == [(1,)]


def test_replay_of_the_same_reports_judges_nothing(database):
    feed(database, [year(2020, "1000"), year(2021, "960")])
    assess(database)
    before = query(database, "SELECT * FROM planwatch.assessment ORDER BY 1, 3, 5, 6")
    feed(database, [year(2020, "1000"), year(2021, "960")])
    assert assess(database) == 0
    assert query(database, "SELECT * FROM planwatch.assessment ORDER BY 1, 3, 5, 6") == before


def test_correction_keeps_what_was_said_and_withdraws_the_warning(database):
    feed(database, [year(2020, "1000"), year(2021, "999")])
    assess(database)
    feed(database, [year(2021, "960", revision=1)])
    assess(database)
    history = query(
        database,
        "SELECT judgement, colour, cause, superseded_at IS NULL FROM planwatch.assessment"
        " WHERE yardstick = 'annual' AND target = 'chongqing.energy-intensity' ORDER BY judgement",
    )
    assert history == [(1, "red", "figures", False), (2, "green", "correction", True)]
    kinds = query(
        database, "SELECT kind, cause, corrected FROM planwatch.level_change WHERE yardstick = 'annual' ORDER BY number"
    )
    assert kinds == [("raised", "figures", False), ("withdrawn", "correction", True)]


def test_correction_of_an_old_year_judges_every_later_one_again(database):
    feed(database, [year(2020, "1000"), year(2021, "960"), year(2022, "925"), year(2023, "890")])
    assess(database)
    feed(database, [year(2021, "900", revision=1)])
    assess(database)
    again = query(
        database,
        "SELECT extract(year FROM period_start)::int FROM board.assessment"
        " WHERE judgement = 2 AND yardstick = 'annual' AND target = 'chongqing.energy-intensity' ORDER BY 1",
    )
    assert again == [(2021,), (2022,)], "2023 is compared with 2022 alone"
    assert dict(levels(database))[2022] == "red"


def test_missing_figures_are_not_rated_with_the_reason(database):
    feed(database, [year(2020, "1000"), year(2022, "900")])
    assess(database)
    found = query(
        database,
        "SELECT status, colour, reason FROM board.assessment"
        " WHERE yardstick = 'annual' AND target = 'chongqing.energy-intensity' AND period_start = '2022-01-01'",
    )
    assert [(status, colour) for status, colour, _ in found] == [("not_rated", None)]
    assert "2021" in found[0][2]


def test_held_figure_is_not_rated(database):
    feed(database, [year(2020, "1000"), year(2021, "-5")])
    assess(database)
    found = query(
        database,
        "SELECT status FROM board.assessment WHERE yardstick = 'annual' AND target = 'chongqing.energy-intensity'",
    )
    assert found == [("not_rated",)]


def test_two_high_project_crosses_its_threshold_when_the_registry_names_it(database):
    project = TwoHighProjectRecord(id="CQ-1", name="某水泥项目", valid_from=date(2020, 1, 1), region="500000")
    reports = [
        Report(
            report_id=f"p-{month}",
            subject=Subject(kind=SubjectKind.PROJECT, id="CQ-1"),
            period=f"2024-{month:02}",
            submitted_at=NOW,
            readings=(Reading(indicator="energy.raw_coal", value=Decimal(700), unit="t"),),
        )
        for month in range(1, 13)
    ]
    feed(database, reports)
    assess(database)
    assert query(database, "SELECT count(*) FROM board.assessment") == [(0,)], "nobody knows yet that it is 两高"
    feed(database, (), [CHONGQING, project])
    assess(database)
    standing = query(
        database, "SELECT status, colour, actual FROM board.barometer WHERE target = 'chongqing.two-high-5000'"
    )
    assert [(status, actual) for status, _, actual in standing] == [("rated", Decimal("6000.12"))], (
        "12 × 700 t × 0.7143"
    )
    assert standing[0][1] in ("orange", "red")


def test_crash_before_the_end_leaves_marks_and_nothing_else(database):
    feed(database, [year(2020, "1000"), year(2021, "999")])
    store = AssessStore(database)
    with pytest.raises(SystemExit), store.taken(10, NOW.date()) as work:
        verdicts = judge_pass(work, LAW, NOW)
        work.save_assessments(verdicts.assessments, NOW)
        raise SystemExit
    assert query(database, "SELECT count(*) FROM planwatch.assessment") == [(0,)]
    assert query(database, "SELECT DISTINCT subject FROM planwatch.mark") == [("region:500000",)]
    assert assess(database) == 1


def test_figure_withdrawn_and_stated_again_is_judged_again(database):
    feed(database, [year(2020, "1000"), year(2021, "999")])
    assess(database)
    gone = year(2021, "999", revision=1)
    withdrawn = tuple(one.model_copy(update={"flag": Flag.WITHDRAWN}) for one in gone.readings)
    feed(database, [gone.model_copy(update={"readings": withdrawn})])
    assess(database)
    assert levels(database) == []
    feed(database, [year(2021, "960", revision=2)])
    assess(database)
    assert levels(database) == [(2021, "green")]
    numbered = query(
        database,
        "SELECT judgement, superseded_at IS NULL FROM planwatch.assessment"
        " WHERE target = 'chongqing.energy-intensity' AND yardstick = 'annual' ORDER BY 1",
    )
    assert numbered == [(1, False), (2, True)]


def test_correction_that_comes_with_new_figures_is_no_cause_of_what_they_say(database):
    feed(database, [year(2020, "1000"), year(2021, "960")])
    assess(database)
    feed(database, [year(2021, "961", revision=1), year(2022, "1100")])
    assess(database)
    causes = query(
        database,
        "SELECT extract(year FROM period_start)::int, cause, caused_by FROM planwatch.assessment"
        " WHERE superseded_at IS NULL AND target = 'chongqing.energy-intensity' AND yardstick = 'annual' ORDER BY 1",
    )
    corrected, new = year(2021, "961", revision=1).report_id, year(2022, "1100").report_id
    assert causes == [(2021, "correction", corrected), (2022, "figures", new)]
    assert query(database, "SELECT DISTINCT cause, caused_by FROM board.level_change") == [("figures", new)]


def test_judgements_are_dated_when_they_are_written(database):
    feed(database, [year(2020, "1000"), year(2021, "999")])
    assess_once(AssessStore(database), LAW, NOW, 50, metrics(), clock=lambda: LATER)
    assert query(database, "SELECT DISTINCT judged_at FROM planwatch.assessment") == [(LATER,)]
    assert query(database, "SELECT DISTINCT changed_at FROM planwatch.level_change") == [(LATER,)]


def test_two_workers_never_judge_one_subject_at_once(database):
    feed(database, [year(2020, "1000"), year(2021, "999")])
    store = AssessStore(database)
    with store.taken(10, NOW.date()) as ours, store.taken(10, NOW.date()) as theirs:
        assert [marked.subject for marked in ours.marked] == ["region:500000"]
        assert theirs.marked == []


def test_many_workers_give_what_one_gives(database):
    regions = {"500000": "chongqing", "120000": "tianjin", "230000": "heilongjiang", "210300": "anshan"}
    for year_of, energy in ((2020, "1000"), (2021, "999"), (2022, "930"), (2023, "925")):
        for region in regions:
            feed(database, [make_region_report(region, str(year_of), energy__total=(energy, "tce"), gdp=("9", "CNY"))])
    errors = []

    def worker():
        try:
            assess(database, limit=1, rounds=100)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=worker) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assess(database)
    assert errors == []
    assert query(database, "SELECT max(judgement) FROM planwatch.assessment") == [(1,)]
    annual = query(
        database,
        "SELECT split_part(target, '.', 1), array_agg(colour ORDER BY period_start) FROM board.assessment"
        " WHERE yardstick = 'annual' AND target LIKE '%energy-intensity' GROUP BY 1 ORDER BY 1",
    )
    assert annual == [(plan, ["red", "green", "red"]) for plan in sorted(regions.values())]


def test_changed_law_judges_again_with_its_cause(database):
    feed(database, [year(2020, "1000"), year(2021, "970")])
    assess(database)
    assert levels(database) == [(2021, "green")]
    plans = tuple(
        plan.model_copy(
            update={
                "targets": tuple(
                    target.model_copy(update={"value": Decimal(20)})
                    if target.id == "chongqing.energy-intensity"
                    else target
                    for target in plan.targets
                )
            }
        )
        for plan in LAW.plans
    )
    stricter = type(LAW)(plans=plans, rule_sets=LAW.rule_sets, coal=LAW.coal, catalogue=LAW.catalogue)
    store = AssessStore(database)
    assert LawStore(database).make_live(stricter, LATER).changed == ["chongqing.energy-intensity"]
    with pytest.raises(LawChanged):
        assess_once(store, LAW, NOW, 50, metrics())
    assess_once(store, stricter, NOW, 50, metrics())
    found = query(
        database,
        "SELECT colour, cause FROM board.assessment WHERE yardstick = 'annual' AND target = 'chongqing.energy-intensity'",
    )
    assert found == [("red", "plan")]
    assert LawStore(database).make_live(stricter, LATER).all == []
    (change,) = LawStore(database).history("chongqing.energy-intensity", limit=1)
    assert (change.kind, dict(change.fields)) == ("changed", {"value": ["14", "20"]})


def test_unique_key_refuses_two_standing_judgements(database, database_dsn):
    feed(database, [year(2020, "1000"), year(2021, "970")])
    assess(database)
    with psycopg.connect(database_dsn) as connection, pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute(
            "INSERT INTO planwatch.assessment SELECT period_start, months, subject, plan, target, yardstick, judgement + 1,"
            " status, severity, colour, label_zh, label_en, actual, expected, gap, unit, formula, reason, better, rule_set,"
            " path, edition, used, law, cause, judged_at, superseded_at FROM planwatch.assessment"
        )
