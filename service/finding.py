"""What `planwatch doctor` found about one thing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is right, what was seen, and how to mend it."""

    name: str
    right: bool
    seen: str
    mend: str = ""
