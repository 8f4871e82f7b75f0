"""Many ID photos in one ZIP: each entry is told by its name and is a photo, or says why it is none."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shared.adapters.apart import read_apart
from shared.adapters.photo import Photo
from shared.text import Text

MAX_PHOTOS = 5_000


@dataclass(frozen=True)
class Entry:
    """One file of the archive. `name` is what it is called there, without its folder; `fault` says why no photo."""

    number: int  # its place in the archive, from 1
    name: str
    photo: Photo | None = None
    fault: Text | None = None


@contextmanager
def open_album(path: Path, *, max_photos: int = MAX_PHOTOS) -> Iterator[Iterator[Entry]]:
    """The photos of the ZIP at `path` in their order, decoded and encoded anew by a child process.

    Nothing is ever unpacked to a disk. What systems add unasked (__MACOSX, .DS_Store, Thumbs.db) is left out. Raises
    `Unreadable`, here or while photos come, with a code: not_zip, protected, too_many_bytes, too_many_photos, bomb,
    too_heavy, broken.
    """
    with read_apart("shared.adapters.album.child", path, max_photos) as said:
        yield (_entry(*value) for kind, value in said if kind == "entry")


def _entry(number: int, name: str, photo: tuple[bytes, bytes] | None, fault: list[object] | None) -> Entry:
    return Entry(number, name, Photo(*photo) if photo else None, Text.unpacked(fault) if fault else None)
