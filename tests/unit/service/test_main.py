"""How the command line says an error: with what to do where a server is away."""

import pytest

from planwatch.contract.errors import DeliveryFailed, PlanwatchError, StorageRefused, StorageUnavailable
from planwatch.service.__main__ import in_words
from planwatch.service.commands.load_standing import NO_DATABASE
from planwatch.service.commands.sending import MEND


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (StorageUnavailable("no database connection became free in time"), True),
        (DeliveryFailed("no answer", retry=True), True),
        (StorageUnavailable(NO_DATABASE), False),
        (DeliveryFailed(f"no answer\n{MEND}", retry=True), False),
        (StorageRefused("22003: out of range"), False),
        (PlanwatchError("else"), False),
    ],
    ids=["database", "kafka", "database, said", "kafka, said", "refused", "else"],
)
def test_a_server_that_is_away_is_said_with_what_to_do(error, told):
    said = in_words(error)
    assert said.startswith(f"{type(error).__name__}: {error}")
    assert ("planwatch doctor" in said) is told
