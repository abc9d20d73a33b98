"""Messages made wrong on purpose: valid ones mutated in their bytes, their JSON, their keys and headers. Seeded."""

import json
import random
from collections.abc import Iterator
from copy import deepcopy

from planwatch.contract.catalogue import Catalogue
from planwatch.ingest.message import ATTEMPT_HEADER, RawMessage
from planwatch.ingest.topics import Topics

ODD_VALUES = (
    None, True, False, 0, -1, 7, 1.5, 1e308, -0.0, 2**63, 10**40, "", " ", "\x00", "a\x00b", "\ud800", "\U0001f600", "0",
    "-0", "+1", "1.", ".5", "1e5", "NaN", "Infinity", "１２３", "一百", "1,234", "(5)", "12%", "9" * 18, "9" * 19, "0." + "9" * 9,
    "0." + "9" * 10, "x" * 70, "x" * 600, "2025", "2025-13", "0000-01", "9999-12", "2025-Q5", "2025-02-30", "null", [], [[]],
    {}, {"": None}, [None], ["a", 1], "unit", "region", "2025-01-01T00:00:00", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00", "2025-01-01T00:00:00Z", 1735689600, "planwatch.report/1", "planwatch.report/2", 32767,
    32768, -32768, "held", "final", "meter", "2024-02-29", "2023-02-29", "9999-12-31", "0001-01-01",
)  # fmt: skip
WORDS = (
    "schema",
    "report_id",
    "subject",
    "kind",
    "id",
    "period",
    "readings",
    "value",
    "unit",
    "flag",
    "note",
    "名称",
    "",
)
GARBAGE = (
    b"", b"{", b"}", b"null", b"[]", b"{}", b"0", b'"', b"[" * 5000, b'{"a":' * 3000, b"\xef\xbb\xbf{}", b"\xff\xfe{\x00}\x00",
    b"{'a':1}", b"NaN", b"\x00", b"\x1f\x8b\x08", b"PK\x03\x04", b"\x00\x00\x00\x00\x01", b"<xml/>", "你好".encode("gbk"),
)  # fmt: skip
KINDS = {"unit": ("U1", "91500000MA5U00000X"), "region": ("500000", "500101"), "project": ("P-1", "JP-2024-001")}


