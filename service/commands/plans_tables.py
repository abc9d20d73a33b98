"""How the commands about plans write columns, values and ranges."""

from rich.table import Column

from planwatch.contract.plan import AppliesTo, Band, Nature, Target, Variant
from planwatch.contract.scope import DeductionKind
from planwatch.service import words

NATURE = {Nature.BINDING: "约束性", Nature.EXPECTED: "预期性", Nature.ASPIRATIONAL: "力争"}
VARIANT = {None: "", Variant.BASIC: "基本目标", Variant.INCENTIVE: "激励目标"}
DEDUCTION = {
    DeductionKind.NEW_RENEWABLES: "比基年新增的可再生能源",
    DeductionKind.FEEDSTOCK: "原料用能",
    DeductionKind.LISTED_PROJECTS: "国家重大项目能耗单列",
    DeductionKind.NON_FOSSIL: "非化石能源",
}
STATE = {"works": "已计算", "recorded": "仅记录", "absent": "方案未提"}


def whole(header: str) -> Column:
    """A column of Chinese text, which has no spaces to break at and would else be cut, or crushed by long ids."""
    return Column(header, overflow="fold", min_width=12)


def id_column(header: str) -> Column:
    """A column of ids, which are there to be copied and so never cut."""
    return Column(header, no_wrap=True)


def value(target: Target) -> str:
    """The target's number with its comparator and unit; what its holders have if it is split."""
    if target.decompose is not None:
        return "分解下达"
    if target.value is None:
        return "—"
    return f"{target.comparator.value} {words.figure(target.value, target.unit or '')}"


def years(target: Target) -> str:
    """Base year and target year."""
    return f"{target.base_year or ''}→{target.target_year}" if target.target_year else "—"


def nature(target: Target) -> str:
    """Its force, and which of dual targets it is."""
    return f"{NATURE[target.nature]}{f' {VARIANT[target.variant]}' if target.variant else ''}"


def bound(applies_to: AppliesTo) -> str:
    """Whom a target binds."""
    names = [applies_to.region or "", *applies_to.ids, f"{applies_to.prefix}…" if applies_to.prefix else ""]
    names += [f"{key}={trait}" for key, trait in applies_to.traits.items()]
    entry = f"{applies_to.entry} " if applies_to.entry else ""
    two_high = "两高 " if applies_to.two_high else ""
    return f"{two_high}{entry}{applies_to.kind.value}: {', '.join(name for name in names if name)}"


def band_range(band: Band) -> str:
    """The bounds of a band."""
    ends = (("≥", band.at_least), (">", band.more_than), ("≤", band.at_most), ("<", band.less_than))
    return ", ".join(f"{sign} {bound:f}" for sign, bound in ends if bound is not None) or "任意"
