"""The house holds itself: who may import whom, one home per library, and no package left out of the build."""

import ast
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "contract",
    "plans",
    "ingest",
    "storage",
    "rules",
    "quality",
    "alerts",
    "simulate",
    "dashboards",
    "gateway",
    "api",
    "service",
)
ALLOWED = {package: {package, "contract"} for package in PACKAGES} | {"service": set(PACKAGES)}
"""Every package imports only contract; service imports everything; nobody imports service."""

HOMES = {
    "kafka": ("ingest/",),
    "crc32c": ("ingest/",),
    "psycopg": ("storage/",),
    "psycopg_pool": ("storage/",),
    "yaml": ("plans/",),
    "httpx": ("alerts/channels/",),
    "python_calamine": ("ingest/files/",),
    "xlsxwriter": ("ingest/files/",),
    "fastapi": ("api/",),
    "starlette": ("api/",),
    "uvicorn": ("service/",),
    "pydantic": ("contract/", "plans/", "api/", "service/settings.py", "service/reference.py"),
    "pydantic_settings": ("service/settings.py",),
    "prometheus_client": ("ingest/metrics.py", "alerts/metrics.py", "api/metrics.py", "gateway/metrics.py", "service/"),
    "typer": ("service/",),
    "rich": ("service/",),
    "structlog": ("service/logs.py",),
    "grafana_foundation_sdk": ("dashboards/",),
}
"""Third-party libraries and where they live. A library that is not here may be imported nowhere."""

PURE = ("rules", "quality", "simulate", "contract")
FORBIDDEN_IN_PURE = {"os", "socket", "time", "subprocess", "threading", "urllib", "http"}


def modules() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module or "")
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_module_imports_only_what_its_package_may(path):
    package = path.relative_to(ROOT).parts[0]
    ours = {name.split(".")[1] for name in imported(path) if name.startswith("planwatch.")}
    assert ours & set(PACKAGES) <= ALLOWED[package], f"{name_of(path)} may import only {sorted(ALLOWED[package])}"
    assert not {name.split(".")[0] for name in imported(path)} & set(PACKAGES), "import planwatch.X, never X"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_third_party_library_stays_in_its_home(path):
    for top in {name.split(".")[0] for name in imported(path)}:
        if top in sys.stdlib_module_names or top in ("planwatch", ""):
            continue
        assert top in HOMES, f"{name_of(path)} imports {top}, which has no home"
        assert name_of(path).startswith(HOMES[top]), f"{top} lives in {HOMES[top]}, not in {name_of(path)}"


@pytest.mark.parametrize("path", [p for p in modules() if p.relative_to(ROOT).parts[0] in PURE], ids=name_of)
def test_pure_package_has_no_clock_and_no_effects(path):
    tops = {name.split(".")[0] for name in imported(path)}
    assert not tops & FORBIDDEN_IN_PURE
    assert ".now(" not in path.read_text("utf-8"), "time is an argument"


def test_environment_is_read_in_settings_only():
    readers = [
        name_of(p) for p in modules() if "os.environ" in p.read_text("utf-8") or "getenv" in p.read_text("utf-8")
    ]
    # run and bench pass their environment on to the processes they start; they read no setting from it.
    passing_on = ("service/commands/run.py", "service/bench.py")
    assert [name for name in readers if name not in ("service/settings.py", *passing_on)] == []


def test_every_package_is_built():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]
    there = sorted(
        f"planwatch.{p.parent.relative_to(ROOT).as_posix().replace('/', '.')}"
        for p in modules()
        if p.name == "__init__.py"
    )
    assert sorted(listed) == there


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_module_is_short_and_opens_with_a_sentence(path):
    text = path.read_text("utf-8")
    assert ast.get_docstring(ast.parse(text)), "a module opens with one sentence"
    assert len(text.splitlines()) <= 300


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_functions_are_short_and_public_ones_say_what_they_mean(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        length = (node.end_lineno or 0) - node.lineno + 1
        assert length <= 50, f"{name_of(path)}:{node.lineno} {node.name} has {length} lines"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_public_functions_have_docstrings(path):
    tree = ast.parse(path.read_text("utf-8"))
    holders = [tree, *(node for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_"))]
    for holder in holders:
        for node in holder.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{name_of(path)}:{node.lineno} {node.name}"
