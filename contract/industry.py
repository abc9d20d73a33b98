"""Industries: the divisions of GB/T 4754 that register entries may name."""

import re
from functools import cached_property
from typing import Annotated, Literal

from pydantic import StringConstraints

from planwatch.contract.document import Document
from planwatch.contract.report import Name

Letter = Annotated[str, StringConstraints(pattern=r"^[A-T]$")]
_CLASS = re.compile(r"(?P<section>[A-Z]?)(?P<digits>\d{0,4})")


class Division(Document):
    """A division (大类): two digits in a section. ``two_high`` marks the six 高耗能行业; ``status`` how sure it is."""

    code: Annotated[str, StringConstraints(pattern=r"^\d{2}$")]
    section: Letter
    zh: Name
    two_high: bool = False
    status: Literal["seen", "memory"]


class Industries(Document):
    """An edition of the classification, as far as it is used."""

    edition: Name
    source: Name
    sections: dict[Letter, Name]
    divisions: tuple[Division, ...]

    @cached_property
    def by_code(self) -> dict[str, Division]:
        """Divisions by their two digits."""
        return {one.code: one for one in self.divisions}

    def name_of(self, industry: str) -> str:
        """What people call a class: its division, or its section; empty where it is not known."""
        found = _CLASS.fullmatch(industry)
        if found is None:
            return ""
        division = self.by_code.get(found["digits"][:2])
        return division.zh if division else self.sections.get(found["section"], "")

    def fault(self, industry: str) -> str:
        """What is wrong with a class (a letter, up to four digits); empty if it is known."""
        found = _CLASS.fullmatch(industry)
        if found is None or not industry:
            return f"write a class of {self.edition} as a letter and up to four digits, such as C3011 or 3011"
        section, digits = found["section"], found["digits"]
        if section and section not in self.sections:
            return f"{self.edition} has no section {section}; sections are A to T"
        if not digits:
            return ""
        division = self.by_code.get(digits[:2])
        if len(digits) < 2 or division is None:
            return f"no division {digits[:2]!r} of {self.edition} in industries.yaml; it has {', '.join(self.by_code)}"
        if section and section != division.section:
            return f"division {division.code} ({division.zh}) is in section {division.section}, not {section}"
        return ""
