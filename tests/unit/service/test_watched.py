"""Files that change under a running process: news is told once, faults change nothing, are logged once and counted."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from planwatch.contract.errors import InvalidDocument
from planwatch.service.watched import Watched

START = datetime(2026, 1, 1, tzinfo=UTC)
FAULT = InvalidDocument("tokens.toml", ((3, "is wrong"),))


class File:
    """Says a text, or is at fault; counts how often it was read."""

    def __init__(self, says):
        self.says, self.edition, self.reads = says, 1, 0

    def write(self, says):
        self.says, self.edition = says, self.edition + 1

    def load(self):
        self.reads += 1
        if isinstance(self.says, InvalidDocument):
            raise self.says
        return self.says

    def watched(self):
        return Watched(self.load, lambda: str(self.edition), 5)


def at(seconds):
    return START + timedelta(seconds=seconds)


def never():
    raise AssertionError("nothing has failed")


def test_news_is_told_once_and_not_before_it_is_time_to_look():
    file = File("a")
    watched = file.watched()
    assert watched.first(at(0)) == "a"
    file.write("b")
    assert [watched.news(at(second), never) for second in (4, 5, 10)] == [None, "b", None]
    assert file.reads == 2


def test_file_at_fault_is_logged_once_and_counted_once(caplog):
    file, failures = File("a"), []
    watched = file.watched()
    watched.first(at(0))
    file.write(FAULT)
    with caplog.at_level(logging.ERROR):
        assert [watched.news(at(second), lambda: failures.append(1)) for second in (5, 10, 15)] == [None] * 3
    assert (len(failures), file.reads) == (1, 2)
    assert [record.error for record in caplog.records] == [str(FAULT)]
    file.write("c")
    assert watched.news(at(20), never) == "c"


@pytest.mark.parametrize("fingerprint", ["", "1"], ids=["no file", "a faulty file"])
def test_start_with_a_file_at_fault_is_an_error(fingerprint):
    file = File(FAULT)
    with pytest.raises(InvalidDocument):
        Watched(file.load, lambda: fingerprint, 5).first(at(0))
