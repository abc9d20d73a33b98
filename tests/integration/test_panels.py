"""Every query of every dashboard on a real database, as Grafana sends it and with no more rights than Grafana has."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal

import psycopg
import pytest
from dashboards_support import ROOT, as_grafana_sends, boards, named_columns, panel_targets, sql_questions
from panels_support import Connection, fill, judge, register
from panels_support import target as live_target
from psycopg import sql
from psycopg.conninfo import make_conninfo

from planwatch.dashboards.queries import panel_queries
from planwatch.dashboards.reference import view_columns

pytestmark = pytest.mark.services
ALL = {"plan": ["*"], "target": ["*"], "yardstick": ["*"], "region": ["*"], "subject": ["region:120000"]}
NOTHING = {name: [] for name in ("plan", "target", "yardstick", "region")} | {"subject": [""]}
SINCE, UNTIL = "2021-01-01T00:00:00Z", "2026-11-21T00:00:00Z"
QUESTIONS = {f"{uid}: {place}": text for uid, board in boards().items() for place, text in sql_questions(board).items()}
every_question = pytest.mark.parametrize("place", QUESTIONS)


@contextmanager
def database_copy(stack: dict[str, str], template: str) -> Iterator[str]:
    """The DSN of a migrated database of its own; read-only tests share one, for a copy takes most of a second."""
    name = sql.Identifier(f"panels_{uuid.uuid4().hex[:12]}")
    dsn = stack["PLANWATCH_DATABASE__DSN"]
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, sql.Identifier(template)))
        yield make_conninfo(dsn, dbname=name.as_string().strip('"'))
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@contextmanager
def as_grafana(dsn: str) -> Iterator[Connection]:
    """A read-only connection of a role that may read schema board and nothing else."""
    role = sql.Identifier(f"board_reader_{uuid.uuid4().hex[:8]}")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {}").format(role))
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA board TO {}").format(role))
        connection.execute(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA board TO {}").format(role))
        connection.execute(sql.SQL("SET ROLE {}").format(role))
        connection.execute("SET default_transaction_read_only = on")
        yield connection
        connection.execute("SET default_transaction_read_only = off")
        connection.execute("RESET ROLE")
        connection.execute(sql.SQL("DROP OWNED BY {}").format(role))
        connection.execute(sql.SQL("DROP ROLE {}").format(role))


@pytest.fixture(scope="module")
def empty(stack: dict[str, str], template_database: str) -> Iterator[Connection]:
    """A migrated database without a row, as Grafana may see it."""
    with database_copy(stack, template_database) as dsn, as_grafana(dsn) as connection:
        yield connection


@pytest.fixture(scope="module")
def filled(stack: dict[str, str], template_database: str) -> Iterator[Connection]:
    """One with a few rows of everything, as Grafana may see it."""
    with database_copy(stack, template_database) as dsn:
        with psycopg.connect(dsn) as connection:
            fill(connection)
        with as_grafana(dsn) as connection:
            yield connection


def ask(connection: Connection, text: str, **chosen: list[str]) -> list[dict]:
    """The answer as rows by column; the session's zone must not matter, so it is an odd one."""
    connection.execute("SET timezone = 'America/St_Johns'")
    cursor = connection.execute(as_grafana_sends(text, ALL | chosen, SINCE, UNTIL).encode())
    names = [column.name for column in cursor.description or ()]
    assert len(set(names)) == len(names)
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def columns(connection: Connection, text: str) -> set[str]:
    """The columns of an answer, also where it has no row."""
    cursor = connection.execute(as_grafana_sends(text, ALL, SINCE, UNTIL).encode())
    return {column.name for column in cursor.description or ()}


@every_question
def test_query_runs_on_an_empty_database(empty: Connection, place: str):
    rows = ask(empty, QUESTIONS[place])
    tiles = {panel_queries()[name] for name in ("active_warnings", "not_rated_count", "backlog")}
    assert [set(row.values()) for row in rows] == ([{0}] if QUESTIONS[place] in tiles else [])


@every_question
def test_query_runs_where_the_variables_have_no_values(empty: Connection, place: str):
    """Grafana puts nothing into the brackets while a variable has no option to choose."""
    assert len(ask(empty, QUESTIONS[place], **NOTHING)) <= 1


@every_question
def test_query_answers_on_a_filled_database(filled: Connection, place: str):
    assert ask(filled, QUESTIONS[place])


@pytest.mark.parametrize("uid", ["planwatch-barometer", "planwatch-service"])
def test_answers_have_the_columns_that_panels_count_on(empty: Connection, uid: str):
    for panel, target in panel_targets(boards()[uid]):
        if "rawSql" in target:
            assert named_columns(panel) <= columns(empty, target["rawSql"]), panel["title"]


