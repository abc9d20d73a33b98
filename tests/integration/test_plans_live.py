"""Changed plan files: they wait for two people, come into force by hash, and the history says who and what."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planwatch.plans.folder import fingerprint, package_folder
from planwatch.plans.merged import load_merged
from planwatch.service.commands.plans_group import app
from planwatch.service.living_law import LivingLaw
from planwatch.service.watched import Watched
from planwatch.storage.database import Database
from planwatch.storage.law_store import LawStore

pytestmark = pytest.mark.services
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    found = tmp_path / "plans"
    shutil.copytree(
        package_folder(),
        found,
        ignore=shutil.ignore_patterns(
            "*.py", "__pycache__", "regions", "rulesets", "indicators", "published", "quality", "calendars"
        ),
    )
    return found


@pytest.fixture
def run(database_dsn, folder):
    def command(*words, code=0):
        environment = {
            "PLANWATCH_DATABASE__DSN": database_dsn,
            "PLANWATCH_PLANS__FOLDER": str(folder),
            "PLANWATCH_PLANS__APPROVALS": "2",
            "COLUMNS": "300",
            "NO_COLOR": "1",
        }
        found = CliRunner().invoke(app, [*words], env=environment)
        assert found.exit_code == code, found.output
        return found.stdout

    return command


@pytest.fixture
def living(database_dsn, folder):
    with Database(database_dsn, max_size=2) as database:
        files = Watched(lambda: load_merged(folder), lambda: fingerprint((folder,)), 10)
        yield LivingLaw(LawStore(database), files, approvals=2)


def stricter(folder: Path) -> None:
    file = folder / "cn-2021-2025" / "chongqing.yaml"
    text = file.read_text("utf-8")
    before, word, after = text.partition("id: chongqing.energy-intensity")
    file.write_text(before + word + after.replace('value: "14"', 'value: "15"', 1), "utf-8")


def test_change_waits_for_two_people_and_is_in_the_history_with_their_names(run, living, folder):
    assert "尚无生效的规划数据" in run("pending")
    first = living.current(START).hash
    assert "一致" in run("pending")
    stricter(folder)
    assert living.current(START + timedelta(seconds=10)).hash == first
    shown = run("pending")
    assert "value was 14, is 15" in shown
    assert "还差 2 人" in shown
    proposed = load_merged(folder).hash
    assert "不是" in run("approve", first, "--by", "王", code=1)
    assert "还差 1 人" in run("approve", proposed, "--by", "王")
    assert "还差 1 人" in run("approve", proposed, "--by", "王")
    assert living.current(START + timedelta(seconds=20)).hash == first
    assert "已够" in run("approve", proposed, "--by", "李", "--note", "省里下达")
    assert living.current(START + timedelta(seconds=30)).hash == proposed
    (line,) = [line for line in run("history").splitlines() if "value: 14 → 15" in line]
    assert "王、李" in line
    assert "chongqing.energy-intensity" in line


def test_changed_coefficient_is_one_line_of_the_history_with_both_values(run, living, folder, database_dsn):
    living.current(START)
    file = folder / "coefficients.yaml"
    text = file.read_text("utf-8")
    changed = text.replace(
        'raw_coal: {cn: 原煤, unit: kg, kgce: "0.7143"', 'raw_coal: {cn: 原煤, unit: kg, kgce: "0.0100"'
    )
    assert changed != text
    file.write_text(changed, "utf-8")
    run("approve", load_merged(folder).hash, "--by", "王")
    run("approve", load_merged(folder).hash, "--by", "李")
    later = START + timedelta(seconds=20)
    living.current(later)
    (line,) = [
        line for line in run("history").splitlines() if later.strftime("%Y-%m-%d") in line and "判定规则" in line
    ]
    assert "原煤(raw_coal) kgce: 0.7143 → 0.0100" in line
    with Database(database_dsn, max_size=1) as database, database.transaction() as connection:
        row = connection.execute("SELECT count(*) FROM planwatch.plan_change WHERE kind = 'changed'").fetchone()
    assert row[0] > 1
    assert f"{row[0]:,} 个目标" in line
    assert "原煤" in run("history", "chongqing.energy-intensity")


def test_empty_name_approves_nothing(run, living):
    law = living.current(START).hash
    assert "不能为空" in run("approve", law, "--by", " ", code=2)
