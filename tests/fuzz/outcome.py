"""What must hold of every message, whatever it is: it is accepted, or rejected with reasons and kept as it came."""

from collections import Counter
from datetime import UTC, datetime

from planwatch.contract.rejected import Rejected
from planwatch.ingest.decode import Accepted, Decoder, Outcome, Refused
from planwatch.ingest.message import RawMessage

NOW = datetime(2025, 5, 6, 7, 8, 9, tzinfo=UTC)


def judged(decoder: Decoder, message: RawMessage) -> Outcome:
    """The outcome of a message; AssertionError where it is neither accepted nor properly rejected."""
    outcome = decoder.decode(message, NOW)
    assert outcome.message is message
    if isinstance(outcome, Accepted):
        assert outcome.readings or outcome.record is not None, message
        return outcome
    assert isinstance(outcome, Refused)
    rejected = outcome.rejected
    assert rejected.faults, message
    assert all(fault.message for fault in rejected.faults), message
    assert (rejected.topic, rejected.partition, rejected.offset) == (message.topic, message.partition, message.offset)
    back = Rejected.model_validate_json(rejected.model_dump_json())
    assert (back.raw_key, back.raw_value) == (message.key, message.value), message
    return outcome


def fate_of(outcome: Outcome) -> str:
    """The outcome in one word, for counting."""
    if isinstance(outcome, Refused):
        return f"rejected {outcome.rejected.reason.value}"
    return "accepted report" if outcome.record is None else "accepted record"


def table_of(fates: Counter[str]) -> str:
    """Counts by outcome, as lines of text."""
    total = fates.total()
    return "\n".join(f"  {fate:<32}{count:>12,}  {count / total:7.2%}" for fate, count in sorted(fates.items()))