def test_variables_and_annotations_have_the_columns_grafana_reads(empty: Connection):
    for place, text in QUESTIONS.items():
        if "variable" in place:
            assert columns(empty, text) == {"__text", "__value"}
        if "annotation" in place:
            assert {"time", "text", "tags"} <= columns(empty, text)


def test_reference_page_has_the_columns_of_the_database(empty: Connection):
    rows = empty.execute(
        "SELECT 'board.' || table_name, array_agg(column_name::text ORDER BY ordinal_position)"
        " FROM information_schema.columns WHERE table_schema = 'board' GROUP BY table_name"
    ).fetchall()
    assert view_columns((ROOT / "docs/reference/views.md").read_text("utf-8")) == dict(rows)


def test_the_tables_behind_the_views_are_out_of_reach(empty: Connection):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        empty.execute("SELECT count(*) FROM planwatch.reading")


def test_matrix_says_state_words_and_month_for_each_target_and_region(filled: Connection):
    cells = {(row["目标"], row["地区"]): row["等级"] for row in ask(filled, panel_queries()["matrix"])}
    assert cells == {
        ("单位地区生产总值能耗降低率 · 年度", "天津市 120000"): "red 一级 2025-03 覆盖97.2%",
        ("单位地区生产总值能耗降低率 · 年度", "和平区 120101"): "exempt 免予考核 2025-03",
        ("单位地区生产总值能耗降低率 · 五年进度", "重庆市 500000"): "orange 二级 2024-12",
        ("化学需氧量减排量 · 年度（tianjin.cod-basic）", "天津市 120000"): "green 正常 2025-03",
        ("化学需氧量减排量 · 年度（tianjin.cod-incentive）", "天津市 120000"): "not_rated 未评定 2025-03 覆盖97.2%",
    }


def test_timeline_holds_each_level_for_the_months_it_adds(filled: Connection):
    spans = [
        (row["series"].split(" · ")[0], row["Value"], row["time"].astimezone(UTC), row["time_end"].astimezone(UTC))
        for row in ask(filled, panel_queries()["timeline"], target=["tianjin.intensity"])
    ]
    january, march, april = (datetime(*day, 16, tzinfo=UTC) for day in ((2024, 12, 31), (2025, 2, 28), (2025, 3, 31)))
    name = "单位地区生产总值能耗降低率"
    assert spans == [(name, "yellow 三级", january, march), (name, "red 一级", march, april)]


def test_mark_of_a_change_stands_where_the_level_begins(filled: Connection):
    """A quarter is one piece of three months; its mark must not stand in the middle of it."""
    for subject in ("region:120000", "unit:stray"):
        marks = [row["time"] for row in ask(filled, panel_queries()["change_marks"], subject=[subject])]
        pieces = ask(filled, panel_queries()["timeline"], subject=[subject])
        begins = [row["time"] for row in pieces if row["Value"].split()[0] in ("red", "orange")]
        assert marks == begins and len(marks) == 1


def test_regions_share_a_row_where_targets_differ_in_the_region_only(stack: dict[str, str], template_database: str):
    with database_copy(stack, template_database) as dsn:
        with psycopg.connect(dsn) as connection:
            for subject, name, region in (
                ("region:120000", "天津市", None),
                ("region:120101", "和平区", "120000"),
                ("region:150000", "内蒙古自治区", None),
                ("region:230000", "黑龙江省", None),
            ):
                register(connection, subject, name, region)
            for subject, of, zh in (
                ("region:120000", "tianjin.intensity", "天津单位能耗降低"),
                ("region:120101", "heping.intensity", "天津市单位能耗降低"),
                ("region:150000", "inner.intensity", "内蒙古单位能耗降低"),
                ("region:230000", "heilongjiang.intensity", "黑龙江"),
            ):
                live_target(connection, of, of.partition(".")[0], zh)
                judge(connection, subject, of, "2025-01-01", 3, 0)
        with as_grafana(dsn) as connection:
            rows = [(row["目标"], row["地区"]) for row in ask(connection, panel_queries()["matrix"])]
    assert rows == [
        ("单位能耗降低 · 年度", "天津市 120000"),
        ("单位能耗降低 · 年度", "和平区 120101"),
        ("单位能耗降低 · 年度", "内蒙古自治区 150000"),
        ("黑龙江 · 年度", "黑龙江省 230000"),
    ]


def test_timeline_tells_targets_of_one_name_apart(filled: Connection):
    series = {row["series"] for row in ask(filled, panel_queries()["timeline"])}
    assert len(series) == 3


