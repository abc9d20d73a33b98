"""The data segment of a frame: its head fields, the bits of Flag, and the fields inside CP. Pure.

`QN=…;ST=32;CN=2031;PW=…;MN=…;Flag=5;[PNUM=2;PNO=1;]CP=&&DataTime=…;w01018-Cou=…,w01018-Flag=N&&`
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from planwatch.contract.errors import Fault, InvalidMessage

_SHAPE = re.compile(r"(?P<head>.*?)CP=&&(?P<cp>.*)&&;?", re.DOTALL)
_MN = re.compile(r"[A-Za-z0-9_\-]{1,24}")
_WHOLE = re.compile(r"[0-9]{1,4}")
MAX_PARTS = 99


class Edition(StrEnum):
    """The edition of the standard a message says it follows, by the version bits of its Flag."""

    HJT_2005 = "HJ/T 212-2005"
    HJ_2017 = "HJ 212-2017"
    HJ_2025 = "HJ 212-2025"
    UNKNOWN = "unknown"


EDITIONS = {0: Edition.HJT_2005, 1: Edition.HJ_2017, 2: Edition.HJ_2025}
"""Version bits to edition. 2 for 2025 is from one public implementation, not read in the standard."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A data segment. ``qn`` and ``pw`` are empty where they are left out, as loggers of 2005 may."""

    qn: str
    st: int
    cn: str
    pw: str
    mn: str
    flag: int
    pnum: int
    pno: int
    cp: str

    @property
    def wants_answer(self) -> bool:
        """Bit 0."""
        return bool(self.flag & 1)

    @property
    def is_part(self) -> bool:
        """Bit 1: one of several packets of a message."""
        return bool(self.flag & 2) and self.pnum > 1

    @property
    def edition(self) -> Edition:
        """The bits above."""
        return EDITIONS.get(self.flag >> 2, Edition.UNKNOWN)


def parse_segment(raw: bytes) -> Segment:
    """Read a data segment; InvalidMessage with every fault."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise InvalidMessage((Fault("segment", "is not ASCII or UTF-8 text", repr(raw[:60])),)) from error
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        raise InvalidMessage((Fault("CP", "the segment must end in CP=&&…&&", text[-60:]),))
    reader = _Head(shape["head"])
    found = Segment(
        qn=reader.time_stamp("QN"),
        st=reader.number("ST", 1, 99),
        cn=reader.command("CN"),
        pw=reader.fields.get("PW", ""),
        mn=reader.mn("MN"),
        flag=reader.number("Flag", 0, 255, missing=0),
        pnum=reader.number("PNUM", 0, MAX_PARTS, missing=0),
        pno=reader.number("PNO", 0, MAX_PARTS, missing=0),
        cp=shape["cp"],
    )
    if found.flag & 2 and not 1 <= found.pno <= found.pnum:
        reader.fault("PNO", "Flag says it is a part: PNUM and PNO must say which of how many", f"{found.pno}")
    if reader.faults:
        raise InvalidMessage(tuple(reader.faults))
    return found


class _Head:
    """The fields before CP, each read with its faults."""

    def __init__(self, text: str) -> None:
        self.faults: list[Fault] = []
        self.fields: dict[str, str] = {}
        for item in filter(None, (part.strip() for part in text.split(";"))):
            name, sign, value = item.partition("=")
            if not sign:
                self.fault(name[:20], "is no field; fields are NAME=value, parted by ;", item)
            elif name in self.fields:
                self.fault(name[:20], "stands twice", item)
            else:
                self.fields[name] = value

    def fault(self, path: str, message: str, given: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(path, message, given[:60]))

    def time_stamp(self, name: str) -> str:
        """A time to the millisecond, or nothing."""
        value = self.fields.get(name, "")
        if value and (len(value) != 17 or moment(value[:14]) is None or not value[14:].isdecimal()):
            self.fault(name, "must be a time as YYYYMMDDhhmmsszzz", value)
        return value

    def command(self, name: str) -> str:
        """Four digits."""
        value = self.fields.get(name, "")
        if not re.fullmatch("[0-9]{4}", value):
            self.fault(name, "must be a command of four digits", value)
        return value

    def mn(self, name: str) -> str:
        """The number of the data logger."""
        value = self.fields.get(name, "")
        if not _MN.fullmatch(value):
            self.fault(name, "must be 1 to 24 letters, digits, - or _", value)
        return value

    def number(self, name: str, least: int, most: int, *, missing: int | None = None) -> int:
        """A whole number in a range."""
        value = self.fields.get(name)
        if value is None and missing is not None:
            return missing
        if value is None or not _WHOLE.fullmatch(value) or not least <= int(value) <= most:
            self.fault(name, f"must be a whole number, {least} to {most}", value or "")
            return least
        return int(value)


def moment(text: str) -> datetime | None:
    """A time as YYYYMMDDhhmmss, without zone, or None."""
    if len(text) != 14 or not (text.isascii() and text.isdecimal()):
        return None
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S")  # noqa: DTZ007 - loggers speak of local time
    except ValueError:
        return None


def parse_cp(cp: str) -> tuple[Mapping[str, str], tuple[Fault, ...]]:
    """The fields inside CP, whatever parts them (; between factors, , within one), and those that are faulty.

    Of a field that stands twice with different values nobody can say which is meant: it is faulty and left out.
    """
    found: dict[str, str] = {}
    twofold: set[str] = set()
    faults: list[Fault] = []
    for item in filter(None, (part.strip() for part in re.split("[;,]", cp))):
        name, sign, value = item.partition("=")
        if not sign:
            faults.append(Fault(f"CP.{item[:40]}", "is no field; fields are NAME=value"))
        elif found.setdefault(name, value) != value:
            twofold.add(name)
            faults.append(
                Fault(f"CP.{name[:40]}", "stands twice with different values", f"{found[name]}, {value}"[:60])
            )
    return {name: value for name, value in found.items() if name not in twofold}, tuple(faults)
