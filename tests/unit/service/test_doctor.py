"""What `planwatch doctor` says to do about servers that do not answer."""

import pytest

from planwatch.contract.errors import DeliveryFailed, InvalidDocument, StorageUnavailable
from planwatch.service.commands.doctor import _look
from planwatch.service.settings import Settings


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (DeliveryFailed("away", retry=True), ("start Kafka", "PLANWATCH_KAFKA__BOOTSTRAP_SERVERS")),
        (StorageUnavailable("away"), ("start the database", "PLANWATCH_DATABASE__DSN")),
        (InvalidDocument("a.yaml", ((3, "wrong"),)), ("file named",)),
    ],
    ids=["broker", "database", "file"],
)
def test_each_error_has_the_advice_that_mends_it(error, advice):
    def check(settings):
        raise error

    found = _look("one", check, Settings())
    assert not found.right
    assert all(words in found.mend for words in advice)