def test_open_warnings_have_formula_way_out_and_clause(filled: Connection):
    rows = ask(filled, panel_queries()["open_warnings"])
    assert [(row["等级"], row["对象"]) for row in rows] == [("red 一级", "天津市"), ("orange 二级", "stray")]
    first = rows[0]
    assert (first["实际"], first["应达"], first["判定值"]) == (Decimal("1.25"), Decimal(3), Decimal("1.75"))
    assert (first["公式"], first["改善一级所需"]) == ("3 − 1.25 = 1.75", "再降 0.75")
    assert (first["依据"], first["自"], first["至"]) == ("《tianjin》 二、目标", "2025-01", "2025-03")


def test_coverage_of_sums_stands_beside_their_levels(filled: Connection):
    for name, of in (("open_warnings", "对象"), ("judgements", "等级"), ("not_rated", "指标")):
        rows = ask(filled, panel_queries()[name])
        told = {(row["覆盖率"], row["家数"]) for row in rows}
        assert told == {(Decimal("97.25"), "35/36"), (None, None)}, (name, [row[of] for row in rows])


def test_link_of_a_warning_spans_its_periods(filled: Connection):
    row = ask(filled, panel_queries()["open_warnings"])[0]
    since, until = (datetime.fromtimestamp(int(row[name]) / 1000, UTC) for name in ("link_from", "link_to"))
    assert since < datetime(2025, 1, 1, tzinfo=UTC) and datetime(2025, 4, 1, tzinfo=UTC) < until
    answered = ask(filled, panel_queries()["timeline"], subject=[row["subject"]], target=[row["target"]])
    assert "red 一级" in {piece["Value"] for piece in answered}


def test_changes_are_told_in_words(filled: Connection):
    words = [row["说明"] for row in ask(filled, panel_queries()["recent_changes"], region=["region:120000"])]
    assert words == [
        "天津市「单位地区生产总值能耗降低率」年度预警发布：无预警 → 一级（截至2025年3月，因数据更正，修正此前发布）"
    ]


def test_tiles_count_by_severity_and_status(filled: Connection):
    warnings = ask(filled, panel_queries()["active_warnings"])
    assert warnings == [{"最严重（3）": 1, "较严重（2）": 1, "轻微（1）": 0}]
    assert ask(filled, panel_queries()["not_rated_count"]) == [{"未评定": 1, "豁免": 1}]
    backlog = ask(filled, panel_queries()["backlog"])[0]
    assert (backlog["待研判"], backlog["待通知"]) == (1, 2) and backlog["最久等待"] > 300


def test_not_rated_is_the_part_of_the_barometer_without_a_level(filled: Connection):
    """The view finds them another way, for speed; what was not rated once and is rated now must not be among them."""
    key = "SELECT subject, target, yardstick, period_end, status, reason FROM"
    quick = filled.execute(f"{key} board.not_rated ORDER BY 1, 2".encode()).fetchall()
    plain = filled.execute(f"{key} board.barometer WHERE status <> 'rated' ORDER BY 1, 2".encode()).fetchall()
    assert quick == plain
    assert [row[1] for row in quick] == ["tianjin.cod-incentive", "tianjin.intensity"]


@pytest.mark.parametrize(
    ("chosen", "subjects"),
    [
        ({}, {"天津市", "stray"}),
        ({"region": ["region:120000"]}, {"天津市"}),
        ({"region": ["region:500000"]}, set()),
        ({"plan": ["chongqing"]}, set()),
        ({"target": ["tianjin.intensity", "chongqing.intensity"]}, {"天津市", "stray"}),
        ({"yardstick": ["five_year"]}, set()),
        ({"target": ["it's not there"]}, set()),
    ],
    ids=["all", "region", "other region", "plan", "targets", "yardstick", "quote"],
)
def test_choosing_narrows_and_all_hides_nobody(filled: Connection, chosen: dict, subjects: set):
    assert {row["对象"] for row in ask(filled, panel_queries()["open_warnings"], **chosen)} == subjects


def test_a_region_brings_what_lies_directly_in_it(filled: Connection):
    cells = ask(filled, panel_queries()["matrix"], region=["region:120000"])
    assert {row["地区"] for row in cells} == {"天津市 120000", "和平区 120101"}


def test_subjects_offered_are_judged_regions_first_then_who_was_warned(filled: Connection):
    offered = [row["__value"] for row in ask(filled, panel_queries()["subjects"])]
    assert offered == ["region:120000", "region:120101", "region:500000", "unit:stray"]


def test_rejects_are_counted_by_reason(filled: Connection):
    rows = ask(filled, panel_queries()["rejects_open"])
    assert [(row["原因"], row["待重投"], row["未发布"]) for row in rows] == [("unfit_unit", 2, 2), ("not_json", 1, 1)]
