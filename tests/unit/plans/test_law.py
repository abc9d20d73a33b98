"""The law that comes with planwatch: what it holds, that its quotes hold, and what its hash depends on."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from planwatch.contract.plan import Basis, Law, Target, TargetKind, Yardstick
from planwatch.contract.registry import RegionRecord
from planwatch.plans.bands import faults_of_bands
from planwatch.plans.beside import read_beside
from planwatch.plans.check import Beside, assumptions, check
from planwatch.plans.folder import package_folder, read_texts
from planwatch.plans.loader import load_law, load_regions

UTILITIES = package_folder() / "example-utilities"
HEADLINES = {
    "tianjin": ("14.5", ("16000", "400", "20800", "9900"), "15"),
    "chongqing": ("14", ("43200", "1800", "36800", "10600"), "14.5"),
    "heilongjiang": ("14.5", ("71400", "2000", "50200", "7400"), "10"),
    "anshan": ("15.5", ("6598.13", "120.84", "18962.98", "2375.24"), "15.5"),
}


@pytest.fixture(scope="module")
def law() -> Law:
    """The package's own law."""
    return load_law()


def changed(law: Law, name: str, **fields: object) -> Law:
    """The law with one target changed."""
    plans = tuple(
        plan.model_copy(
            update={
                "targets": tuple(
                    target.model_copy(update=fields) if target.id == name else target for target in plan.targets
                )
            }
        )
        for plan in law.plans
    )
    return Law(plans=plans, rule_sets=law.rule_sets, coal=law.coal, catalogue=law.catalogue)


@pytest.mark.parametrize("region", HEADLINES)
def test_headline_targets_are_those_of_the_plan(law: Law, region: str) -> None:
    intensity, pollutants, industry = HEADLINES[region]
    assert law.targets[f"{region}.energy-intensity"].value == Decimal(intensity)
    assert law.targets[f"{region}.industrial-intensity"].value == Decimal(industry)
    found = [law.targets[f"{region}.{name}-reduction"] for name in ("cod", "nh3n", "nox", "voc")]
    assert [(target.value, target.unit) for target in found] == [(Decimal(value), "t") for value in pollutants]
    for target in found:
        assert target.kind is TargetKind.CUMULATIVE_REDUCTION
        assert (target.base_year, target.target_year) == (2020, 2025)


def test_intensity_is_judged_on_both_yardsticks(law: Law) -> None:
    for region in HEADLINES:
        assert law.targets[f"{region}.energy-intensity"].yardsticks == (Yardstick.ANNUAL, Yardstick.FIVE_YEAR)


@pytest.mark.parametrize(
    ("name", "tce"), [("chongqing.two-high-5000", "5000"), ("heilongjiang.two-high-50000", "50000")]
)
def test_two_high_thresholds(law: Law, name: str, tce: str) -> None:
    target = law.targets[name]
    assert (target.value, target.unit, target.basis) == (Decimal(tce), "tce", Basis.EQUIVALENT)
    assert target.applies_to.two_high
    assert target.asks == "加强工作指导"


def test_basis_is_assumed_only_where_the_clause_is_silent(law: Law) -> None:
    assert "当量值" in law.targets["chongqing.two-high-5000"].reference.quote
    assert "basis" not in law.targets["chongqing.two-high-5000"].assumed
    assert "basis" in law.targets["heilongjiang.two-high-50000"].assumed


@pytest.mark.parametrize("folder", [None, UTILITIES], ids=["the plans", "the example"])
def test_the_plans_are_what_they_quote_and_leave_nothing_out(folder: Path | None) -> None:
    assert check(load_law(folder), read_beside(folder)) == []


@pytest.fixture(scope="module")
def texts() -> Beside:
    """The stored texts alone, so that nothing is asked of mechanisms and what is left out."""
    whole = read_beside(None)
    return Beside(texts=whole.texts, examples=whole.examples)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"value": Decimal("14.1")}, "14.1 % is not in the quote; it has 14 %"),
        ({"value": Decimal("14"), "unit": "t"}, "14 t is not in the quote"),
        ({"base_year": 2019}, "base_year 2019 is not in the quote"),
        ({"target_year": 2030}, "target_year 2030 is not in the quote"),
        ({"asks": "立即停产"}, "what it asks for is not in chongqing.txt"),
    ],
    ids=["number", "unit", "base year", "target year", "consequence"],
)
def test_check_finds_what_the_clause_does_not_say(
    law: Law, texts: Beside, fields: dict[str, object], message: str
) -> None:
    found = check(changed(law, "chongqing.energy-intensity", **fields), texts)
    assert [finding.where for finding in found] == ["chongqing.energy-intensity"]
    assert message in found[0].message


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"offset": 494}, "the quote is not at offset 494: it stands at 493"),
        ({"quote": "到2025年，全市单位地区生产总值能源消耗比2020年下降14%！"}, "it is nowhere in chongqing.txt"),
        ({"sha256": "0" * 64}, "chongqing.txt has the hash 42e78eb5"),
        ({"text": "absent.txt"}, "the stored text absent.txt is not there"),
    ],
    ids=["offset", "wording", "hash", "text"],
)
def test_check_finds_a_quote_that_does_not_hold(
    law: Law, texts: Beside, fields: dict[str, object], message: str
) -> None:
    target = law.targets["chongqing.energy-intensity"]
    law = changed(law, target.id, reference=target.reference.model_copy(update=fields))
    found = check(law, texts)
    assert [finding.where for finding in found] == ["chongqing.energy-intensity"]
    assert message in found[0].message


def test_check_finds_numbers_of_a_list_that_were_swapped(law: Law, texts: Beside) -> None:
    swapped = changed(law, "chongqing.cod-reduction", value=Decimal(36800))
    assert [finding.message for finding in check(swapped, texts)] == [
        "36800 t is not the number the list gives it; that is 4.32 万t"
    ]


