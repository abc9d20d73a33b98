"""`planwatch barometer`: published levels are held, listed and compared, and never become judgements of ours."""

import json

import pytest
from assess_support import query
from commands_support import command_runner

from planwatch.service.commands.barometer import app
from planwatch.storage.database import Database

pytestmark = pytest.mark.services


@pytest.fixture
def run(database_dsn):
    return command_runner(app, database_dsn)


def test_national_barometers_are_held_as_history(run, database_dsn):
    assert run("load") == run("load") == "10 期,556 个等级\n"
    history = json.loads(run("history", "青海", "--json"))
    intensity = [(one["publication"], one["level"]) for one in history if one["indicator"] == "intensity"][-3:]
    assert intensity == [("2020Q1-Q3", "三级预警"), ("2021Q1", "一级预警"), ("2021H1", "一级预警")]
    with Database(database_dsn) as database:
        assert query(database, "SELECT count(*) FROM planwatch.assessment") == [(0,)]
        assert query(
            database,
            "SELECT before_zh, label_zh, before_publication FROM board.published_level"
            " WHERE publication = '2021H1' AND indicator = 'intensity' AND region_name = '浙江省'",
        ) == [("一级预警", "二级预警", "2021Q1")]


def test_changes_between_issues_are_told_in_words(run):
    run("load")
    said = run("changes", "2021H1")
    assert "与 2021Q1 相比(该期不完整)" in said
    assert "由一级预警降为二级预警:浙江省" in said
    assert "由二级预警升为一级预警:江苏省" in said
    assert "无法比较的地区" in said


def test_list_says_which_issues_are_not_known_whole(run):
    run("load")
    (line,) = [line for line in run("list").splitlines() if "2021Q1 " in line and "能耗强度降低" in line]
    assert [cell.strip() for cell in line.split("│")[3:8]] == ["能耗强度降低", "7", "1", "0", "否"]
