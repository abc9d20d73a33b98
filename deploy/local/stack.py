"""Run real servers on this machine for development, demonstrations and tests: no Docker, no root, no installation.

Kafka, TimescaleDB, Alertmanager and Prometheus are fetched from the Debian and Maven sources
this machine already uses, unpacked under .stack/software/ and run on loopback ports.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from installation import SERVERS, Stack
from instance import Instance, existing, settings_text
from prerequisites import check_python
from process import last_lines
from report import StackError, table


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    options = _parser().parse_args(arguments)
    # Another user runs the servers; what holds secrets is given its own mode.
    os.umask(0o022)
    try:
        check_python()
        command: Callable[[argparse.Namespace], None] = options.command
        command(options)
    except StackError as error:
        print(f"stack: {error}", file=sys.stderr)
        return 1
    except PermissionError as error:
        print(
            f"stack: no permission for {error.filename}: it was made by another user (root, perhaps). Run this as "
            "that user, delete it, or set PLANWATCH_STACK_DIR to a folder of your own.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("stack: interrupted; `status` shows what runs, the next run repairs what is half done", file=sys.stderr)
        return 130
    return 0


def _install(options: argparse.Namespace) -> None:
    stack = Stack.find()
    stack.install(_services(options))
    print(f"installed under {stack.directory / 'software'}: {', '.join(_services(options))}")


def _start(options: argparse.Namespace) -> None:
    instance = Instance(Stack.find(), options.name)
    try:
        instance.start(_services(options), options.fast, options.alertmanager_config)
    finally:
        if instance.state.services:
            print(_overview(instance))
    print(f"\nsettings for planwatch: {instance.directory / 'env'}")


def _stop(options: argparse.Namespace) -> None:
    Instance(Stack.find(), options.name).stop(_services(options))


def _kill(options: argparse.Namespace) -> None:
    existing(Stack.find(), options.name).kill(_services(options))


def _remove(options: argparse.Namespace) -> None:
    Instance(Stack.find(), options.name).remove()


def _status(options: argparse.Namespace) -> None:
    instance = Instance(Stack.find(), options.name)
    print(json.dumps(_described(instance), indent=2) if options.json else _overview(instance))


def _env(options: argparse.Namespace) -> None:
    settings = existing(Stack.find(), options.name).settings()
    print(json.dumps(settings, indent=2) if options.json else settings_text(settings).rstrip())


def _logs(options: argparse.Namespace) -> None:
    instance = existing(Stack.find(), options.name)
    log = Path(instance.state.services[options.service].log)
    print(log)
    print(last_lines(log, 40))


def _described(instance: Instance) -> dict[str, object]:
    described: dict[str, object] = {}
    tools: dict[str, str] = {}
    for name, service in SERVERS.items():
        own = instance.state.services.get(name)
        described[name] = {
            "state": instance.condition(name),
            "port": own.port if own else None,
            "ports": own.ports if own else {},
            "pid": own.process.pid if own and instance.is_running(name) and own.process else None,
            "log": own.log if own else None,
            "data": str(instance.directory / name),
        }
        tools |= {tool: str(path) for tool, path in service.tools(instance.stack.software(name)).items()}
    directory = str(instance.directory)
    return {"name": instance.state.name, "directory": directory, "services": described, "tools": tools}


def _overview(instance: Instance) -> str:
    rows = []
    for name in SERVERS:
        own = instance.state.services.get(name)
        pid = str(own.process.pid) if own and own.process and instance.is_running(name) else "-"
        address = f"127.0.0.1:{own.port}" if own else "-"
        rows.append((name, instance.condition(name), address, pid, own.log if own else "-"))
    return table(("SERVICE", "STATE", "ADDRESS", "PID", "LOG"), rows)


def _services(options: argparse.Namespace) -> list[str]:
    """In our order, each once; all when none is named."""
    unknown = [name for name in options.services if name not in SERVERS]
    if unknown:
        raise StackError(f"Unknown service {', '.join(unknown)}; there are {', '.join(SERVERS)}.")
    return [name for name in SERVERS if not options.services or name in options.services]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="stack.py", description=__doc__.partition("\n")[0] if __doc__ else None)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add(commands, _install, "install", "download, unpack and repair the software", named=False)
    start = _add(commands, _start, "start", "start what is not running and wait until it serves")
    start.add_argument("--fast", action="store_true", help="no durable writes in TimescaleDB: for tests only")
    start.add_argument("--alertmanager-config", type=Path, metavar="FILE", help="instead of a generated one")
    _add(commands, _stop, "stop", "stop cleanly, keep the data")
    _add(commands, _kill, "kill", "SIGKILL, to test what survives it", services="+")
    status = _add(commands, _status, "status", "what runs where", services=None)
    settings = _add(commands, _env, "env", "settings for planwatch as KEY=VALUE", services=None)
    for command in (status, settings):
        command.add_argument("--json", action="store_true")
    logs = _add(commands, _logs, "logs", "path and end of a server's log", services=None)
    logs.add_argument("service", choices=list(SERVERS), metavar="SERVICE")
    _add(commands, _remove, "remove", "stop and delete the data, keep the software", services=None)
    return parser


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    command: Callable[[argparse.Namespace], None],
    name: str,
    help_text: str,
    *,
    named: bool = True,
    services: str | None = "*",
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help_text, description=help_text)
    parser.set_defaults(command=command)
    if named:
        parser.add_argument("--name", default="local", help="of the instance (default: local)")
    if services is not None:
        parser.add_argument("services", nargs=services, metavar="SERVICE", help=", ".join(SERVERS))
    return parser


if __name__ == "__main__":
    sys.exit(main())
