"""The mapping of the gateway while it runs: written first, gone by then; a faulty file and a lost database change nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hj212_support import FACTORS, MN, make_station

from planwatch.contract.errors import InvalidDocument, StorageUnavailable
from planwatch.service.hj212_mapping import LivingMapping, mapping_files
from planwatch.service.settings import Hj212Settings

START = datetime(2026, 1, 1, tzinfo=UTC)


class Store:
    """Adopts mappings, unless it is away."""

    def __init__(self):
        self.adopted, self.away = [], False

    def adopt(self, mapping, now):
        if self.away:
            raise StorageUnavailable("no database")
        self.adopted.append([one.mn for one in mapping.stations])
        return len(mapping.stations)


class Failures:
    def __init__(self):
        self.count = 0

    def __call__(self):
        self.count += 1


@pytest.fixture
def file(tmp_path):
    found = tmp_path / "stations.yaml"
    write(found, MN)
    return found


def write(file: Path, *mns: str):
    points = [make_station(mn=mn).model_dump(mode="json", exclude_none=True) for mn in mns]
    file.write_text(yaml.safe_dump({"stations": points}), "utf-8")


def living(file, store, failed):
    settings = Hj212Settings(stations=file, reload_seconds=5)
    return LivingMapping(mapping_files(settings, FACTORS), store.adopt, START, failed=failed)


def at(seconds):
    return START + timedelta(seconds=seconds)


def known(mapping):
    return [one.mn for one in mapping.current.stations]


def test_changed_file_is_adopted_and_then_gone_by(file):
    store, failures = Store(), Failures()
    mapping = living(file, store, failures)
    assert mapping.refresh(at(0)), "the first mapping is adopted too"
    write(file, MN, "NEW")
    assert [mapping.refresh(at(second)) for second in (4, 5, 10)] == [False, True, False]
    assert (known(mapping), store.adopted) == ([MN, "NEW"], [[MN], [MN, "NEW"]])
    assert failures.count == 0


@pytest.mark.parametrize(
    "text",
    [
        "stations: [",
        "stations: []",
        "stations:\n- {mn: A, unit: B, st: 32, factors: [w01018]}\n- {mn: A, unit: C, st: 32, factors: [w01018]}\n",
        "stations:\n- {mn: A, unit: B, st: 32, factors: [a21002]}\n",
        None,
    ],
    ids=["no YAML", "empty", "a point twice", "unknown factor", "gone"],
)
def test_file_at_fault_changes_nothing_and_is_counted_once(file, text):
    store, failures = Store(), Failures()
    mapping = living(file, store, failures)
    mapping.refresh(at(0))
    file.unlink() if text is None else file.write_text(text, "utf-8")
    assert [mapping.refresh(at(second)) for second in (5, 10, 15)] == [False] * 3
    assert (known(mapping), store.adopted, failures.count) == ([MN], [[MN]], 1)
    write(file, "MENDED")
    assert mapping.refresh(at(20)) and known(mapping) == ["MENDED"]


def test_change_waits_for_the_database(file):
    store = Store()
    mapping = living(file, store, Failures())
    mapping.refresh(at(0))
    write(file, "NEW")
    store.away = True
    for second in (5, 6):
        with pytest.raises(StorageUnavailable):
            mapping.refresh(at(second))
        assert known(mapping) == [MN], "what is not written is not gone by"
    store.away = False
    assert mapping.refresh(at(7)) and known(mapping) == ["NEW"]


def test_gateway_does_not_start_with_a_faulty_file(file):
    file.write_text("stations: []", "utf-8")
    with pytest.raises(InvalidDocument):
        living(file, Store(), Failures())
