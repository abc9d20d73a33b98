"""The package installs in every usual way, with all its data, and leaves nothing but `planwatch` behind."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = (
    "planwatch/contract/py.typed",
    "planwatch/plans/indicators.yaml",
    "planwatch/plans/cn-2021-2025/chongqing.yaml",
    "planwatch/plans/cn-2021-2025/texts/chongqing.txt",
    "planwatch/storage/assess.sql",
    "planwatch/storage/migrations/0001_base.sql",
)
FOREIGN = ("contract", "plans", "ingest", "storage", "rules", "alerts", "dashboards", "service", "deploy", "tests")


def run(*words: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env=os.environ | {"UV_SYSTEM_CERTS": "1"},  # uv brings certificates of its own; a site may have others
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert done.returncode == 0, f"{words} failed:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree as git has it (with what is not committed yet), without anything built."""
    folder = tmp_path_factory.mktemp("source")
    listed = run(
        "git", "-c", f"safe.directory={ROOT}", "ls-files", "--cached", "--others", "--exclude-standard", cwd=ROOT
    )
    for name in listed.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((ROOT / name).read_bytes())
    return folder


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """An empty virtual environment; its python."""
    run(sys.executable, "-m", "venv", tmp_path / "env", cwd=tmp_path)
    return tmp_path / "env" / "bin" / "python"


def site_packages(python: Path) -> Path:
    return Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=python.parent).strip())


def test_pip_install_gives_a_command_that_works_from_elsewhere(source, environment, tmp_path):
    run(environment, "-m", "pip", "install", "--quiet", source, cwd=tmp_path)
    assert "energy-saving" in run(environment.with_name("planwatch"), "--help", cwd=tmp_path)
    assert "chongqing" in run(environment.with_name("planwatch"), "plans", "list", cwd=tmp_path)
    for name in FOREIGN:
        found = subprocess.run([environment, "-c", f"import {name}"], cwd=tmp_path, capture_output=True, check=False)
        assert found.returncode != 0, f"`import {name}` must not work"
    assert all((site_packages(environment) / name).exists() for name in DATA)


def test_editable_install_sees_the_tree(source, environment, tmp_path):
    run(environment, "-m", "pip", "install", "--quiet", "--no-deps", "-e", source, cwd=tmp_path)
    where = run(environment, "-c", "import planwatch.contract as c; print(c.__file__)", cwd=tmp_path)
    assert Path(where.strip()).parent == source / "contract"


def test_uv_install_has_all_files(source, environment, tmp_path):
    run(
        sys.executable,
        "-m",
        "uv",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--python",
        environment,
        source,
        cwd=tmp_path,
    )
    there = site_packages(environment)
    assert all((there / name).exists() for name in DATA)
    assert {path.name for path in there.iterdir() if path.name.startswith(FOREIGN)} == set()


def test_sdist_builds_a_wheel_with_data_and_without_tests(source, tmp_path):
    run(sys.executable, "-m", "build", "--outdir", tmp_path, source, cwd=tmp_path)
    wheel = next(tmp_path.glob("*.whl"))
    names = set(zipfile.ZipFile(wheel).namelist())
    assert set(DATA) <= names
    assert {name.split("/")[0] for name in names} == {
        "planwatch",
        next(n.split("/")[0] for n in names if "dist-info" in n),
    }
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as sdist:
        assert any(name.endswith("plans/cn-2021-2025/chongqing.yaml") for name in sdist.getnames())
