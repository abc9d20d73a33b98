"""The limit on the share of rejects: a fault of ours must stop ingest, not drain the topic into the reject topic."""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from planwatch.contract.errors import TooManyRejects
from planwatch.contract.rejected import RejectReason


@dataclass(frozen=True, slots=True)
class RejectLimit:
    """Stop at ``share`` (0 to 1) of rejects among the last ``window`` messages, once ``minimum`` were seen.

    A minimum above the window switches the limit off.
    """

    share: float = 0.5
    window: int = 1000
    minimum: int = 200

    def is_over(self, rejected: int, seen: int) -> bool:
        """Whether so many rejects of so many messages are too many."""
        return seen >= self.minimum and rejected >= self.share * seen


@dataclass
class RejectLimitState:
    """The last messages of one process, oldest first; None stands for an accepted one."""

    limit: RejectLimit
    _recent: deque[RejectReason | None] = field(default_factory=deque)
    _rejected: int = 0

    def note(self, reasons: Iterable[RejectReason | None]) -> None:
        """Count messages in order; raises TooManyRejects at the first one that brings the share over the limit."""
        for reason in reasons:
            self._recent.append(reason)
            self._rejected += reason is not None
            if len(self._recent) > self.limit.window:
                self._rejected -= self._recent.popleft() is not None
            if reason is not None and self.limit.is_over(self._rejected, len(self._recent)):
                raise TooManyRejects(self._advice())

    def _advice(self) -> str:
        reasons = Counter(reason for reason in self._recent if reason is not None)
        named = ", ".join(f"{count} {reason.value}" for reason, count in reasons.most_common())
        return (
            f"{self._rejected} of the last {len(self._recent)} messages were or would be rejected ({named}): the fault"
            " is likely ours or one sender's, so the newest of them were not stored. Look at `planwatch rejects list`;"
            " if the catalogue or this version is wrong, mend it and start again; if the messages are really"
            f" wrong, run once with PLANWATCH_INGEST__REJECT_MINIMUM={self.limit.window + 1} (the limit is then off)"
            " and later `planwatch rejects redrive` what can be taken after all"
        )
