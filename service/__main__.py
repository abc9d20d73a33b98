"""The command line: `planwatch COMMAND`. Only the module of the command asked for is imported: it starts fast."""

import sys
from importlib import import_module
from importlib.metadata import version as version_of

import typer
from rich.console import Console

from planwatch.contract.errors import DeliveryFailed, InvalidDocument, PlanwatchError, SettingsError, StorageUnavailable

COMMANDS = (
    "ingest",
    "assess",
    "notify",
    "serve",
    "run",
    "load",
    "simulate",
    "status",
    "explain",
    "review",
    "history",
    "outlook",
    "missing",
    "attribute",
    "migrate",
    "doctor",
)
GROUPS = ("quality", "warnings", "rejects", "tokens", "plans", "barometer", "hj212", "registry")
GROUP_MODULES = {"plans": "plans_group", "registry": "registry_group"}
"""Groups whose commands live in several modules, which this one gathers."""
AWAY: dict[type[PlanwatchError], str] = {
    StorageUnavailable: "数据库连不上:planwatch doctor 会说明原因和处理办法"
    " (the database is away: planwatch doctor says why and what to do)",
    DeliveryFailed: "没有送达:planwatch doctor 会说明原因和处理办法"
    " (not delivered: planwatch doctor says why and what to do)",
}


def build(asked: str | None = None) -> typer.Typer:
    """The command line; with ``asked`` naming a command, that command alone."""
    app = typer.Typer(
        help="Watch whether regions keep the promises of their energy-saving and emission-reduction plans.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(lambda: None)  # keeps a lone command a sub-command
    for name in COMMANDS if asked is None else [name for name in COMMANDS if name == asked]:
        app.command(name)(getattr(import_module(f"planwatch.service.commands.{name}"), name))
    for name in GROUPS if asked is None else [name for name in GROUPS if name == asked]:
        module = GROUP_MODULES.get(name, name)
        app.add_typer(import_module(f"planwatch.service.commands.{module}").app, name=name)
    app.command("version")(version)
    return app


def version() -> None:
    """Print the version."""
    typer.echo(version_of("planwatch"))


def main() -> None:
    """Run a command; errors that we understand are printed in words, with exit code 2 for wrong settings or files."""
    first = sys.argv[1] if len(sys.argv) > 1 else None
    try:
        build(first if first in (*COMMANDS, *GROUPS, "version") else None)()
    except (SettingsError, InvalidDocument) as error:
        Console(stderr=True).print(str(error), style="red", markup=False, soft_wrap=True)
        sys.exit(2)
    except PlanwatchError as error:
        Console(stderr=True).print(in_words(error), style="red", markup=False, soft_wrap=True)
        sys.exit(1)


def in_words(error: PlanwatchError) -> str:
    """An error as it is printed, with what to do where a server is away and the error does not say it itself."""
    said = f"{type(error).__name__}: {error}"
    todo = AWAY.get(type(error))
    return said if todo is None or "PLANWATCH_" in said else f"{said}\n{todo}"


if __name__ == "__main__":
    main()
