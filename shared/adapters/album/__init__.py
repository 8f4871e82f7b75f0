"""Many ID photos in one ZIP: each entry is told by its name and is a photo, or says why it is none."""

import marshal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.adapters.apart import END, read_apart
from shared.adapters.photo import Photo
from shared.text import Text

MAX_PHOTOS = 5_000
PREPARED = ".album"  # how a file is called that `prepare` has written: nobody else's is ever read as one


@dataclass(frozen=True)
class Entry:
    """One file of the archive. `name` is what it is called there, without its folder; `fault` says why no photo."""

    number: int  # its place in the archive, from 1
    name: str
    photo: Photo | None = None
    fault: Text | None = None


@dataclass(frozen=True)
class Album:
    """What every entry is called, in their order; and the entries, each of which is read when it is asked for."""

    names: list[str]
    entries: Iterator[Entry]


@contextmanager
def open_album(path: Path, *, max_photos: int = MAX_PHOTOS) -> Iterator[Album]:
    """The photos of the ZIP at `path` in their order, decoded and encoded anew by a child process.

    Nothing is ever unpacked to a disk. What systems add unasked (__MACOSX, .DS_Store, Thumbs.db) is left out. Raises
    `Unreadable`, here or while photos come, with a code: not_zip, protected, too_many_bytes, too_many_photos, bomb,
    too_heavy, broken.
    """
    if path.suffix == PREPARED:
        with path.open("rb") as file:
            yield _album(iter(lambda: marshal.load(file), (END, None)))  # noqa: S302  written by ourselves
        return
    with _told(path, max_photos) as said:
        yield _album(said)


def prepare(path: Path, target: Path, *, max_photos: int = MAX_PHOTOS) -> Iterator[int]:
    """Do what takes long: write to `target` what `open_album` then reads from it at once; yields how many were read.

    `target` ends in PREPARED. Raises `Unreadable` as `open_album` does.
    """
    with _told(path, max_photos) as said, target.open("wb") as file:
        for kind, value in said:
            marshal.dump((kind, value), file)
            if kind == "entry":
                yield value[0]


def _told(path: Path, max_photos: int) -> Any:  # noqa: ANN401  a context manager of messages
    return read_apart("shared.adapters.album.child", path, max_photos)


def _album(said: Iterator[tuple[str, Any]]) -> Album:
    _kind, names = next(said)
    return Album(names, (_entry(*value) for kind, value in said if kind == "entry"))


def _entry(number: int, name: str, photo: tuple[bytes, bytes] | None, fault: list[object] | None) -> Entry:
    return Entry(number, name, Photo(*photo) if photo else None, Text.unpacked(fault) if fault else None)
