"""`planwatch review`: the sheet of a prescribed review, and that it stays what it was when figures are corrected."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from assess_support import assess_by, feed
from factories import make_region_report
from typer import Typer
from typer.testing import CliRunner

from planwatch.plans.folder import package_folder
from planwatch.plans.loader import load_law
from planwatch.plans.merged import load_merged
from planwatch.service.commands.review import review
from planwatch.storage.database import Database
from planwatch.storage.law_store import LawStore

pytestmark = pytest.mark.services
LAW = load_law()
FIRST, CORRECTED = datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 9, 1, tzinfo=UTC)


@pytest.fixture
def run(database_dsn):
    app = Typer()
    app.command()(review)

    def command(*words, code=0, **settings):
        environment = {"PLANWATCH_DATABASE__DSN": database_dsn, "COLUMNS": "300", "NO_COLOR": "1"} | settings
        found = CliRunner().invoke(app, [*words], env=environment)
        assert found.exit_code == code, found.output
        return found.stdout

    return command


def year(number, energy, revision=0):
    report = make_region_report("120000", str(number), energy__total=(energy, "tce"), gdp=("1000000", "CNY"))
    return report.model_copy(update={"revision": revision, "report_id": f"{number}-{revision}"})


@pytest.fixture
def judged_twice(database_dsn):
    """Three years in which Tianjin keeps its task, and then a correction that takes it away."""
    with Database(database_dsn, max_size=2) as database:
        LawStore(database).make_live(LAW, FIRST)
        feed(database, LAW, [year(2020, "1000"), year(2021, "960"), year(2022, "920"), year(2023, "880")])
        assess_by(database, LAW, now=FIRST)
        feed(database, LAW, [year(2023, "915", revision=1)])
        assess_by(database, LAW, now=CORRECTED)


@pytest.mark.usefixtures("judged_twice")
def test_sheet_is_what_was_known_at_its_time(run):
    words = ("tianjin-2021-2025", "--kind", "yearly", "--year", "2023", "--json")
    before = run(*words, "--known-until", "2024-04-01")
    assert before == run(*words, "--known-until", "2024-04-01")
    after = run(*words, "--known-until", "2024-10-01")
    colours = [
        next(row["colour"] for row in json.loads(sheet)["rows"] if row["target"] == "tianjin.energy-intensity")
        for sheet in (before, after)
    ]
    assert colours == ["green", "red"]
    assert json.loads(before)["fingerprint"] != json.loads(after)["fingerprint"]
    assert json.loads(run(*words, "--known-until", "2024-01-01"))["rows"] == []


@pytest.mark.usefixtures("judged_twice")
def test_sheet_goes_by_the_law_in_force_at_its_time_not_by_files_that_changed(run, tmp_path):
    words = ("tianjin-2021-2025", "--kind", "yearly", "--year", "2023", "--json", "--known-until", "2024-10-01")
    beside = shutil.ignore_patterns("*.py", "regions", "rulesets", "indicators", "published", "quality", "calendars")
    folder = Path(shutil.copytree(package_folder(), tmp_path / "plans", ignore=beside))
    (plan,) = folder.rglob("tianjin.yaml")
    title = load_law().targets["tianjin.energy-intensity"].zh
    assert title in run(*words)
    plan.write_text(plan.read_text("utf-8").replace(title, "改过的名称"), "utf-8")
    assert load_merged(folder).targets["tianjin.energy-intensity"].zh == "改过的名称"
    assert run(*words, PLANWATCH_PLANS__FOLDER=str(folder)) == run(*words)


@pytest.mark.usefixtures("judged_twice")
def test_mid_term_looks_at_progress_and_cites_its_clause(run):
    shown = run("tianjin-2021-2025", "--kind", "mid_term")
    assert "2023 年中期评估" in shown
    assert "五年进度" in shown
    assert "实行年度评价、中期评估、五年考核" in shown
    assert "不是正式考核结果" in shown


def test_review_the_plan_does_not_prescribe_is_refused(run):
    assert "未规定 mid_term" in run("heilongjiang-2021-2025", "--kind", "mid_term", code=1)
    assert "2023 年末,不是 2022" in run("tianjin-2021-2025", "--kind", "mid_term", "--year", "2022", code=1)
    assert "没有规划 beijing" in run("beijing", code=1)
