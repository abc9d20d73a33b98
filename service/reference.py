"""The reference of settings, generated from the settings themselves: `python -m planwatch.service.reference`."""

import sys
from pathlib import Path

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from planwatch.service.settings import Settings

HEAD = """# Settings

Environment variables, read once at start. Generated from `service/settings.py` (`make schemas`); a test compares.
An unknown name inside a group is refused, so that a typing error does not pass for a default.
"""


def settings_markdown() -> str:
    """All settings as Markdown tables, one a group."""
    parts = [HEAD]
    for name, field in Settings.model_fields.items():
        group = field.annotation
        assert isinstance(group, type) and issubclass(group, BaseModel)
        parts.append(f"\n## {name}\n\n{_sentence(group)}\n\n| variable | default | allowed |\n|---|---|---|\n")
        parts.extend(_row(name, key, setting) for key, setting in group.model_fields.items())
    return "".join(parts)


def _sentence(group: type[BaseModel]) -> str:
    return " ".join((group.__doc__ or "").split())


def _row(group: str, key: str, setting: FieldInfo) -> str:
    variable = f"PLANWATCH_{group}__{key}".upper()
    default = "—" if setting.default in (None, "") or setting.is_required() else f"`{_text(setting)}`"
    return f"| `{variable}` | {default} | {_allowed(setting)} |\n"


def _text(setting: FieldInfo) -> str:
    value = setting.get_default(call_default_factory=True, validated_data={})
    return str(list(value)) if isinstance(value, tuple) else str(value)


def _allowed(setting: FieldInfo) -> str:
    bounds = [str(one).replace("|", "\\|") for one in setting.metadata]
    kind = str(setting.annotation).replace("typing.", "").replace("<class '", "").replace("'>", "")
    kind = kind.replace(f"{SecretStr.__module__}.", "").replace("pathlib.", "").replace("|", "\\|")
    return ", ".join([kind.rsplit("_local.", maxsplit=1)[-1], *bounds])


def main(file: str) -> None:
    """Write the reference."""
    Path(file).write_text(settings_markdown(), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
