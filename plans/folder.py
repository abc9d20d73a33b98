"""Where the files of a law lie: the package's own folder, or one that adds plans and may replace the common lists.

A law folder may hold ``units.yaml``, ``indicators.yaml``, ``coefficients.yaml``, ``commitment-words.yaml``,
``mechanism-rows.yaml``, ``industries.yaml`` (each replaces the package's),
``indicators/*.yaml``, ``rulesets/*.yaml``, ``regions/*.yaml`` and ``calendars/*.yaml`` (each adds to the package's),
``decompositions/*.yaml`` and ``*.csv`` (values for the holders of decomposed targets), and plans: every other
``*.yaml``, and those of sub-folders named for their years, such as ``cn-2021-2025``. Stored texts lie in ``texts/``
beside the plan.
"""

import hashlib
import re
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

COMMON = (
    "units.yaml",
    "indicators.yaml",
    "coefficients.yaml",
    "commitment-words.yaml",
    "mechanism-rows.yaml",
    "industries.yaml",
)
_YEARS = re.compile(r"[a-z0-9-]+-\d{4}-\d{4}")


def package_folder() -> Path:
    """The folder of the law that comes with planwatch."""
    return Path(str(resources.files("planwatch.plans")))


def common_file(folder: Path | None, name: str) -> Path:
    """The folder's own ``units.yaml`` (or the like) if it has one, else the package's."""
    if folder is not None and (folder / name).is_file():
        return folder / name
    return package_folder() / name


def added_files(folder: Path | None, kind: str) -> list[Path]:
    """The package's ``rulesets/*.yaml`` (or ``indicators``, ``regions``) and then the folder's own."""
    package = package_folder()
    own = folder is not None and folder.resolve() != package.resolve()
    folders = [package, folder] if own and folder else [package]
    return [file for one in folders for file in sorted((one / kind).glob("*.yaml"))]


def plan_files(folder: Path | None) -> list[Path]:
    """All plan files of a law folder, in a fixed order."""
    root = folder or package_folder()
    own = [file for file in sorted(root.glob("*.yaml")) if file.name not in COMMON]
    by_years = [sub for sub in sorted(root.glob("*/")) if sub.is_dir() and _YEARS.fullmatch(sub.name)]
    return own + [file for sub in by_years for file in sorted(sub.glob("*.yaml"))]


def decomposition_files(folder: Path | None) -> list[Path]:
    """All files of values for the holders of decomposed targets of a law folder."""
    inside = (folder or package_folder()) / "decompositions"
    return sorted(file for file in inside.glob("*") if file.suffix in (".yaml", ".csv"))


def example_files(folder: Path | None) -> list[Path]:
    """All files of examples of a law folder: those of ``examples/`` folders beside plans and rule sets."""
    root = folder or package_folder()
    parents = {file.parent for file in plan_files(folder)} | {root / "rulesets"}
    return [file for parent in sorted(parents) for file in sorted((parent / "examples").glob("*.yaml"))]


def text_files(folder: Path | None) -> list[Path]:
    """All stored texts of the plans of a law folder."""
    parents = sorted({file.parent for file in plan_files(folder)})
    return [file for parent in parents for file in sorted((parent / "texts").glob("*.txt"))]


def read_texts(folder: Path | None = None) -> dict[str, bytes]:
    """The stored texts of a law folder by file name, byte for byte."""
    return {file.name: file.read_bytes() for file in text_files(folder)}


def fingerprint(folders: Iterable[Path | None]) -> str:
    """The SHA-256 of all YAML, CSV and text files of law folders with their names: it changes when any content does."""
    digest = hashlib.sha256()
    for root in {folder or package_folder(): None for folder in (None, *folders)}:
        for file in sorted(path for ending in ("yaml", "csv", "txt") for path in root.rglob(f"*.{ending}")):
            digest.update(f"{file.relative_to(root)}\n".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()
