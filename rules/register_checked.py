"""What a check of a register entry comes to: what was found, what is not known, and how one sees it."""

from dataclasses import dataclass

from planwatch.contract.figures import Used


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of one check, in Chinese, before it becomes a finding.

    ``found`` has one sentence per thing found, with dates and numbers. ``unknown`` names fields that are not filled
    in, ``missing`` says which figures are; either keeps a check that found nothing from being green. ``looked`` says
    what was looked at and in order, ``closes`` what has to be done about what was found.
    """

    found: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    looked: str = ""
    closes: str = ""
    used: tuple[Used, ...] = ()
    edition: str = ""

    @property
    def open_questions(self) -> str:
        """Why nothing can be said for sure; empty where everything that bears on the check is known."""
        blank = (f"台账未填 {'、'.join(self.unknown)}",) if self.unknown else ()
        return ";".join((*blank, *self.missing))
