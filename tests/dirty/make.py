"""Writes the dirty files beside it, and beside each file the account that loading it must give.

usage: python tests/dirty/make.py [FOLDER]
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import workbooks
from workbooks import GOOD, HEAD, A, B, C, rows_in, sheet

HERE = Path(__file__).resolve().parent
ABOVE, AGAIN = "表头以上的文字 above the header", "表头重复 the header once more"


def csv(rows: list[tuple[str, ...]], encoding: str = "utf-8", delimiter: str = ",") -> Callable[[Path], None]:
    """A text file of these rows."""
    text = "".join(delimiter.join(row) + "\r\n" for row in rows)
    return lambda path: path.write_bytes(text.encode(encoding)) and None


def account(read: int, used: int, figures: dict[str, str] | None = None, **over: Any) -> dict[str, Any]:
    """What a load must come to. ``figures``: «subject period indicator» to «value unit»."""
    return {"read": read, "used": used, "figures": figures or {}} | over


def refused(*says: str) -> dict[str, Any]:
    """A file that cannot be used at all, and what is said."""
    return {"refused": True, "says": list(says)}


BOTH = {
    f"{A} 2023-03 energy.raw_coal": "1250.5 t", f"{A} 2023-03 energy.electricity": "86.2 万kWh",
    f"{B} 2023-03 energy.raw_coal": "300 t", f"{B} 2023-03 energy.electricity": "12 万kWh",
}  # fmt: skip
ONLY_B = {key: value for key, value in BOTH.items() if key.startswith(B)}
PERIODS = ("２０２３年３月", "2023年4月", "二〇二三年五月", "二零二三年十二月份", "2023年一季度", "2023年第2季度", "2023年下半年", "2023年",
           "2023年1-2月", "2023年前三季度", "202306", "2023/7", "2023.08", "2023-09")  # fmt: skip
READ_AS = ("2023-03", "2023-04", "2023-05", "2023-12", "2023-Q1", "2023-Q2", "2023-H2", "2023", "2023-02c", "2023-09c",
           "2023-06", "2023-07", "2023-08", "2023-09")  # fmt: skip
DOUBTFUL = ("一季度", "3月", "23年3月", "2023.1", "44986", "2023年13月", "二〇二三", "2023年2-3月", "三月份", "")
FIGURES = {"1,250.50": "1250.50", "１２３４．５": "1234.5", " 7 ": "7", "-5": "-5", "+8": "8", "12,345,678": "12345678"}
NO_FIGURES = {
    "(5)": "括号", "（5）": "括号", "1.2万": "数量级", "12吨": "带了单位", "12%": "百分数", "一百二十": "中文数字",
    "#DIV/0!": "出错的公式", "—": "没有数据", "约5": "确切", "1.2E+05": "科学计数法", "12,34": "千位分隔符", "2023-03-01": "日期",
    "1 234": "不是数字", "1.2.3": "不是数字", "o5": "不是数字",
}  # fmt: skip


TEMPLATE_HEAD = ("报送主体类别", "主体编号", "报告期", "是否累计", "指标", "数值", "计量单位", "标记", "备注", "报表号", "修订号",
                 "报送时间", "数据来源")  # fmt: skip


def typed(period: str, said: str, indicator: str, value: str, unit: str) -> tuple[str, ...]:
    """A row of the Chinese template."""
    return ("用能单位", A, period, said, indicator, value, unit, "", "", "", "", "2023年4月15日", "")


FILES: dict[str, tuple[str | None, Callable[[Path], None], dict[str, Any]]] = {
    "utf8.csv": ("wide", csv([HEAD, *GOOD]), account(2, 2, BOTH)),
    "utf8-bom.csv": ("wide", csv([HEAD, *GOOD], "utf-8-sig"), account(2, 2, BOTH)),
    "gbk.csv": ("wide", csv([HEAD, *GOOD], "gbk"), account(2, 2, BOTH)),
    "gb18030.csv": (
        "wide", csv([(*HEAD, "备注㐂"), *[(*row, "𠮷厂") for row in GOOD]], "gb18030"), account(2, 2, BOTH),
    ),
    "utf16-tab.txt": ("wide", csv([HEAD, *GOOD], "utf-16", "\t"), account(2, 2, BOTH)),
    "utf16-no-mark.csv": ("wide", csv([HEAD, *GOOD], "utf-16-le"), refused("utf16-no-mark.csv", "NUL", "CSV UTF-8")),
    "big5.csv": ("wide", csv([("統一代碼", "期"), ("甲", "1")], "big5"), refused("big5.csv:1", "表头中没有「报告期」列")),
    "semicolon.csv": ("wide", csv([HEAD, *GOOD], delimiter=";"), account(2, 2, BOTH)),
    "notes-above.csv": (
        "wide",
        csv([("重点用能单位能源消费月报",), ("填报单位：某某公司", "单位：吨、万千瓦时"), (), HEAD, *GOOD]),
        account(4, 2, BOTH, set_aside={ABOVE: 2}),
    ),
    "unit-above-differs.csv": (
        "bare",
        csv([("重点用能单位能源消费月报", "", "", "单位：万吨、万千瓦时"), (HEAD[0], HEAD[1], "原煤", "电力"), *GOOD]),
        refused("unit-above-differs.csv:1", "表头以上写明单位为万t", "「原煤」列按t读取"),
    ),
    "header-again.csv": ("wide", csv([HEAD, GOOD[0], HEAD, GOOD[1]]), account(3, 2, BOTH, set_aside={AGAIN: 1})),
    "header-twice.csv": (
        "wide", csv([(*HEAD, "原煤(吨)"), *[(*row, "1") for row in GOOD]]),
        refused("header-twice.csv:1", "列名重复", "原煤(吨)"),
    ),
    "header-wide-signs.csv": (
        "wide", csv([(HEAD[0], " 报告期 ", "原煤（吨）", "电力 (万千瓦时)"), *GOOD]), account(2, 2, BOTH),
    ),
    "header-missing.csv": (
        "wide", csv([(HEAD[0], HEAD[1], "原煤（万吨）", HEAD[3]), *GOOD]),
        refused("header-missing.csv:1", "表头中没有「原煤(吨)」列", "是否指「原煤（万吨）」"),
    ),
    "header-wan.csv": ("wan", csv([(*HEAD[:2], "原煤(万吨)", HEAD[3]), (A, "2023-03", "0.12505", "86.2")]),
                       account(1, 1, {f"{A} 2023-03 energy.raw_coal": "1250.50000 t",
                                      f"{A} 2023-03 energy.electricity": "86.2 万kWh"})),
    "header-wan-as-tonnes.csv": (
        "wan-wrong", csv([(*HEAD[:2], "原煤(万吨)", HEAD[3]), *GOOD]),
        refused("表头的单位是万吨", "映射按t读取", "scale"),
    ),
    "periods.csv": (
        "wide", csv([HEAD, *[(A, period, str(i), "") for i, period in enumerate(PERIODS, 1)]]),
        account(len(PERIODS), len(PERIODS),
                {f"{A} {period} energy.raw_coal": f"{i} t" for i, period in enumerate(READ_AS, 1)},
                missing={"energy.electricity": len(PERIODS)}),
    ),
    "periods-doubtful.csv": (
        "wide", csv([HEAD, *[(A, period, str(i), "") for i, period in enumerate(DOUBTFUL, 1)]]),
        account(len(DOUBTFUL), 1, {f"{A} 2023 energy.raw_coal": "7 t"},
                rejected={"unknown_period": len(DOUBTFUL) - 1}, missing={"energy.electricity": 1},
                says=["periods-doubtful.csv 第 2 行: 「报告期」列读到「一季度」，没有年份", "年份须写四位，如 2023年3月",
                      "可能是 1 月也可能是 10 月", "日期序列号", "没有 13 月"]),
    ),
    "figures.csv": (
        "wide", csv([HEAD, *[(A, f"2023-{i:02}", f'"{text}"', "1") for i, text in enumerate(FIGURES, 1)]]),
        account(len(FIGURES), len(FIGURES),
                {f"{A} 2023-{i:02} energy.raw_coal": f"{value} t" for i, value in enumerate(FIGURES.values(), 1)}
                | {f"{A} 2023-{i:02} energy.electricity": "1 万kWh" for i in range(1, len(FIGURES) + 1)},
                marked={"energy.raw_coal held": 1}),
    ),
    "figures-doubtful.csv": (
        "wide", csv([HEAD, *[(A, "2023-03", f'"{text}"', "1") for text in NO_FIGURES]]),
        account(len(NO_FIGURES), 0, rejected={"not_a_figure": len(NO_FIGURES)},
                says=["「原煤(吨)」列读到「(5)」", *sorted(set(NO_FIGURES.values()))]),
    ),
    "empty-rows.csv": (
        "wide", csv([HEAD, (), (",,,",), GOOD[0], ("", "", "", ""), (A, "2023-04", "", ""), GOOD[1], (), ()]),
        account(3, 2, BOTH, empty=1, blank=3, missing={"energy.raw_coal": 1, "energy.electricity": 1}),
    ),
    "total-row.csv": (
        "wide", csv([HEAD, *GOOD, ("合计", "", "1550.5", "98.2"), ("制表人：张三", "", "", "")]),
        account(4, 2, BOTH, rejected={"unknown_period": 2}, says=["total-row.csv 第 4 行", "total-row.csv 第 5 行"]),
    ),
    "cells-missing.csv": (
        "wide", csv([HEAD, GOOD[0][:3], GOOD[1]]),
        account(2, 1, ONLY_B, rejected={"broken_row": 1}, says=["第 2 行", "每行的格数须与表头一致"]),
    ),
    "conflict.csv": (
        "wide", csv([HEAD, *GOOD, (A, "2023年3月", "1250.5", "86.2"), (B, "2023-03", "300.1", "12")]),
        account(4, 3, BOTH | {f"{B} 2023-03 energy.raw_coal": "300.1 t", f"{B} 2023-03 energy.electricity": "12 万kWh"},
                identical=1, conflicts=1, marked={"energy.raw_coal suspect": 2}),
    ),
    "page.xls": (
        "wide", lambda path: path.write_text("<html><table><tr><td>1</td></tr></table></html>", "utf-8") and None,
        refused("page.xls", "网页文件", ".xlsx"),
    ),
    "old.xls": (
        "wide", lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)) and None,
        refused("old.xls", "旧格式", "另存为 .xlsx"),
    ),
    "damaged.xlsx": ("wide", workbooks.damaged, refused("damaged.xlsx", "不是完好的 xlsx")),
    "numbers-as-text.xlsx": ("wide", sheet(lambda book, page: rows_in(page, [HEAD, *GOOD])), account(2, 2, BOTH, sheet="报表")),
    "merged-labels.xlsx": (
        "wide", sheet(workbooks.merged_labels),
        account(3, 3, {f"{unit} {period} {name}": value for unit, period, coal, power in (
            (A, "2023-01", 1, 2), (A, "2023-02", 3, 4), (B, "2023-01", 5, 6))
            for name, value in (("energy.raw_coal", f"{coal} t"), ("energy.electricity", f"{power} 万kWh"))}),
    ),
    "merged-figures.xlsx": (
        "wide", sheet(workbooks.merged_figures),
        account(3, 1, {f"{C} 2023-01 energy.raw_coal": "5 t", f"{C} 2023-01 energy.electricity": "6 万kWh"},
                rejected={"ambiguous": 2},
                says=["工作表「报表」 第 2 行: 「原煤(吨)」列的数值在合并单元格 C2:C3 中", "取消合并"]),
    ),
    "merged-across.xlsx": (
        "wide", sheet(workbooks.merged_across),
        account(2, 1, {f"{B} 2023-01 energy.raw_coal": "5 t", f"{B} 2023-01 energy.electricity": "6 万kWh"},
                rejected={"unreadable_cell": 1}, says=["合并单元格 C2:D2 横跨几列"]),
    ),
    "two-row-header.xlsx": ("wide", sheet(workbooks.two_row_header), account(4, 2, BOTH, set_aside={ABOVE: 2})),
    "formulas.xlsx": (
        "wide", sheet(workbooks.formulas),
        account(3, 1, {f"{A} 2023-03 energy.raw_coal": "1250.5 t", f"{A} 2023-03 energy.electricity": "86.2 万kWh"},
                rejected={"unreadable_cell": 2}, says=["第 3 行: 「原煤(吨)」列公式没有计算结果", "出错的公式 #DIV/0!"]),
    ),
    "hidden-draft.xlsx": ("wide", sheet(workbooks.hidden_draft), account(2, 2, BOTH, unread=["草稿(隐藏)", "说明"], says=["草稿(隐藏)"])),
    "only-hidden.xlsx": ("wide", sheet(workbooks.only_hidden), refused("only-hidden.xlsx", "隐藏的工作表 数据")),
    "two-sheets.xlsx": ("wide", sheet(workbooks.two_sheets), refused("two-sheets.xlsx", "报表、二月 都有所需的列")),
    "dates.xlsx": (
        "wide", sheet(workbooks.dated),
        account(3, 1, {f"{A} 2023-03 energy.raw_coal": "1 t", f"{A} 2023-03 energy.electricity": "2 万kWh"},
                rejected={"unknown_period": 2}, says=["第 3 行: 「报告期」列读到「44986」，像是没有设成日期格式的日期序列号"]),
    ),
    "percents.xlsx": (
        "share", sheet(workbooks.percents),
        account(4, 3, {"120000 2023 rate.straw_used": "91.5 %", "120000 2023 gdp": "100 亿元",
                       "500000 2023 rate.straw_used": "91.5 %", "500000 2023 gdp": "100 亿元",
                       "210300 2023 rate.straw_used": "88.5 %", "210300 2023 gdp": "7 亿元"},
                rejected={"not_a_figure": 1}, says=["「地区生产总值」列读到「50%」，是百分数，而计量单位不是 %"]),
    ),
    "codes-as-numbers.xlsx": (
        "wide", sheet(workbooks.codes_as_numbers),
        account(2, 1, ONLY_B, rejected={"unreadable_cell": 1}, says=["「统一社会信用代码」列数字超过 15 位", "单元格设为文本"]),
    ),
    "far-cell.xlsx": ("wide", sheet(workbooks.far_cell), refused("far-cell.xlsx", "一直延伸到 XFD1048576", "删去多余的行和列")),
    "blank-rows.xlsx": ("wide", sheet(workbooks.blank_rows), account(2, 2, BOTH, blank=5)),
    "template-zh.csv": (
        None,
        csv([TEMPLATE_HEAD, typed("2023年1-2月", "是", "原煤消费量", "1,250.5".replace(",", ""), "吨"),
             typed("2023年1-2月", "", "电力消费量", "86.2", "万千瓦时"), typed("2023年3月", "否", "柴油消费量", "5", "Ｔ".lower())]),
        account(3, 3, {f"{A} 2023-02c energy.raw_coal": "1250.5 吨", f"{A} 2023-02c energy.electricity": "86.2 万千瓦时",
                       f"{A} 2023-03 energy.diesel": "5 t"}),
    ),
    "template-zh-wrong.csv": (
        None,
        csv([TEMPLATE_HEAD, typed("2023年1-2月", "否", "原煤消费量", "5", "吨"), typed("2023年3月", "", "原煤", "5", "吨"),
             typed("2023年3月", "", "原煤消费量", "5", "顿"), typed("2023年3月", "", "地区生产总值(2020年价)", "5", "亿元"),
             typed("2023年3月", "也许", "原煤消费量", "5", "吨")]),
        account(5, 0, rejected={"ambiguous": 1, "unfit_indicator": 3, "breaks_contract": 1},
                says=["「是否累计」却是「否」", "是否指", "原煤消费量(energy.raw_coal)", "不能用计量单位「顿」", "「地区生产总值(2020年价)」不由用能单位报送",
                      "读到「也许」"]),
    ),
}  # fmt: skip


def main(folder: Path) -> None:
    """Write all files and their accounts."""
    for name, (mapping, write, expected) in FILES.items():
        write(folder / name)
        wanted = {"mapping": None if mapping is None else f"{mapping}.yaml"} | expected
        text = json.dumps(wanted, ensure_ascii=False, indent=1, sort_keys=True)
        (folder / f"{name}.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
