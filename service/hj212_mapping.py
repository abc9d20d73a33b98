"""The monitoring points the gateway goes by while it runs: the file is looked at again, and changes come into force."""

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from planwatch.contract.errors import SettingsError
from planwatch.contract.hj212 import FactorTable, StationFile
from planwatch.plans.hj212_factors import load_factors, load_stations
from planwatch.service.settings import Hj212Settings
from planwatch.service.token_file import fingerprint_of
from planwatch.service.watched import Watched

logger = logging.getLogger(__name__)


def read_mapping(settings: Hj212Settings) -> tuple[StationFile, FactorTable]:
    """The monitoring points and the factor table; SettingsError if no file of points was named."""
    factors = load_factors()
    return load_stations(mapping_file(settings), factors), factors


def mapping_file(settings: Hj212Settings) -> Path:
    """The file of monitoring points; SettingsError if none was named."""
    if settings.stations is None:
        raise SettingsError(
            "no monitoring points: set PLANWATCH_HJ212__STATIONS to a YAML file (docs/howto/hj212.md shows one)"
        )
    return settings.stations


def mapping_files(settings: Hj212Settings, factors: FactorTable) -> Watched[StationFile]:
    """The mapping as a file that may change while the gateway runs."""
    path = mapping_file(settings)
    return Watched(lambda: load_stations(path, factors), lambda: fingerprint_of(path), settings.reload_seconds)


class LivingMapping:
    """The mapping to go by now.

    A changed file is written to the database first (``adopt``, which marks the months it touches), and only then gone
    by. While the database is away it waits; a file at fault changes nothing, is logged once and counted (``failed``).
    """

    def __init__(
        self,
        files: Watched[StationFile],
        adopt: Callable[[StationFile, datetime], int],
        now: datetime,
        *,
        failed: Callable[[], None] = lambda: None,
    ) -> None:
        """Raises InvalidDocument where the file is at fault from the start."""
        self._files, self._adopt, self._failed = files, adopt, failed
        self.current = files.first(now)
        self._waiting: StationFile | None = self.current

    def refresh(self, now: datetime) -> bool:
        """Whether ``current`` is another now; StorageUnavailable while it cannot be written: the next call will try."""
        self._waiting = self._files.news(now, self._failed) or self._waiting
        if self._waiting is None:
            return False
        changed = self._adopt(self._waiting, now)
        self.current, self._waiting = self._waiting, None
        logger.info(
            "monitoring points taken up",
            extra={"action": "adopt", "changed": changed, "points": len(self.current.stations)},
        )
        return True
