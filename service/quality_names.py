"""What the rules of quality are called, in a few words."""

from planwatch.contract.quality import Rule

NAMES = {
    Rule.MISSING: "逾期未报",
    Rule.CONFLICT: "重复且不一致",
    Rule.NEGATIVE: "负值",
    Rule.BALANCE: "收支存不平",
    Rule.CHAIN: "期初期末、累计不衔接",
    Rule.SPLIT: "合计与分项不符",
    Rule.RANGE: "超出允许范围",
    Rule.UNIT_SLIP: "疑似计量单位错",
    Rule.JUMP: "突变",
    Rule.CONSTANT: "连续相同",
    Rule.RATIO: "单耗等比值异常",
    Rule.DIVERGENCE: "产出与能耗背离",
    Rule.GRID: "与电网供电量不符",
    Rule.DAILY: "日数据与月报不符",
    Rule.COMPLETENESS: "完整率不足",
    Rule.TIME_LABEL: "时间标签错",
    Rule.POLLUTANT_FLAGS: "污染物标记异常",
    Rule.DIGITS: "尾数异常",
    Rule.COPIED: "整月照抄",
    Rule.SMOOTH: "过于平滑",
    Rule.ALONE: "有此无彼",
    Rule.OUTGOINGS: "支出大于收入",
    Rule.ZERO: "孤立的零",
    Rule.STATED_HELD: "报送时即标暂缓",
    Rule.EARLY: "期间未结束即报",
}
"""Each rule by its code."""
