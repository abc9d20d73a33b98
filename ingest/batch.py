"""What one poll brought, decoded, as it is stored: whole in one transaction, or split where the database refuses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from planwatch.contract.rejected import Rejected, RejectReason
from planwatch.ingest.decode import Accepted, Outcome, ReadingRow, Record, Refused
from planwatch.ingest.message import Partition


class Advance(NamedTuple):
    """How far a batch moves one partition: claimed with ``epoch``, from its ``first`` offset to ``after`` its last."""

    epoch: int
    first: int
    after: int


@dataclass(frozen=True, slots=True)
class Claim:
    """The partitions this member may advance, each with the epoch of its claim."""

    owner: str
    epochs: Mapping[Partition, int]


@dataclass(frozen=True)
class Batch:
    """Outcomes in the order of their partitions, under one claim. ``started`` is monotonic seconds at the poll."""

    claim: Claim
    outcomes: tuple[Outcome, ...]
    started: float = 0.0

    def __len__(self) -> int:
        return len(self.outcomes)

    def __add__(self, other: "Batch") -> "Batch":
        return Batch(self.claim, self.outcomes + other.outcomes, self.started)

    @property
    def advances(self) -> dict[Partition, Advance]:
        """The first and the next offset of each partition it touches."""
        found: dict[Partition, Advance] = {}
        for outcome in self.outcomes:
            source, offset = outcome.message.source, outcome.message.offset
            first = found[source].first if source in found else offset
            found[source] = Advance(self.claim.epochs[source], first, offset + 1)
        return found

    @property
    def readings(self) -> list[ReadingRow]:
        """The readings of all accepted reports."""
        return [row for outcome in self.outcomes if isinstance(outcome, Accepted) for row in outcome.readings]

    @property
    def records(self) -> list[Record]:
        """The registry records, in order."""
        found = (outcome.record for outcome in self.outcomes if isinstance(outcome, Accepted))
        return [record for record in found if record is not None]

    @property
    def rejects(self) -> list[Rejected]:
        """The rejects, in order."""
        return [outcome.rejected for outcome in self.outcomes if isinstance(outcome, Refused)]

    @property
    def reasons(self) -> list[RejectReason | None]:
        """Of each message why it is rejected, None where it is accepted."""
        return [outcome.rejected.reason if isinstance(outcome, Refused) else None for outcome in self.outcomes]

    @property
    def refused_late(self) -> list[RejectReason]:
        """One entry for each message that was accepted by us and then refused by the database."""
        return [one.reason for one in self.rejects if one.reason is RejectReason.REFUSED_BY_DATABASE]

    @property
    def reports(self) -> int:
        """How many reports were accepted."""
        return sum(1 for outcome in self.outcomes if isinstance(outcome, Accepted) and outcome.readings)

    @property
    def newest(self) -> datetime:
        """When its newest message was produced."""
        return max(outcome.message.timestamp for outcome in self.outcomes)

    def halves(self) -> tuple["Batch", "Batch"]:
        """Two batches that give this one when stored one after the other."""
        middle = len(self.outcomes) // 2
        return (
            Batch(self.claim, self.outcomes[:middle], self.started),
            Batch(self.claim, self.outcomes[middle:], self.started),
        )

    def replaced(self, outcome: Outcome) -> "Batch":
        """A batch of one message with another outcome."""
        return Batch(self.claim, (outcome,), self.started)