def test_check_finds_a_text_that_was_changed(law: Law, texts: Beside) -> None:
    spoilt = texts.texts["anshan.txt"].replace("下降15.5%".encode(), "下降15.0%".encode())
    found = check(law, Beside(texts={**texts.texts, "anshan.txt": spoilt}, examples=texts.examples))
    assert {re.split(r"[.-]", finding.where)[0] for finding in found} == {"anshan"}
    assert any("the quote is not at offset" in finding.message for finding in found)


def test_everything_assumed_is_listed(law: Law) -> None:
    listed = {(one.where, one.what) for one in assumptions(law)}
    assert listed >= {(target.id, what) for target in law.targets.values() for what in target.assumed}
    assert listed >= {(scope.id, what) for scope in law.scopes.values() for what in scope.assumed}
    assert ("anshan.cod-reduction", "path") in listed


def test_simplified_tianjin_text_is_the_original_character_by_character() -> None:
    texts = read_texts()
    original, simplified = texts["tianjin-original.txt"].decode(), texts["tianjin.txt"].decode()
    assert len(original) == len(simplified)
    becomes: dict[str, set[str]] = {}
    for before, after in zip(original, simplified, strict=True):
        becomes.setdefault(before, set()).add(after)
    assert all(len(after) == 1 for after in becomes.values())
    assert {before for before in becomes if before.isascii()} == {a for b, (a,) in becomes.items() if b.isascii()}
    simplified.encode("gb2312", errors="strict")


def test_law_hash_follows_the_target(law: Law) -> None:
    name = "chongqing.energy-intensity"
    other = changed(law, name, value=Decimal("14.1"))
    assert other.hash_of(other.targets[name]) != law.hash_of(law.targets[name])


def test_law_hash_does_not_follow_other_targets_and_is_the_same_on_every_load(law: Law) -> None:
    other = changed(load_law(), "chongqing.cod-reduction", value=Decimal(1))
    name = "chongqing.energy-intensity"
    assert other.hash_of(other.targets[name]) == law.hash_of(law.targets[name])


@pytest.mark.parametrize("part", ["rule_set", "coal"])
def test_law_hash_follows_rule_set_and_table(law: Law, part: str) -> None:
    target = law.targets["chongqing.energy-intensity"]
    rule_sets, coal = law.rule_sets, law.coal
    if part == "rule_set":
        rule_sets = rule_sets | {target.rule_set or "": law.rule_set_of(target).model_copy(update={"undefined": None})}
    else:
        coal = coal.model_copy(update={"edition": "another"})
    other = Law(plans=law.plans, rule_sets=rule_sets, coal=coal, catalogue=law.catalogue)
    assert other.hash_of(target) != law.hash_of(target)


def test_content_hash_is_that_of_the_file(law: Law) -> None:
    import hashlib

    content = (package_folder() / "cn-2021-2025" / "anshan.yaml").read_bytes()
    plan = next(plan for plan in law.plans if plan.id == "anshan-2021-2025")
    assert plan.content_hash == hashlib.sha256(content).hexdigest()


def test_a_folder_of_plans_alone_uses_the_common_lists(law: Law) -> None:
    example = load_law(UTILITIES)
    assert set(example.targets) == {"ak.fuel-intensity", "ak.own-use-share", "ak.reported-months"}
    assert example.rule_sets == law.rule_sets
    assert example.coal == law.coal
    assert not set(example.targets) & set(law.targets)


def test_example_plan_says_that_it_is_no_law() -> None:
    text = read_texts(UTILITIES)["example-utilities.txt"].decode()
    assert "it is not a law" in text


def test_bands_leave_no_hole_and_do_not_overlap(law: Law) -> None:
    assert [fault for rule_set in law.rule_sets.values() for fault in faults_of_bands(rule_set)] == []


def test_severity_is_not_read_off_the_label(law: Law) -> None:
    worst = {
        name: max((band.level for band in one.bands), key=lambda level: level.severity)
        for name, one in law.rule_sets.items()
    }
    assert worst["national-relative-gap-10"].zh == "一级预警"
    mildest = next(band.level for band in law.rule_sets["hangzhou-gap-pp"].bands if band.level.severity == 1)
    assert mildest.zh == "Ⅰ级"


@pytest.fixture(scope="module")
def regions() -> dict[str, RegionRecord]:
    """The register by code."""
    return {region.id: region for region in load_regions()}


def test_register_has_all_provinces_and_the_counties_of_the_four_plans(regions: dict[str, RegionRecord]) -> None:
    assert len([region for region in regions.values() if region.parent is None]) == 31
    below = {
        parent: sum(region.parent == parent for region in regions.values())
        for parent in ("120000", "500000", "210300", "230000")
    }
    assert below == {"120000": 16, "500000": 38 + 3, "210300": 7 + 2, "230000": 13}


def test_every_region_hangs_on_a_known_one(regions: dict[str, RegionRecord]) -> None:
    assert all(region.parent in regions for region in regions.values() if region.parent)


def test_zones_are_local_codes(regions: dict[str, RegionRecord]) -> None:
    assert regions["500000-LJ"].name == "两江新区"
    assert {code for code, region in regions.items() if region.standard == "local"} == {
        "500000-LJ", "500000-GX", "500000-WS", "210300-GX", "210300-JK", "230671",
    }  # fmt: skip


def test_targets_are_written_so_that_a_region_target_binds_that_region(law: Law) -> None:
    target: Target = law.targets["chongqing.energy-intensity"]
    assert target.applies_to.binds("region:500000", (), two_high=False)
    assert not target.applies_to.binds("region:500101", ("500000",), two_high=False)
