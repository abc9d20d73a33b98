"""`planwatch plans …`: what is printed, and exit code 1 where something does not hold."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planwatch.plans.folder import package_folder
from planwatch.service.commands.plans import app

UTILITIES = package_folder() / "example-utilities"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the example plan that may be spoilt."""
    return Path(shutil.copytree(UTILITIES, tmp_path / "plans"))


def run(*words: str) -> tuple[int, str]:
    """Run the command in a wide terminal."""
    done = CliRunner(env={"COLUMNS": "240"}).invoke(app, list(words))
    return done.exit_code, done.output


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("list",), "chongqing.two-high-5000"),
        (("list", "--folder", str(UTILITIES)), "ak.own-use-share"),
        (("show", "chongqing.energy-intensity"), "比2020年下降14%"),
        (("show", "heilongjiang.two-high-50000"), "假定 basis"),
        (("show", "heilongjiang.total"), "energy.renewable_power"),
        (("show", "A6"), "完成强度目标的区总量免予考核"),
        (("check",), "0 处不符"),
        (("numerals",), "0 处数字或承诺用语未被记录"),
        (("numerals", "--plan", "anshan"), "0 处数字或承诺用语未被记录"),
        (("coverage",), "heilongjiang-2021-2025"),
        (("coverage", "--plan", "tianjin"), "reduction.cod"),
        (("diff", str(UTILITIES), str(UTILITIES)), "0 处变化"),
        (("check",), "四(一)1 asks for 季度监测"),
        (("test",), "nbs-2020.yaml"),
        (("indicators",), "energy.diesel_volume"),
        (("units",), "3.785411784"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else None,
)
def test_plans_command_shows_the_law(words: tuple[str, ...], shown: str) -> None:
    code, output = run(*words)
    assert code == 0, output
    assert shown in output


def test_show_of_an_unknown_target_lists_the_known_ones() -> None:
    code, output = run("show", "chongqing.intensity")
    assert code == 1
    assert "chongqing.energy-intensity" in output


def test_check_exits_with_1_when_a_number_is_not_in_the_clause(folder: Path) -> None:
    plan = folder / "utilities.yaml"
    plan.write_text(plan.read_text("utf-8").replace('value: "12"', 'value: "11"'), "utf-8")
    code, output = run("check", "--folder", str(folder))
    assert code == 1
    assert "11 month is not in the quote; it has 12 month" in output


def test_test_exits_with_1_when_an_example_fails(folder: Path) -> None:
    examples = folder / "examples" / "utilities.yaml"
    examples.write_text(examples.read_text("utf-8").replace("colour: orange", "colour: green"), "utf-8")
    code, output = run("test", "--folder", str(folder))
    assert code == 1
    assert "colour is orange, expected green" in output


def test_test_exits_with_1_when_there_are_no_examples(folder: Path) -> None:
    shutil.rmtree(folder / "examples")
    code, _ = run("test", "--folder", str(folder))
    assert code == 1


def test_show_never_cuts_the_clause_short() -> None:
    done = CliRunner(env={"COLUMNS": "60"}).invoke(app, ["show", "chongqing.cod-reduction"])
    assert "…" not in done.output


def spoil(file: Path, before: str, after: str) -> None:
    """Change one place of a file."""
    text = file.read_text("utf-8")
    assert text.count(before) >= 1
    file.write_text(text.replace(before, after, 1), "utf-8")


def test_numerals_exits_with_1_and_shows_where_a_number_is_forgotten(folder: Path) -> None:
    spoil(folder / "utilities.yaml", "the fuel used per kilowatt-hour generated, in standard coal, falls by 5 %", "xx")
    spoil(folder / "texts" / "example-utilities.txt", "4. A utility", "4. Within 30 days a utility")
    code, output = run("numerals", "--folder", str(folder))
    assert code == 1
    assert "example-utilities.txt:8:11: 30 is covered by nothing: …4. Within 【30】 days a utilit…" in output


def test_numerals_of_another_plan_are_not_listed(folder: Path) -> None:
    spoil(folder / "texts" / "example-utilities.txt", "4. A utility", "4. Within 30 days a utility")
    assert run("numerals", "--folder", str(folder), "--plan", "other")[0] == 0


def test_coverage_of_an_unknown_plan_exits_with_1() -> None:
    code, output = run("coverage", "--plan", "atlantis")
    assert code == 1
    assert "没有方案 atlantis" in output


def test_diff_tells_a_changed_number(folder: Path) -> None:
    spoil(folder / "utilities.yaml", 'value: "12"', 'value: "11"')
    code, output = run("diff", str(UTILITIES), str(folder))
    assert code == 0
    assert "target ak.reported-months changed\n  value was 12, is 11" in output


@pytest.fixture
def split(folder: Path) -> Path:
    """The example plan with one target split among units, and two values for it."""
    plan = folder / "utilities.yaml"
    whole = plan.read_text("utf-8").partition("  - id: ak.own-use-share")[2].partition("  - id: ")[0]
    part = "  - id: ak.own-use-split" + whole.replace('    value: "5"\n', "    decompose: {holders: unit}\n")
    plan.write_text(f"{plan.read_text('utf-8')}\n{part}", "utf-8")
    rows = "of,holder,value,approved_by,approved_on\n"
    rows += "ak.own-use-split,unit:ak-1,4,Utility board,2020-01-01\nak.own-use-split,unit:ak-2,6,,\n"
    (folder / "decompositions").mkdir()
    (folder / "decompositions" / "own-use.csv").write_text(rows, "utf-8")
    return folder


def test_show_lists_the_holders_of_a_split_target_with_who_approved_them(split: Path) -> None:
    code, output = run("show", "ak.own-use-split", "--folder", str(split))
    assert code == 0, output
    assert "分解下达" in output
    assert "Utility board 2020-01-01" in output
    assert "未注明" in output


def test_list_and_show_know_the_target_of_a_holder(split: Path) -> None:
    assert "ak.own-use-split.ak-1" in run("list", "--folder", str(split))[1]
    shown = run("show", "ak.own-use-split.ak-1", "--folder", str(split))[1]
    assert "<= 4%" in shown
    assert "Utility board 2020-01-01" in shown


def test_check_holds_values_of_holders_against_the_plan(split: Path) -> None:
    plan = split / "utilities.yaml"
    spoil(plan, "decompose: {holders: unit}", "decompose: {holders: unit, sums_to: ak.own-use-share, adding: sum}")
    code, output = run("check", "--folder", str(split), "--no-assumed")
    assert code == 1
    assert "ak.own-use-split: its values that count (2) add up to 10 %; ak.own-use-share asks for 5 %" in output


def test_check_refuses_a_plan_that_follows_on_nothing(folder: Path) -> None:
    spoil(folder / "utilities.yaml", "last_year: 2021", "last_year: 2021\nsucceeds: utilities-2012-2016")
    code, output = run("check", "--folder", str(folder), "--no-assumed")
    assert code == 1
    assert "it succeeds 'utilities-2012-2016', which no folder has" in output


def test_list_shows_names_and_ids_whole_in_a_terminal_of_80_columns() -> None:
    done = CliRunner(env={"COLUMNS": "80"}).invoke(app, ["list"])
    assert "鞍山单位地区生产总值能耗降低" in done.stdout
    assert "anshan.energy-intensity" in done.stdout
