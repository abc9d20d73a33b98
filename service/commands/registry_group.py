"""`planwatch registry` with all its commands, which live in modules of their own."""

from planwatch.service.commands import registry_load
from planwatch.service.commands.registry import app

__all__ = ["app", "registry_load"]
