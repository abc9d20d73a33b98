"""Reports against what is stored: which figures are new, changed or known, and what a correction has to send."""

from collections.abc import Callable, Collection, Generator, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice

from planwatch.contract.catalogue import Catalogue
from planwatch.contract.errors import Fault, InvalidMessage, StorageUnavailable
from planwatch.contract.registry import RegistryRecord
from planwatch.contract.report import Flag, Reading, Report

AT_ONCE = 500
"""Reports looked up together."""
LAST_REVISION = 32767
Spot = tuple[str, str, date, int]
"""Of which figure: subject, indicator, first day, months."""
Standing = tuple[int, Decimal, str | None]
"""What stands of it: revision, amount in the canonical unit, mark."""
LookUp = Callable[[Collection[Spot]], Mapping[Spot, Standing]]
Message = Report | RegistryRecord


@dataclass(slots=True)
class Compared:
    """Figures counted against what is stored; ``contested`` are those changed without a higher revision.

    ``reports`` counts what was let through, ``given_up`` says that the database did not answer to the end.
    """

    new: int = 0
    changed: int = 0
    known: int = 0
    contested: int = 0
    reports: int = 0
    given_up: bool = False


@dataclass(frozen=True)
class Comparing:
    """Compares what is loaded with what is stored. With ``correct``, what differs is restated as a correction."""

    look_up: LookUp
    catalogue: Catalogue
    correct: bool

    def against(self, messages: Generator[Message, None, None], compared: Compared) -> Generator[Message, None, None]:
        """The messages to be sent: as they are, or with ``correct`` only what differs, at the next revision.

        Without ``correct`` a database that fails ends the comparison, not the load; with it StorageUnavailable is
        raised.
        """
        with closing(messages):
            while chunk := list(islice(messages, AT_ONCE)):
                reports = [one for one in chunk if isinstance(one, Report)]
                standing = self._standing(reports, compared)
                for message in chunk:
                    kept = self._kept(message, standing, compared) if isinstance(message, Report) else message
                    if kept is not None:
                        compared.reports += isinstance(kept, Report)
                        yield kept

    def _standing(self, reports: Iterable[Report], compared: Compared) -> Mapping[Spot, Standing] | None:
        if compared.given_up:
            return None
        try:
            return self.look_up([_spot(report, one) for report in reports for one in report.readings])
        except StorageUnavailable:
            if self.correct:
                raise
            compared.given_up = True
            return None

    def _kept(self, report: Report, found: Mapping[Spot, Standing] | None, compared: Compared) -> Report | None:
        if found is None:
            return report
        kept: list[Reading] = []
        revision = report.revision
        for one in report.readings:
            stands = found.get(_spot(report, one))
            if stands is None:
                compared.new += 1
            elif stands[1:] == (self.catalogue.amount(one), self._flag(one)):
                compared.known += 1
                continue
            else:
                compared.changed += 1
                compared.contested += report.revision <= stands[0]
                revision = max(revision, stands[0] + 1)
            kept.append(one)
        if not self.correct:
            return report
        return _restated(report, kept, revision) if kept else None

    def _flag(self, reading: Reading) -> str | None:
        """The mark a reading is stored with."""
        if reading.value < 0 and self.catalogue.why_held(reading):
            return Flag.HELD.value
        return reading.flag.value if reading.flag else None


def _spot(report: Report, reading: Reading) -> Spot:
    span = report.span
    return str(report.subject), reading.indicator, span.start, span.months


def _restated(report: Report, readings: list[Reading], revision: int) -> Report:
    if revision > LAST_REVISION:
        why = Fault("revision", f"{report.report_id}: no revision above {LAST_REVISION} is left for a correction")
        raise InvalidMessage((why,))
    return report.model_copy(update={"readings": tuple(readings), "revision": revision})
