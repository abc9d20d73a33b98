"""Factor codes and monitoring points of HJ 212 from YAML; every fault of a file is told with its line."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from planwatch.contract.errors import InvalidDocument
from planwatch.contract.hj212 import FactorTable, StationFile
from planwatch.contract.strict import read_strict
from planwatch.plans.folder import package_folder
from planwatch.plans.yaml_source import Source, read_yaml

M = TypeVar("M", bound=BaseModel)


def load_factors(path: Path | None = None) -> FactorTable:
    """The factor table of a file, the package's by default; InvalidDocument with every fault."""
    found, _ = _read(path or package_folder() / "hj212" / "factors.yaml", FactorTable)
    return found


def load_stations(path: Path, factors: FactorTable) -> StationFile:
    """Which monitoring point belongs to which unit; InvalidDocument with every fault, unknown codes included."""
    found, source = _read(path, StationFile)
    for number, station in enumerate(found.stations):
        known = factors.by_code(station.st)
        for code in station.factors:
            if code not in known:
                allowed = ", ".join(one.code for one in factors.factors if one.st == station.st)
                message = f"{code} is no factor of st {station.st}; allowed: {allowed} and their codes of 2005"
                source.fault(("stations", number, "factors"), message)
        if station.since and station.until and station.until < station.since:
            source.fault(("stations", number), f"{station.mn} ends ({station.until}) before it begins")
    source.refuse()
    return found


def _read(path: Path, model: type[M]) -> tuple[M, Source]:
    source = read_yaml(path)
    source.refuse()
    found = read_strict(source.tree, model)
    if isinstance(found, tuple):
        for fault in found:
            source.fault(fault.where, fault.message)
        source.refuse()
        raise InvalidDocument(str(path), ((None, "cannot be read"),))
    return found, source
