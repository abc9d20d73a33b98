"""`planwatch warnings`: the list, the story of one, and their JSON."""

import json
from contextlib import closing

import pytest
from alerts_database_support import RealOutbox
from alerts_dispatch_suite import UNITS
from alerts_outbox_support import Desk, FakeChannel
from alerts_support import story
from typer.testing import CliRunner

from planwatch.contract.errors import DeliveryFailed
from planwatch.service.commands.warnings import app
from planwatch.storage.database import Database

pytestmark = pytest.mark.services


@pytest.fixture
def outbox(database_dsn):
    with Database(database_dsn) as database, closing(RealOutbox(database, ["webhook"])) as outbox:
        yield outbox


@pytest.fixture
def run(database_dsn):
    def command(*words):
        environment = {"PLANWATCH_DATABASE__DSN": database_dsn, "COLUMNS": "300", "NO_COLOR": "1"}
        return CliRunner().invoke(app, [*words], env=environment)

    return command


def test_list_shows_what_stands_and_all_shows_what_was(outbox, run):
    active, cleared = story("012"), story("010", UNITS[0])
    outbox.add([*active, *cleared])
    shown = run()
    assert shown.exit_code == 0
    assert active[0].change.warning_id in shown.stdout
    assert "橙色" in shown.stdout
    assert "2025-02 至 2025-03" in shown.stdout
    assert cleared[0].change.warning_id not in shown.stdout
    assert cleared[0].change.warning_id in run("--all").stdout
    assert "已解除" in run("--all").stdout


def test_list_of_a_region_shows_only_that(outbox, run):
    outbox.add([*story("01"), *story("01", UNITS[0])])
    found = json.loads(run("--region", "500000", "--json").stdout)
    assert [row["subject"] for row in found] == ["region:500000"]


def test_list_of_nothing_says_so(outbox, run):
    assert "没有生效的预警" in run().stdout
    assert "没有预警" in run("--all").stdout
    assert json.loads(run("--json").stdout) == []


def test_story_tells_every_change_with_cause_words_and_deliveries(outbox, run):
    told = story("0120")
    outbox.add(told)
    away = DeliveryFailed("answered 503: [busy]", retry=True)
    desk = Desk(outbox, [FakeChannel(answers=[None, away])])
    desk.dispatch_all()
    shown = run("show", told[0].change.warning_id[:8]).stdout
    for words in ("1. 发出", "2. 升级", "3. 解除", "新数据", "2025年1—2月", "二级 → 橙色"):
        assert words in shown
    assert told[0].facts["text"]["zh"] in shown
    assert "Webhook · 已送达 · 发出" in shown
    assert "Webhook · 待重试 · 升级 · 下次" in shown
    assert "answered 503: [busy]" in shown
    assert "尚未通知" in shown


def test_story_as_json_holds_warning_changes_and_deliveries(outbox, run):
    told = story("01")
    outbox.add(told)
    found = json.loads(run("show", told[0].change.warning_id, "--json").stdout)
    assert found["warning"]["state"] == "active"
    assert found["changes"][0]["facts"] == told[0].facts
    assert found["deliveries"] == []


def test_story_of_no_warning_says_how_to_find_one(outbox, run):
    shown = run("show", "ffff")
    assert shown.exit_code == 1
    assert "planwatch warnings --all" in shown.stderr
