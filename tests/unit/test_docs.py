"""What people read is true: commands, settings, metrics, words, files and links exist."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from planwatch.service.__main__ import build
from planwatch.service.reference import settings_markdown

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
COMMANDS = get_command(build()).commands


def text_of(name):
    return (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_command_is_documented_and_has_help(name):
    command = COMMANDS[name]
    assert command.help, f"planwatch {name} has no help"
    said = [d for d in DOCUMENTS if f"planwatch {name}" in d.read_text("utf-8")]
    assert said, f"planwatch {name} is in no document"


def test_every_option_has_help():
    def options(command):
        for parameter in command.params:
            yield command.name, parameter
        for child in getattr(command, "commands", {}).values():
            yield from options(child)

    silent = [
        f"{name} {parameter.name}"
        for command in COMMANDS.values()
        for name, parameter in options(command)
        if not getattr(parameter, "help", None)
    ]
    assert silent == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_commands_in_documents_exist(document):
    for name in re.findall(r"`planwatch ([a-z0-9]+)", document.read_text("utf-8")):
        assert name in COMMANDS, f"{document.name} names `planwatch {name}`"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document):
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", document.read_text("utf-8")):
        if "://" not in target:
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_settings_named_in_documents_exist(document):
    reference = settings_markdown()
    for name in set(re.findall(r"PLANWATCH_[A-Z0-9]+__[A-Z_]+[A-Z]", document.read_text("utf-8"))):
        assert f"`{name}`" in reference, f"{document.name} names {name}"


def test_settings_reference_is_that_of_the_settings():
    assert text_of("docs/reference/settings.md") == settings_markdown(), "run `make schemas`"


def test_both_readmes_have_the_same_shape_and_commands():
    def shape(text):
        return [len(line) - len(line.lstrip("#")) for line in text.splitlines() if line.startswith("#")]

    def blocks(text):
        return re.findall(r"```(?:bash|json)\n(.*?)```", text, re.DOTALL)

    english, chinese = text_of("README.md"), text_of("README.zh-CN.md")
    assert shape(english) == shape(chinese)
    strip = lambda found: [re.sub(r"\s*#.*", "", block) for block in found]  # noqa: E731 - comments are translated
    assert strip(blocks(english)) == strip(blocks(chinese))


def test_make_targets_in_documents_exist():
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    for document in DOCUMENTS:
        for name in re.findall(r"`make ([a-z-]+)", document.read_text("utf-8")):
            assert name in targets, f"{document.name} names `make {name}`"


def test_every_example_file_is_in_the_index():
    folder = ROOT / "docs" / "examples"
    index = (folder / "README.md").read_text("utf-8")
    shown = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    whole = ("README.md", "mappings/")
    silent = [name for name in sorted(shown) if f"({name})" not in index and not name.startswith(whole)]
    assert silent == [], "name them in docs/examples/README.md"
    assert "(mappings/)" in index
