"""The law in force: files propose, approvals bring into force, faults change nothing."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from planwatch.contract.errors import InvalidDocument
from planwatch.contract.plan import Law
from planwatch.plans.loader import load_law
from planwatch.service.living_law import LivingLaw
from planwatch.service.watched import Watched
from planwatch.storage.law_store import Approval, InForce

START = datetime(2026, 1, 1, tzinfo=UTC)
FIRST = load_law()
SECOND = Law(plans=FIRST.plans[:2], rule_sets=FIRST.rule_sets, coal=FIRST.coal, catalogue=FIRST.catalogue)
THIRD = Law(plans=FIRST.plans[:1], rule_sets=FIRST.rule_sets, coal=FIRST.coal, catalogue=FIRST.catalogue)


@dataclass
class Register:
    laws: list[Law] = field(default_factory=list)
    approved: dict[str, list[str]] = field(default_factory=dict)

    def live_hash(self):
        return self.laws[-1].hash if self.laws else None

    def live(self):
        return self.laws[-1] if self.laws else None

    def approvals(self, law):
        return [Approval(name, "", START) for name in self.approved.get(law, [])]

    def make_live(self, law, now):
        self.laws.append(law)
        return InForce()


@dataclass
class Files:
    """Plan files: a law, or an error."""

    says: Law | InvalidDocument = FIRST
    edition: int = 1
    loads: int = 0

    def load(self):
        self.loads += 1
        if isinstance(self.says, InvalidDocument):
            raise self.says
        return self.says

    def write(self, says):
        self.says, self.edition = says, self.edition + 1


def living(register, files, **more):
    return LivingLaw(register, Watched(files.load, lambda: str(files.edition), 10), **more)


def at(seconds):
    return START + timedelta(seconds=seconds)


def test_first_law_is_live_at_once_and_files_are_read_once():
    register, files = Register(), Files()
    law = living(register, files, approvals=2)
    assert [law.current(at(second)).hash for second in (0, 5, 30)] == [FIRST.hash] * 3
    assert (files.loads, len(register.laws)) == (1, 1)


def test_changed_files_are_live_when_it_is_time_to_look():
    register, files = Register(), Files()
    law = living(register, files)
    law.current(at(0))
    files.write(SECOND)
    assert [law.current(at(second)).hash for second in (9, 10)] == [FIRST.hash, SECOND.hash]


def test_change_waits_until_enough_people_approved_it_even_over_a_restart():
    register, files = Register(), Files()
    law = living(register, files, approvals=2)
    law.current(at(0))
    files.write(SECOND)
    assert law.current(at(10)).hash == FIRST.hash
    register.approved[SECOND.hash] = ["王"]
    assert law.current(at(20)).hash == FIRST.hash
    restarted = living(register, files, approvals=2)
    assert restarted.current(at(30)).hash == FIRST.hash
    register.approved[SECOND.hash] = ["王", "李"]
    assert [one.current(at(40)).hash for one in (law, restarted)] == [SECOND.hash] * 2
    assert len(register.laws) == 2


def test_files_at_fault_are_counted_once_and_the_law_in_force_stays():
    register, files, failures = Register(), Files(), []
    law = living(register, files, failed=lambda: failures.append(1))
    law.current(at(0))
    files.write(InvalidDocument("tianjin.yaml", ((3, "unknown key"),)))
    assert [law.current(at(second)).hash for second in (10, 20)] == [FIRST.hash] * 2
    assert failures == [1]
    files.write(THIRD)
    assert law.current(at(30)).hash == THIRD.hash


def test_files_at_fault_are_an_error_where_no_law_is_in_force():
    with pytest.raises(InvalidDocument):
        living(Register(), Files(InvalidDocument("a.yaml", ((1, "no"),)))).current(at(0))


def test_law_of_another_process_is_taken_up_and_not_fought_over():
    register = Register()
    ours, theirs = living(register, Files(FIRST)), living(register, Files(SECOND))
    ours.current(at(0))
    theirs.current(at(1))
    assert [one.current(at(second)).hash for second in (20, 40) for one in (ours, theirs)] == [SECOND.hash] * 4
    assert [law.hash for law in register.laws] == [FIRST.hash, SECOND.hash]


def test_take_up_follows_at_once():
    register = Register()
    law = living(register, Files())
    law.current(at(0))
    register.laws.append(THIRD)
    law.take_up()
    assert law.current(at(1)).hash == THIRD.hash
