"""Lets tests import the modules of deploy/local, which is a folder of scripts and not a package."""

import sys
from pathlib import Path

# At the end: none of its short module names may hide an installed library.
sys.path.append(str(Path(__file__).resolve().parents[3] / "deploy" / "local"))
