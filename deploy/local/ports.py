"""Free loopback ports, chosen so that a stopped instance finds its own again."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Collection

from report import StackError

# Below the range the kernel hands to outgoing connections: such a port would be
# lost to a passing client while our server is down.
LOWEST, HIGHEST = 20_000, 32_000


def chosen_port(variable: str) -> int | None:
    """The port the user asked for in the environment."""
    text = os.environ.get(variable)
    if not text:
        return None
    if not text.isdecimal() or not 0 < int(text) < 65_536:
        raise StackError(f"{variable}={text!r} is not a port; give a number from 1 to 65535.")
    return int(text)


def free_port(taken: Collection[int]) -> int:
    """A port nobody listens on and no other instance has reserved."""
    for _ in range(1000):
        port = random.randrange(LOWEST, HIGHEST)
        if port not in taken and is_free(port):
            return port
    raise StackError(f"No free port between {LOWEST} and {HIGHEST}; set PLANWATCH_STACK_<SERVICE>_PORT.")


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
