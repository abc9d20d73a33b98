"""Commands of planwatch run in the test's own process, on the test's own database and topics."""

from typer import Typer
from typer.testing import CliRunner

from planwatch.service.commands.explain import explain
from planwatch.service.commands.history import history
from planwatch.service.commands.status import status


def command_runner(app, dsn, servers=None, topic_prefix=None):
    """Runs commands of an app, which must end with ``code``; what they print. Without servers no broker is known."""
    environment = {
        "PLANWATCH_DATABASE__DSN": dsn,
        "PLANWATCH_KAFKA__BOOTSTRAP_SERVERS": servers,
        "PLANWATCH_KAFKA__TOPIC_PREFIX": topic_prefix,
        "COLUMNS": "400",
        "NO_COLOR": "1",
    }

    def run(*words, code=0):
        done = CliRunner(env=environment).invoke(app, [str(word) for word in words])
        assert done.exit_code == code, (done.output, done.exception)
        return done.stdout

    return run


def judgements_runner(dsn):
    """The same for the commands that show judgements: status, explain, history."""
    app = Typer()
    for command in (status, explain, history):
        app.command()(command)
    return command_runner(app, dsn)
