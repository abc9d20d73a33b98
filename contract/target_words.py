"""The closed lists of words a target is written with."""

from enum import StrEnum


class TargetKind(StrEnum):
    """How a target is judged; each is one pure function in planwatch.rules."""

    REDUCTION_RATE = "reduction_rate"  # 比…下降 N%
    REDUCTION_POINTS = "reduction_points"  # 下降 N 个百分点
    INCREASE_POINTS = "increase_points"  # 提高 N 个百分点
    CUMULATIVE_REDUCTION = "cumulative_reduction"  # 减排量达到 N 吨
    LEVEL_MIN = "level_min"  # 达到 N 以上
    LEVEL_MAX = "level_max"  # 不超过 N
    LEVEL_ABOUT = "level_about"  # N 左右
    COUNT_MIN = "count_min"
    CAPACITY_MIN = "capacity_min"
    YEARLY_GROWTH = "yearly_growth"
    GROWTH_MAX = "growth_max"  # 能耗总量增长不超过 N%
    FLEXIBLE_TOTAL = "flexible_total"  # 根据生产总值增速目标和能耗强度降低目标确定能源消费总量目标
    PROJECT_THRESHOLD = "project_threshold"  # 年综合能源消费量 N 吨标准煤及以上
    REGISTER_CHECK = "register_check"  # 未批先建、批建不符、重复计算 …: what a register entry must not show
    LIMIT = "limit"
    QUOTA = "quota"
    REPORTED_MONTHS = "reported_months"  # every month due is reported
    NOT_COMPUTABLE = "not_computable"


class RegisterCheck(StrEnum):
    """What a ``register_check`` looks for in a 两高 project's or a reduction project's register entry."""

    # 两高 ledger (TJ 四(三): 不符合政策要求、违规审批、未批先建、批建不符、超标用能排污)
    POLICY_MISMATCH = "policy_mismatch"
    IRREGULAR_APPROVAL = "irregular_approval"
    BUILT_BEFORE_APPROVAL = "built_before_approval"
    BUILT_OTHERWISE = "built_otherwise"
    ABOVE_APPROVED = "above_approved"
    DISPOSAL_OVERDUE = "disposal_overdue"  # 明确处置意见: none, or its deadline passed
    OUTSIDE_PARK = "outside_park"
    SATURATED_WITHOUT_CUTS = "saturated_without_cuts"
    SUBSTITUTION_MISSING = "substitution_missing"  # 能耗等量减量替代
    # reduction ledger (HLJ 三(四): 重复计算、弄虚作假、不如实填报削减量和削减来源)
    DOUBLE_COUNTED = "double_counted"
    ABOVE_BASE_DISCHARGE = "above_base_discharge"
    OFFSET_NOT_DEDUCTED = "offset_not_deducted"
    COUNTED_TOO_EARLY = "counted_too_early"
    NOT_VERIFIED = "not_verified"
    SOURCE_UNKNOWN = "source_unknown"


class Comparator(StrEnum):
    """How a value compares with the number in the clause."""

    AT_LEAST = ">="
    MORE_THAN = ">"
    AT_MOST = "<="
    LESS_THAN = "<"
    ABOUT = "~"
    EQUAL = "="


class Nature(StrEnum):
    """What force the number has."""

    BINDING = "binding"  # 约束性
    EXPECTED = "expected"  # 预期性
    ASPIRATIONAL = "aspirational"  # 力争


class Variant(StrEnum):
    """Which of dual targets it is."""

    BASIC = "basic"  # 基本目标
    INCENTIVE = "incentive"  # 激励目标


class Basis(StrEnum):
    """How electricity and heat enter standard coal: 当量值 or 等价值."""

    EQUIVALENT = "equivalent"
    PRIMARY = "primary"


class PathKind(StrEnum):
    """The value expected on the way to the target year."""

    GEOMETRIC = "geometric"
    LINEAR = "linear"
    MILESTONES = "milestones"
    LAST_YEAR_SHARES = "last_year_shares"


class Yardstick(StrEnum):
    """Against what a level is given: the year's task, or the progress due since the base year."""

    ANNUAL = "annual"
    FIVE_YEAR = "five_year"
    SINGLE = "single"  # kinds that have only one: thresholds, limits, shares


class Cadence(StrEnum):
    """After which months a target is judged."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
