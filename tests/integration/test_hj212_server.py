"""The TCP server on a real socket: limits of connections, a database that is away, and an end without losses."""

import asyncio
from contextlib import asynccontextmanager
from datetime import date

import pytest
from hj212_support import MN, NOW, cp_of, daily_frames, make_intake, make_segment

from planwatch.contract.errors import StorageUnavailable
from planwatch.gateway.frame import framed
from planwatch.gateway.server import Gateway, Limits

DAY = daily_frames(date(2025, 1, 1), date(2025, 1, 1), ("w01018", "1", "N"))[0]


class FakeWriter:
    """Remembers what it wrote; is away as often as told."""

    def __init__(self, away=0):
        self.written, self.away = [], away

    def __call__(self, decision, now):
        if self.away:
            self.away -= 1
            raise StorageUnavailable("no database")
        self.written.append(decision)


class BrokenWriter:
    """Fails as no writer should."""

    def __call__(self, decision, now):
        raise ValueError("a fault of ours")


class FakeWatcher:
    """Remembers what it was told."""

    def __init__(self):
        self.reasons, self.outcomes, self.open, self.faults = [], [], 0, []

    def connected(self, count):
        self.open = count

    def closed(self, reason):
        self.reasons.append(reason)

    def decided(self, outcome):
        self.outcomes.append(outcome.value)

    def database(self, fault):
        self.faults.append(fault)


@asynccontextmanager
async def serving(writer=None, **limits):
    gateway = Gateway(make_intake(), writer or FakeWriter(), FakeWatcher(), lambda: NOW, Limits(**limits))
    port = await gateway.start("127.0.0.1", 0)
    try:
        yield gateway, port
    finally:
        await gateway.stop()


async def logger_of(port):
    return await asyncio.open_connection("127.0.0.1", port)


async def until(condition):
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


def run(test):
    """The test's coroutine in a loop of its own."""
    return asyncio.run(asyncio.wait_for(test(), 60))


@pytest.mark.parametrize(
    ("limits", "sent", "reason"),
    [
        pytest.param({"silence_seconds": 0.05}, b"", "silent", id="says nothing"),
        pytest.param({"silence_seconds": 0.05}, DAY, "silent", id="says nothing more"),
        pytest.param({"frame_seconds": 0.05}, DAY[:40], "slow", id="stops inside a frame"),
        pytest.param({"broken_in_a_row": 3}, b"##xxxx" * 3, "garbage", id="garbage"),
        pytest.param({"broken_in_a_row": 2, "max_segment": 256}, b"##0300##0301", "garbage", id="frames too long"),
    ],
)
def test_peer_that_breaks_a_limit_is_closed(limits, sent, reason):
    async def test():
        async with serving(**limits) as (gateway, port):
            reader, writer = await logger_of(port)
            writer.write(sent)
            await reader.read()  # ends when the gateway closes
            writer.close()
            await until(lambda: gateway.watcher.open == 0)
            assert gateway.watcher.reasons == [reason]

    run(test)


def test_slow_bytes_of_a_whole_frame_are_taken():
    async def test():
        async with serving() as (gateway, port):
            _, writer = await logger_of(port)
            for number in range(len(DAY)):
                writer.write(DAY[number : number + 1])
                await writer.drain()
            await until(lambda: gateway.watcher.outcomes)
            assert gateway.watcher.outcomes == ["stored"]
            writer.close()

    run(test)


def test_connection_over_the_limit_is_refused_and_one_that_ends_makes_room():
    async def test():
        async with serving(connections=1) as (gateway, port):
            first_reader, first = await logger_of(port)
            first.write(DAY)
            assert b"CN=9014" in await first_reader.readuntil(b"\r\n")
            second_reader, second = await logger_of(port)
            assert await second_reader.read() == b""
            assert gateway.watcher.reasons == ["full"]
            first.close()
            await until(lambda: gateway.watcher.open == 0)
            third_reader, third = await logger_of(port)
            third.write(DAY)
            assert b"CN=9014" in await third_reader.readuntil(b"\r\n")
            second.close()
            third.close()

    run(test)


def test_frame_is_answered_only_when_the_database_has_it():
    async def test():
        writer = FakeWriter(away=1)
        async with serving(writer) as (gateway, port):
            reader, connection = await logger_of(port)
            connection.write(DAY)
            assert b"CN=9014" in await reader.readuntil(b"\r\n")
            assert len(writer.written) == 1
            assert gateway.watcher.faults == ["no database", None]
            connection.close()

    run(test)


def test_fault_of_ours_ends_one_connection_and_not_the_server():
    async def test():
        async with serving(BrokenWriter()) as (gateway, port):
            reader, connection = await logger_of(port)
            connection.write(DAY)
            assert await reader.read() == b""
            assert gateway.watcher.reasons == ["error"] and gateway.watcher.outcomes == []
            again, other = await logger_of(port)
            other.write(framed(make_segment("", CN=2011, MN=MN)))
            assert b"CN=9014" in await again.readuntil(b"\r\n")
            connection.close()
            other.close()

    run(test)


def test_frames_already_received_are_written_and_answered_before_the_end():
    async def test():
        days = daily_frames(date(2025, 1, 1), date(2025, 1, 31), ("w01018", "1", "N"))
        writer = FakeWriter()
        async with serving(writer) as (gateway, port):
            reader, connection = await logger_of(port)
            connection.write(b"".join(days) + DAY[:50])
            await until(lambda: writer.written)
            await gateway.stop()
            answers = await reader.read()
            assert answers.count(b"CN=9014") == 31
            assert [one.outcome.value for one in writer.written] == ["stored"] * 31 + ["refused"]
            connection.close()

    run(test)


def test_split_message_may_come_over_two_connections():
    async def test():
        cps = cp_of(date(2025, 1, 1), ("w01018", "1", "N")), cp_of(date(2025, 1, 1), ("w21003", "2", "N"))
        writer = FakeWriter()
        async with serving(writer) as (_, port):
            for number, cp in enumerate(cps, 1):
                reader, connection = await logger_of(port)
                connection.write(framed(make_segment(cp, Flag=7, PNUM=2, PNO=number)))
                assert b"CN=9014" in await reader.readuntil(b"\r\n")
                connection.close()
        assert [one.outcome.value for one in writer.written] == ["part", "stored"]

    run(test)
