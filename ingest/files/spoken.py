"""Chinese tables say things in many ways: full-width digits, 二〇二三年三月, 一季度, thousands separators. Pure.

What can be read in one way only is read; whatever could mean two things is refused with what to write instead.
"""

import re
import unicodedata
from datetime import date
from functools import lru_cache

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
_DIGITS = {"〇": 0, "零": 0, "○": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_MONTHS = {**{text: number for text, number in _DIGITS.items() if number}, "十": 10, "十一": 11, "十二": 12, "元": 1}
_YEAR, _NUMBER = r"(?P<year>[0-9〇零○一二三四五六七八九]{4})", r"[0-9]{1,2}|十[一二]?|[一二三四五六七八九元]"
_TO = r"\s*(?:-|—|–|~|～|至|到|－){1,2}\s*"
_FORMS = tuple(
    (re.compile(pattern), form)
    for pattern, form in (
        (rf"{_YEAR}年(?P<month>{_NUMBER})月份?", "month"),
        (rf"{_YEAR}[-/](?P<month>[0-9]{{1,2}})", "month"),
        (rf"{_YEAR}[.]?(?P<month>[0-9]{{2}})", "month"),
        (rf"{_YEAR}[-/](?P<month>[0-9]{{1,2}})[-/]0?1", "month"),  # a sheet makes 2025-03 the first of March
        (rf"{_YEAR}年(?:1|一){_TO}(?P<month>{_NUMBER})月份?", "run"),
        (rf"{_YEAR}年(?P<first>前[二三]|第?[一二三四1-4])季度?", "quarter"),
        (rf"{_YEAR}年?-?Q(?P<first>[1-4])", "quarter"),
        (rf"{_YEAR}年(?P<half>[上下])半年", "half"),
        (rf"{_YEAR}-?H(?P<half>[12])", "half"),
        (rf"{_YEAR}年?(?:全年)?", "year"),
    )
)
_WITHOUT_YEAR = re.compile(rf"(?:{_NUMBER})月份?|第?[一二三四1-4]季度?|[上下]半年|前[二三]季度|1{_TO}[0-9]+月")
_DAY = re.compile(rf"{_YEAR}(?:年|-|/|[.])(?P<month>{_NUMBER})(?:月|-|/|[.])(?P<day>[0-9]{{1,2}})(?:日|号)?")
_SERIAL = re.compile(r"[34][0-9]{4}")


def plain(text: str) -> str:
    """Text without invisible characters and outer blanks, full-width digits and signs as usual ones."""
    return unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).strip()


@lru_cache(maxsize=4096)  # a table says the same few periods again and again
def period_in(text: str) -> tuple[str, bool | None]:
    """The period a text names, as a report writes it, and whether the text itself says that it is cumulative.

    ValueError where it names none, or could name several.
    """
    said = re.sub(r"\s+", "", plain(text)) if re.search(r"[年月季]", text) else plain(text)
    if re.fullmatch(r"[0-9]{4}[.][1-9]", said):
        raise ValueError(f"读到「{text}」，可能是 1 月也可能是 10 月；请写 {said[:4]}-01 或 {said[:4]}-10 的形式")
    if _SERIAL.fullmatch(said):
        raise ValueError(
            f"读到「{text}」，像是没有设成日期格式的日期序列号；请写成 2025-03 (looks like a date's serial number)"
        )
    if re.fullmatch(r"[0-9]{2}年.*", said):
        raise ValueError(f"读到「{text}」，年份须写四位，如 20{said}")
    if _WITHOUT_YEAR.fullmatch(said):
        raise ValueError(f"读到「{text}」，没有年份；请写如 2025年{said}")
    for pattern, form in _FORMS:
        if found := pattern.fullmatch(said):
            return _said(form, found)
    raise ValueError(
        f"读到「{text}」，不是报告期；可写 2025-03、2025年3月、2025年1-3月(累计)、2025年一季度、2025-Q1、2025-H1、2025"
    )


