"""`make fuzz`: a million messages through decode, some thousands through ingest into a real database.

usage: python tests/fuzz/run.py [--messages N] [--seconds N] [--stored N] [--seed N] [--database-dsn DSN]
"""

import argparse
import os
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fuzz.mutate import Fuzzer
from fuzz.outcome import fate_of, judged, table_of
from fuzz.stored import store_all

from planwatch.ingest.decode import Decoder
from planwatch.ingest.topics import Topics
from planwatch.plans.loader import load_catalogue
from planwatch.storage.database import Database

TOPICS = Topics.named("fuzz.")
SEED = 20_250_101


def decode_all(count: int, seconds: float, seed: int) -> Counter[str]:
    """Decode so many messages, or as many as the time allows; a message that fails is printed with its seed."""
    catalogue = load_catalogue()
    decoder, fates = Decoder(TOPICS, catalogue, "fuzz"), Counter[str]()
    began = time.monotonic()
    for number, message in enumerate(Fuzzer(seed, TOPICS, catalogue).messages(count), 1):
        try:
            fates[fate_of(judged(decoder, message))] += 1
        except BaseException:
            say(f"seed {seed}, message {number}: {message!r}")
            raise
        if number % 10_000 == 0 and time.monotonic() - began > seconds:
            say(f"the time is over after {number:,} of {count:,} messages")
            break
    took = time.monotonic() - began
    say(f"decode: seed {seed}, {fates.total():,} messages in {took:.0f} s, {fates.total() / took:,.0f}/s")
    say(table_of(fates))
    return fates


def store_some(count: int, seed: int, dsn: str) -> Counter[str]:
    """Store so many messages in a fresh database."""
    catalogue = load_catalogue()
    began = time.monotonic()
    with Database(dsn, max_size=2) as database:
        messages = Fuzzer(seed, TOPICS, catalogue).messages(count)
        fates = store_all(database, Decoder(TOPICS, catalogue, "fuzz"), TOPICS, messages)
    took = time.monotonic() - began
    say(f"ingest: seed {seed}, {fates.total():,} messages in {took:.0f} s, {fates.total() / took:,.0f}/s; none lost")
    say(table_of(fates))
    return fates


def say(text: str) -> None:
    """One line for people."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=900)
    parser.add_argument("--stored", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--database-dsn", default=os.environ.get("PLANWATCH_DATABASE__DSN"))
    words = parser.parse_args()
    decode_all(words.messages, words.seconds, words.seed)
    if words.database_dsn and words.stored:
        store_some(words.stored, words.seed + 1, words.database_dsn)


if __name__ == "__main__":
    main()