class Fuzzer:
    """A stream of messages that is the same for the same seed."""

    def __init__(self, seed: int, topics: Topics, catalogue: Catalogue) -> None:
        self._chance, self._topics = random.Random(seed), topics
        self._stated = {
            kind: [(one.id, unit) for one in catalogue.indicators if kind in one.reported_by
                   for unit in catalogue.allowed_units(one.id)]
            for kind in KINDS
        }  # fmt: skip

    def messages(self, count: int) -> Iterator[RawMessage]:
        """So many messages, offsets rising within each topic."""
        offsets = {self._topics.reports: 0, self._topics.registry: 0}
        for _ in range(count):
            topic = self._topics.registry if self._chance.random() < 0.2 else self._topics.reports
            yield self._message(topic, offsets[topic])
            offsets[topic] += 1

    def _message(self, topic: str, offset: int) -> RawMessage:
        chance = self._chance
        body = self._record() if topic == self._topics.registry else self._report()
        key: bytes | None = self._key(body)
        for _ in range(chance.choice((0, 0, 1, 1, 1, 2, 4))):
            self._twist(body)
        value: bytes | None = json.dumps(body, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
        fate = chance.random()
        if fate < 0.15:
            value = self._damaged(value)
        elif fate < 0.20:
            value = chance.choice((None, chance.randbytes(chance.randrange(200)), *GARBAGE))
        if chance.random() < 0.08:
            key = chance.choice((None, b"", b"unit:", b"\xff\x00", chance.randbytes(20), b"unit:U1"))
        headers = self._headers() if chance.random() < 0.1 else ()
        time = chance.choice((0, 1_735_689_600_000, -1, 2**62, -(2**62)))
        return RawMessage(topic, 0, offset, key, value, headers, time)

    @staticmethod
    def _key(body: dict) -> bytes:
        subject = body.get("subject") or body
        return f"{subject['kind']}:{subject['id']}".encode()

    def _report(self) -> dict:
        chance = self._chance
        kind = chance.choice(tuple(KINDS))
        stated = dict(chance.sample(self._stated[kind], min(chance.choice((1, 1, 2, 5)), len(self._stated[kind]))))
        readings = []
        for indicator, unit in stated.items():
            value = f"{chance.randrange(-(10**4), 10 ** chance.randrange(1, 18))}"
            if chance.random() < 0.5:
                value += f".{chance.randrange(10**9):09d}"
            one = {"indicator": indicator, "value": value, "unit": unit}
            if chance.random() < 0.2:
                one |= {"flag": chance.choice(("held", "estimated", "suspect")), "note": "n" * chance.randrange(500)}
            readings.append(one)
        period = f"20{chance.randrange(10, 35)}" + chance.choice(("", "-Q2", "-H1", "-03", "-12", "-01"))
        return {
            "schema": "planwatch.report/1", "report_id": f"r{chance.randrange(10**6)}",
            "subject": {"kind": kind, "id": chance.choice(KINDS[kind])}, "period": period,
            "cumulative": chance.random() < 0.5, "revision": chance.randrange(4),
            "submitted_at": "2025-04-10T08:00:00+08:00", "source": "manual", "readings": readings,
        }  # fmt: skip

    def _record(self) -> dict:
        chance = self._chance
        usual = {"id": f"X{chance.randrange(30)}", "name": "示例", "valid_from": f"20{chance.randrange(10, 30)}-01-01",
                 "revision": chance.randrange(3)}  # fmt: skip
        own = chance.choice((
            {"kind": "region", "parent": "500000"},
            {"kind": "unit", "region": "500101", "two_high": True, "traits": {"institution": "hospital"}},
            {"kind": "two_high_project", "region": "500101", "reviewed_tce": "1000.5", "stage": "existing",
             "disposal": {"opinion": "整改", "deadline": "2025-01-01"}},
            {"kind": "reduction_project", "region": "500101", "pollutants": ["cod"], "base_discharge": {"cod": "1.5"}},
        ))  # fmt: skip
        return own | usual

    def _twist(self, body: object) -> None:
        """Change one place somewhere in the JSON."""
        chance, here = self._chance, body
        while True:
            keys = list(here) if isinstance(here, dict) else list(range(len(here)))
            if not keys:
                return
            key = chance.choice(keys)
            if isinstance(here[key], dict | list) and chance.random() < 0.7:
                here = here[key]
                continue
            break
        match chance.randrange(5):
            case 0 if isinstance(here, dict):
                del here[key]
            case 1 if isinstance(here, dict):
                here[chance.choice(WORDS)] = deepcopy(chance.choice(ODD_VALUES))
            case 2 if isinstance(here, list):
                here.append(deepcopy(here[key]))
            case 3 if isinstance(here[key], str) and here[key]:
                at = chance.randrange(len(here[key]))
                here[key] = here[key][:at] + chance.choice("\x00é中 :'\"\\\ud83d.-9Z") + here[key][at + 1 :]
            case _:
                here[key] = deepcopy(chance.choice(ODD_VALUES))

    def _damaged(self, value: bytes) -> bytes:
        chance = self._chance
        at = chance.randrange(len(value))
        match chance.randrange(7):
            case 0:
                return value[:at]
            case 1:
                return value[:at] + bytes([value[at] ^ (1 << chance.randrange(8))]) + value[at + 1 :]
            case 2:
                return value[:at] + chance.randbytes(chance.randrange(1, 8)) + value[at:]
            case 3:
                return value + value
            case 4:
                return value.decode("utf-8", "replace").encode("utf-16")
            case 5:
                return b"\xef\xbb\xbf" + value
            case _:
                return value.replace(b'"readings"', b'"readings":[],"readings"', 1)

    def _headers(self) -> tuple[tuple[str, bytes | None], ...]:
        chance = self._chance
        odd = (b"1", b"4", b"99999", b"-1", b"x", b"", None, b"\xff", "５".encode())
        return ((ATTEMPT_HEADER, chance.choice(odd)), ("\x00头", chance.choice(odd)))