def _said(form: str, found: re.Match[str]) -> tuple[str, bool | None]:
    year = _year(found["year"])
    if form == "month":
        return f"{year}-{_month(found['month']):02}", None
    if form == "run":
        return f"{year}-{_month(found['month']):02}", True
    if form == "quarter":
        first = found["first"].removeprefix("第")
        if first.startswith("前"):
            return f"{year}-{3 * _DIGITS[first[1]]:02}", True
        return f"{year}-Q{_DIGITS.get(first, first)}", None
    if form == "half":
        return f"{year}-H{1 if found['half'] in ('上', '1') else 2}", None
    return f"{year}", None


def day_in(text: str) -> date:
    """The day a text names: 2025-03-31, 2025/3/31 or 2025年3月31日; ValueError where it names none."""
    found = _DAY.fullmatch(re.sub(r"\s+", "", plain(text)))
    if found is None:
        raise ValueError(f"读到「{text}」，不是日期；请写 2025-03-31")
    return date(_year(found["year"]), _month(found["month"]), int(found["day"]))


def _year(text: str) -> int:
    return int("".join(str(_DIGITS.get(sign, sign)) for sign in text))


def _month(text: str) -> int:
    month = _MONTHS.get(text) or int(text)
    if not 1 <= month <= 12:
        raise ValueError(f"没有 {text} 月；月份为 1 至 12")
    return month


_FIGURE = re.compile(r"[-+]?(\d{1,18}(\.\d*)?|\.\d+)", re.ASCII)
_GROUPED = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)
_WHY_NOT = (
    (re.compile(r"#(DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!).*"), "是出错的公式；请改正公式，或填写数值"),
    (re.compile(r"\([\d.,]+%?\)"), "括号可能表示负数，也可能表示「其中」；负数请写 -1.5 的形式"),
    (re.compile(r"[-+]?[\d.,]+(亿|万|千|百)"), "数量级请写进计量单位(如 万吨)，这里只写数字"),
    (re.compile(r"[-+]?[\d.,]+%"), "是百分数，而计量单位不是 %；请核对单位"),
    (re.compile(r"[-+]?[\d.,]+\s*[a-zA-Z\u4e00-\u9fff³²/·]+"), "数字后面带了单位；单位请写进计量单位栏，这里只写数字"),
    (re.compile(r"[-+]?[\d,]+[,][\d,.]*"), "千位分隔符的位置不对，可能是小数点；请写 1234.5 或 1,234.5"),
    (re.compile(r"[-+]?[\d.]+[eE][-+]?\d+"), "是科学计数法，可能已丢失位数；请写出全部数字"),
    (re.compile(r"[零〇一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾点]+"), "是中文数字；请写阿拉伯数字"),
    (re.compile(r"\d{4}[-/年]\d{1,2}([-/月]\d{1,2}日?)?"), "是日期，不是数值；请检查单元格格式"),
    (re.compile(r"(约|近|超过?|>|<|≥|≤|大于|小于).*"), "不是确切的数；请填写确切数值"),
    (re.compile(r"-+|—+|/|无|…+|\.+|\*+|空|暂无|未报|N/?A|null|none", re.IGNORECASE),
     "像是表示没有数据；若是，请在映射文件的 missing 中列出它，或留空"),
)  # fmt: skip


def figure_in(text: str) -> str | None:
    """A figure without its thousands separators, or None if the text is none."""
    said = plain(text)
    if _FIGURE.fullmatch(said):
        return said
    return said.replace(",", "") if _GROUPED.fullmatch(said) else None


def why_no_figure(text: str) -> str:
    """What a statistician is told about a text that is no figure."""
    said = plain(text)
    why = next((why for pattern, why in _WHY_NOT if pattern.fullmatch(said)), "不是数字；请写如 1234.5")
    return f"读到「{text.strip()[:40]}」，{why}"
