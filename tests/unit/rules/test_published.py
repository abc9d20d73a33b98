"""Changes between issues of a published barometer: severity orders, labels do not."""

from planwatch.contract.plan import Level
from planwatch.rules.published import moves, moves_zh

RED = Level(severity=3, colour="red", zh="一级预警", en="Level 1 (worst)")
YELLOW = Level(severity=1, colour="yellow", zh="二级预警", en="Level 2")
GREEN = Level(severity=0, colour="green", zh="三级预警", en="Level 3 (best)")
NAMES = {"330000": "浙江省", "630000": "青海省", "340000": "安徽省", "110000": "北京市"}


def test_moves_tell_worse_from_better_by_severity():
    found = moves({"330000": RED, "630000": GREEN, "110000": GREEN}, {"330000": YELLOW, "630000": RED, "110000": GREEN})
    assert found.worse == (("630000", GREEN, RED),)
    assert found.better == (("330000", RED, YELLOW),)
    assert (found.same, found.unknown) == (("110000",), ())


def test_moves_never_fill_in_a_region_one_issue_does_not_name():
    found = moves({"330000": RED}, {"330000": RED, "340000": YELLOW})
    assert (found.worse, found.better, found.unknown) == ((), (), ("340000",))


def test_moves_in_words_name_levels_and_regions():
    found = moves({"330000": RED, "630000": GREEN, "340000": GREEN}, {"330000": YELLOW, "630000": RED, "110000": RED})
    assert moves_zh(found, NAMES) == [
        "由三级预警升为一级预警:青海省",
        "由一级预警降为二级预警:浙江省",
        "等级未变的地区 0 个",
        "两期中有一期未列、无法比较的地区 2 个:北京市、安徽省",
    ]
