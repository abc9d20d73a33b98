"""A few thousand of the fuzzed messages of `make fuzz`: each is accepted, or rejected with reasons and kept whole."""

from collections import Counter

import pytest
from fuzz.mutate import Fuzzer
from fuzz.outcome import fate_of, judged
from ingest_support import CATALOGUE, TOPICS, make_decoder

from planwatch.contract.rejected import RejectReason


@pytest.mark.parametrize("seed", [1, 2])
def test_every_fuzzed_message_is_accepted_or_rejected_with_reasons(seed):
    decoder = make_decoder()
    fates = Counter(fate_of(judged(decoder, message)) for message in Fuzzer(seed, TOPICS, CATALOGUE).messages(2000))
    assert fates.total() == 2000
    seen = {fate.removeprefix("rejected ") for fate in fates}
    # A mutator that makes nothing but garbage, or nothing wrong at all, would prove nothing.
    assert seen >= set(RejectReason) - {"refused_by_database", "unknown_indicator", "unfit_unit"}
    assert fates["accepted report"] > 200
    assert fates["accepted record"] > 50


def test_same_seed_gives_the_same_messages():
    first, second = (list(Fuzzer(7, TOPICS, CATALOGUE).messages(200)) for _ in range(2))
    assert first == second != list(Fuzzer(8, TOPICS, CATALOGUE).messages(200))
