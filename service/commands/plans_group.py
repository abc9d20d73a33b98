"""`planwatch plans` with all its commands, which live in modules of their own."""

from planwatch.service.commands import plans_live, plans_whatif
from planwatch.service.commands.plans import app

__all__ = ["app", "plans_live", "plans_whatif"]
