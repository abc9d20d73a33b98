"""Tables damaged on purpose: bytes flipped, cut, and the XML inside workbooks changed. Seeded."""

import io
import random
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

_INSERTED = (b"9" * 20, b"<c>", b'r="A1"', b'"', b"\x00", b"-1", b"NaN", b't="e"', b"&#x0;", b'r="XFD1048576"')


def damaged(seed: int, files: Sequence[Path], count: int) -> Iterator[tuple[str, bytes]]:
    """So many damaged copies of files: the name of the file and the bytes."""
    chance = random.Random(seed)
    for _ in range(count):
        path = chance.choice(files)
        raw = path.read_bytes()
        inside = zipfile.is_zipfile(path) and chance.random() < 0.7
        yield path.name, _changed_inside(raw, chance) if inside else _changed(raw, chance)


def _changed(raw: bytes, chance: random.Random) -> bytes:
    changed = bytearray(raw)
    for _ in range(chance.choice((1, 3, 10))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed[: chance.randrange(len(changed))] if chance.random() < 0.2 else changed)


def _changed_inside(raw: bytes, chance: random.Random) -> bytes:
    """The workbook with one of its parts changed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as whole, zipfile.ZipFile(packed, "w") as again:
        names = whole.namelist()
        target = chance.choice(
            [name for name in names if any(s in name for s in ("sheet", "workbook", "styles", "shared"))]
        )
        for name in names:
            content = bytearray(whole.read(name))
            for _ in range(chance.choice((1, 1, 3)) if name == target else 0):
                _twist(content, chance)
            if not (name == target and chance.random() < 0.02):
                again.writestr(name, bytes(content))
    return packed.getvalue()


def _twist(content: bytearray, chance: random.Random) -> None:
    if not content:
        return
    at = chance.randrange(len(content))
    match chance.randrange(4):
        case 0:
            content[at] ^= 1 << chance.randrange(8)
        case 1:
            del content[at : at + chance.randrange(1, 20)]
        case 2:
            content[at:at] = chance.choice(_INSERTED)
        case _:
            content[at] = chance.randrange(256)
