"""Which monitoring points have fallen silent: only those in service for two days, by any of their factors."""

from datetime import date

import pytest
from hj212_support import FACTORS, GAS_MN, MN, make_station

from planwatch.contract.hj212 import StationFile
from planwatch.gateway.silence import in_service, listened_for, silent

TODAY = date(2025, 3, 10)


@pytest.mark.parametrize(
    ("service", "waited_for"),
    [
        pytest.param({}, True, id="always in service"),
        pytest.param({"since": date(2025, 3, 8)}, True, id="since the day before yesterday"),
        pytest.param({"since": date(2025, 3, 9)}, False, id="since yesterday"),
        pytest.param({"until": date(2025, 3, 9)}, True, id="until yesterday"),
        pytest.param({"until": date(2025, 3, 8)}, False, id="ended before yesterday"),
    ],
)
def test_point_is_waited_for_while_it_had_to_state_both_days(service, waited_for):
    station = make_station(**service)
    assert in_service(StationFile(stations=(station,)), TODAY) == ((station,) if waited_for else ())


def test_codes_of_2005_are_listened_for_under_those_of_2017():
    station = make_station(factors=("011", "w21003"))
    assert listened_for([station], FACTORS) == [(MN, 32, "w01018"), (MN, 32, "w21003")]


def test_same_number_of_another_kind_is_another_point():
    water, gas = make_station(), make_station(st=31, factors=("a21002",))
    other = make_station(mn=GAS_MN)
    assert silent([water, gas, other], {(MN, 32)}) == (gas, other)
