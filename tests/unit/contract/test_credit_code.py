"""The unified social credit code: its check character, and what is said of a wrong one."""

import pytest

from planwatch.contract.credit_code import ALPHABET, check_character, fault_of_credit_code

SOUND = "91350100M000100Y43"  # the worked example of GB 32100-2015


def test_example_of_the_standard_is_sound():
    assert fault_of_credit_code(SOUND) == ""
    assert check_character(SOUND[:-1]) == "3"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (SOUND[:-1] + "4", "check character is '4', the first 17 characters ask for '3'"),
        (SOUND[:-1], "has 18 characters, '91350100M000100Y4' has 17"),
        ("", "has 18 characters, '' has 0"),
        ("9135O100M000100Y43", "without I, O, S, V, Z; found 'O' at place 5"),
        ("91350100m000100Y43", "found 'm' at place 9"),
    ],
)
def test_fault_names_what_to_mend(code, words):
    assert words in fault_of_credit_code(code)


def test_every_single_wrong_character_is_found():
    for place in range(len(SOUND)):
        for other in set(ALPHABET) - {SOUND[place]}:
            assert fault_of_credit_code(SOUND[:place] + other + SOUND[place + 1 :]), (place, other)


def test_neighbours_that_changed_places_are_found():
    for place in range(len(SOUND) - 1):
        one, other = SOUND[place : place + 2]
        swapped = SOUND[:place] + other + one + SOUND[place + 2 :]
        assert (fault_of_credit_code(swapped) == "") == (one == other)
