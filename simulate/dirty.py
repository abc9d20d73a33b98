"""Messages with something wrong with them, one kind each, with what has to become of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random

from planwatch.contract.rejected import RejectReason

UNIT = "SIM-DIRTY"
"""The unit they are about: no story has it, so nothing told changes."""


@dataclass(frozen=True, slots=True)
class DirtyMessage:
    """A message, its kind of dirt, and the reason it must be rejected with; None where it must be accepted."""

    kind: str
    key: bytes
    value: bytes
    reason: RejectReason | None


_KEY = f"unit:{UNIT}".encode()
_COAL = '{"indicator":"energy.raw_coal","value":"%d.5","unit":"t"}'


def _report(
    name: str,
    readings: str,
    *,
    period: str = '"2024-03"',
    revision: int = 0,
    at: str = "2024-04-15T09:00:00+08:00",
    more: str = "",
) -> bytes:
    return (
        f'{{"schema":"planwatch.report/1","report_id":"{name}","subject":{{"kind":"unit","id":"{UNIT}"}},'
        f'"period":{period},"revision":{revision},"submitted_at":"{at}","source":"manual",{more}'
        f'"readings":[{readings}]}}'
    ).encode()


def _one_of_each(turn: int, amount: int) -> Iterator[DirtyMessage]:
    contract = RejectReason.BREAKS_CONTRACT
    coal, name = _COAL % amount, f"{UNIT}-{turn}"

    def made(kind: str, reason: RejectReason | None, value: bytes, key: bytes = _KEY) -> DirtyMessage:
        return DirtyMessage(kind, key, value, reason)

    good = _report(f"{name}-good", coal)
    yield made("broken_json", RejectReason.NOT_JSON, good[:-20])
    yield made("not_utf8", RejectReason.NOT_JSON, good.replace(b'"t"', '"吨"'.encode("gbk")))
    yield made("empty", RejectReason.NOT_JSON, b"")
    yield made(
        "unknown_indicator",
        RejectReason.UNKNOWN_INDICATOR,
        _report(f"{name}-indicator", '{"indicator":"energy.unobtainium","value":"1","unit":"t"}'),
    )
    yield made("wrong_unit", RejectReason.UNFIT_UNIT, _report(f"{name}-unit", coal.replace('"t"', '"kWh"')))
    yield made("number_not_text", contract, _report(f"{name}-float", coal.replace(f'"{amount}.5"', f"{amount}.5")))
    yield made("thousands_separator", contract, _report(f"{name}-comma", coal.replace(f'"{amount}.5"', '"1,234.5"')))
    yield made("month_13", contract, _report(f"{name}-month", coal, period='"2024-13"'))
    yield made("no_time_zone", contract, _report(f"{name}-zone", coal, at="2024-04-15T09:00:00"))
    yield made("unknown_field", contract, _report(f"{name}-field", coal, more='"comment":"see attachment",'))
    yield made("stated_twice", contract, _report(f"{name}-twice", f"{coal},{coal}"))
    yield made("wrong_key", RejectReason.WRONG_KEY, _report(f"{name}-key", coal), b"unit:SOMEBODY-ELSE")
    yield from _accepted(name, coal, amount)


def _accepted(name: str, coal: str, amount: int) -> Iterator[DirtyMessage]:
    """Untidy, but to be taken: a report sent twice, a revision before the one it follows, a figure to be held."""
    first = _report(f"{name}-first", coal)
    third = _report(f"{name}-third", _COAL % (amount + 2), revision=2, at="2024-06-15T09:00:00+08:00")
    second = _report(f"{name}-second", _COAL % (amount + 1), revision=1, at="2024-05-15T09:00:00+08:00")
    held = _report(f"{name}-held", coal.replace('"value":"', '"value":"-'), period='"2024-04"')
    for kind, value in (
        ("first_statement", first),
        ("duplicate", first),
        ("revision_2_early", third),
        ("revision_1_late", second),
        ("negative_figure", held),
    ):
        yield DirtyMessage(kind, _KEY, value, None)


def messages(seed: int) -> Iterator[DirtyMessage]:
    """Every kind once, in a fixed order, again and again without end; figures and ids differ from turn to turn."""
    random = Random(f"{seed}/dirty")
    turn = 0
    while True:
        yield from _one_of_each(turn, random.randint(100, 900))
        turn += 1


KINDS = tuple(dirty.kind for dirty in _one_of_each(0, 100))
"""The kinds, in the order in which they come."""


def one_of_each(seed: int) -> list[DirtyMessage]:
    """Every kind exactly once."""
    return list(islice(messages(seed), len(KINDS)))


def mixed(clean: Iterator[tuple[bytes, bytes]], seed: int, share: tuple[int, int]) -> Iterator[tuple[bytes, bytes]]:
    """Clean messages with dirty ones strewn in, ``share`` (dirty ones, of all) of them and every kind at least once."""
    dirty, of = share
    source, owed, sent = messages(seed), 0, 0
    for message in clean:
        yield message
        owed += dirty
        while owed >= of - dirty > 0:
            owed -= of - dirty
            sent += 1
            one = next(source)
            yield one.key, one.value
    for one in islice(source, max(0, len(KINDS) - sent)):
        yield one.key, one.value
