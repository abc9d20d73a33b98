"""The command line: `planwatch COMMAND`. Commands import what they need when they run, so that --help is fast."""

import sys
from importlib.metadata import version as version_of

import typer
from rich.console import Console

from planwatch.contract.errors import InvalidDocument, PlanwatchError, SettingsError
from planwatch.service.commands import plans, rejects, warnings
from planwatch.service.commands.assess import assess
from planwatch.service.commands.doctor import doctor
from planwatch.service.commands.explain import explain
from planwatch.service.commands.ingest import ingest
from planwatch.service.commands.load import load
from planwatch.service.commands.migrate import migrate
from planwatch.service.commands.notify import notify
from planwatch.service.commands.run import run
from planwatch.service.commands.simulate import simulate
from planwatch.service.commands.status import status

app = typer.Typer(
    help="Watch whether regions keep the promises of their energy-saving and emission-reduction plans.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (ingest, assess, notify, run, load, simulate, status, explain, migrate, doctor):
    app.command()(command)
app.add_typer(warnings.app, name="warnings")
app.add_typer(rejects.app, name="rejects")
app.add_typer(plans.app, name="plans")


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(version_of("planwatch"))


def main() -> None:
    """Run a command; errors that we understand are printed in words, with exit code 2 for wrong settings or files."""
    try:
        app()
    except (SettingsError, InvalidDocument) as error:
        Console(stderr=True).print(str(error), style="red", markup=False, soft_wrap=True)
        sys.exit(2)
    except PlanwatchError as error:
        Console(stderr=True).print(f"{type(error).__name__}: {error}", style="red", markup=False, soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
