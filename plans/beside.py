"""Reads what lies beside the plans of a folder: texts, names of examples, mechanism rows, words to look for."""

import hashlib
from pathlib import Path

from planwatch.plans.check import Beside
from planwatch.plans.check_mechanisms import MechanismRows
from planwatch.plans.folder import common_file, example_files, plan_files, read_texts
from planwatch.plans.loader import load_document, load_examples
from planwatch.plans.numerals import SearchWords


def read_beside(folder: Path | None) -> Beside:
    """What `planwatch plans check` compares the plans of a folder with; raises InvalidDocument."""
    return Beside(
        texts=read_texts(folder),
        examples=frozenset(one.name for file in example_files(folder) for one in load_examples(file)),
        rows=_rows_of_plans(folder),
        search=read_search_words(folder),
    )


def read_search_words(folder: Path | None) -> SearchWords:
    """What is looked for in the texts of a folder: its own list, or the one that comes with planwatch."""
    return load_document(common_file(folder, "commitment-words.yaml"), SearchWords)


def read_mechanism_rows(folder: Path | None) -> MechanismRows:
    """The mechanisms asked of the plans of one sub-folder."""
    return load_document(common_file(folder, "mechanism-rows.yaml"), MechanismRows)


def _rows_of_plans(folder: Path | None) -> dict[str, dict[str, str]]:
    """Content hash of a plan file to the mechanisms asked of it: those of the folder it lies in."""
    listed = read_mechanism_rows(folder)
    names = {one.row: f"{one.zh}, {one.en}" for one in listed.rows}
    asked = [file for file in plan_files(folder) if file.parent.name == listed.folder]
    return {hashlib.sha256(file.read_bytes()).hexdigest(): names for file in asked}
