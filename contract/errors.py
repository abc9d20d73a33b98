"""Every error planwatch raises on purpose.

PlanwatchError
├── InvalidMessage      a message that breaks the contract; carries every fault found
├── InvalidDocument     a YAML or table file that cannot be used; file, line, what was allowed
├── SettingsError       a setting is missing or wrong; says which variable to set
├── StorageError
│   ├── StorageUnavailable   the database cannot serve now: pause and retry, reject nothing
│   ├── StorageRefused       the database refuses this very content: bisect, reject the offender
│   └── Fenced               another consumer owns the partition: drop the batch, claim again
├── LawChanged          another law came into force: take it up, judge again
├── TooManyRejects      the share of rejects says the fault is ours: stop rather than drain the topic
└── DeliveryFailed      a channel did not take a notification; says whether a retry can help
"""

from dataclasses import dataclass, field


class PlanwatchError(Exception):
    """planwatch could not do what was asked."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a message: where (path, e.g. readings.3.unit), what, and what was given.

    ``zh`` says in Chinese what ``message`` says in English; it is empty where nobody has said it.
    """

    path: str
    message: str
    given: str = ""
    zh: str = field(default="", compare=False)

    @property
    def in_both(self) -> str:
        """What is wrong and where, in English and, where it is said, in Chinese."""
        return f"{self} — {self.zh}" if self.zh else str(self)

    def said(self, language: str) -> str:
        """What is wrong, in Chinese where that is asked for and said."""
        return self.zh if language == "zh" and self.zh else self.message

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" + (f" (given: {self.given})" if self.given else "")


class InvalidMessage(PlanwatchError):
    """A message breaks the contract."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("; ".join(map(str, faults)))


class InvalidDocument(PlanwatchError):
    """A file of plans, mappings or figures cannot be used.

    ``faults`` are (line or None, message); the text names file and line for each.
    """

    def __init__(self, file: str, faults: tuple[tuple[int | None, str], ...]) -> None:
        self.file, self.faults = file, faults
        super().__init__("\n".join(f"{file}:{line or '?'}: {message}" for line, message in faults))


class SettingsError(PlanwatchError):
    """A setting is missing or wrong."""


class StorageError(PlanwatchError):
    """The database did not do what was asked."""


class StorageUnavailable(StorageError):
    """The database cannot serve now; nothing is wrong with the content."""


class StorageRefused(StorageError):
    """The database refuses this content."""


class Fenced(StorageError):
    """Another consumer has taken the partition over."""


class LawChanged(PlanwatchError):
    """Another law came into force than the one somebody was about to judge by."""


class TooManyRejects(PlanwatchError):
    """The share of rejected messages is over the limit."""


class DeliveryFailed(PlanwatchError):
    """A channel did not take the notification.

    ``retry`` is False where the receiver said that the very message is wrong.
    """

    def __init__(self, message: str, *, retry: bool) -> None:
        self.retry = retry
        super().__init__(message)
