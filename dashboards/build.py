"""Write the generated files: dashboards as JSON, and the reference pages of metrics and views.

``python -m planwatch.dashboards.build`` writes what changed; with ``--check`` it writes nothing and fails if anything
would change. It works on a checkout of the repository, with the development dependencies.
"""

import argparse
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

from planwatch.dashboards.reference import metrics_page, views_page

BAROMETER_JSON = "deploy/grafana/dashboards/watch/planwatch-barometer.json"
SERVICE_JSON = "deploy/grafana/dashboards/service/planwatch-service.json"


def dashboards() -> dict[str, str]:
    """Path in the repository to the dashboard's JSON. Needs grafana-foundation-sdk, a development dependency."""
    with warnings.catch_warnings():
        # The SDK recommends the v2 schema when it is imported; Grafana 12 reads that from files only behind a switch.
        warnings.filterwarnings("ignore", "Prefer using dashboardv2", DeprecationWarning)
        from grafana_foundation_sdk.cog.encoder import JSONEncoder

        from planwatch.dashboards.barometer import barometer
        from planwatch.dashboards.health import health

    encoder = JSONEncoder(sort_keys=True, indent=2, ensure_ascii=False)
    return {
        path: encoder.encode(dashboard.build()) + "\n"
        for path, dashboard in ((BAROMETER_JSON, barometer()), (SERVICE_JSON, health()))
    }


def generated(root: Path) -> dict[str, str]:
    """Path in the repository at ``root`` to what the file must say."""
    migrations = [file.read_text("utf-8") for file in sorted((root / "storage" / "migrations").glob("*.sql"))]
    rules = sorted((root / "deploy" / "prometheus" / "rules").glob("*.yml"))
    boards = dashboards()
    pages = {
        "docs/reference/metrics.md": metrics_page(
            {**{file.name: file.read_text("utf-8") for file in rules}, **_titled(boards)}
        ),
        "docs/reference/views.md": views_page(migrations),
    }
    return boards | pages


def stale(root: Path, wanted: Mapping[str, str]) -> list[str]:
    """The files that are absent or say something else."""
    return [
        path for path, text in wanted.items() if not (root / path).exists() or (root / path).read_text("utf-8") != text
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check; the exit code is 1 where a check found something stale."""
    parser = argparse.ArgumentParser(prog="python -m planwatch.dashboards.build", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if something would change")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[1], help="the repository")
    chosen = parser.parse_args(arguments)
    wanted = generated(chosen.root)
    changed = stale(chosen.root, wanted)
    for path in changed:
        if not chosen.check:
            (chosen.root / path).parent.mkdir(parents=True, exist_ok=True)
            (chosen.root / path).write_text(wanted[path], "utf-8")
        print(f"{'stale' if chosen.check else 'written'}: {path}")
    if chosen.check and changed:
        print("run `python -m planwatch.dashboards.build` and commit what it writes", file=sys.stderr)
    return 1 if chosen.check and changed else 0


def _titled(boards: Mapping[str, str]) -> dict[str, str]:
    return {Path(path).stem: text for path, text in boards.items()}


if __name__ == "__main__":
    sys.exit(main())
