"""The process that reads a ZIP of photos: python -m shared.adapters.album.child FILE MAX_PHOTOS."""

import stat
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from shared.adapters import photo
from shared.adapters.apart import Unreadable, say, within_limits
from shared.adapters.picture import MOST_BYTES, BadPhoto
from shared.text import Text, _

SECONDS = 600  # 5,000 photos of a phone, each decoded once
MOST_UNPACKED = 512 * 1024 * 1024  # photos hardly shrink when they are packed: 50 MB hold no more than this
MOST_ENTRIES = 20_000  # folders and what systems add unasked count here, too
UNICODE, ENCRYPTED = 0x800, 0x1
PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
UNASKED = ("__MACOSX/", "._", ".DS_Store", "Thumbs.db", "desktop.ini")

PATHS = _("文件名中带有路径，没有读取。请只放照片本身")
DEEP = _("照片放得太深。请把照片放在压缩包的最外层，或者一个文件夹里")
LINK = _("这是链接，不是照片。请放照片本身")
PACKED = _("这种压缩方式不能读取。请用普通的ZIP方式压缩")
DAMAGED = _("文件已损坏，请重新压缩")
HEAVY = _("照片太大，无法读取。请缩小后再放入")


def main(path: Path, max_photos: int) -> None:
    """Say what each entry of the archive at `path` is."""
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise Unreadable("not_zip") from error
    with archive:
        entries = _asked_for(archive)
        if len(entries) > max_photos:
            raise Unreadable("too_many_photos", max_photos)
        if any(entry.flag_bits & ENCRYPTED for entry, _name in entries):
            raise Unreadable("protected")
        say("names", [name.rpartition("/")[2] for _entry, name in entries])
        unpacked = 0
        for number, (entry, name) in enumerate(entries, 1):
            fault, prepared = _misplaced(entry, name), None
            if fault is None:
                content, fault = _content(archive, entry)
                unpacked += len(content)
                if unpacked > MOST_UNPACKED:
                    raise Unreadable("bomb")
                if fault is None:
                    prepared, fault = _prepared(content)
            told = (prepared.master, prepared.small) if prepared else None
            say("entry", (number, name.rpartition("/")[2], told, fault.packed() if fault else None))


def _asked_for(archive: zipfile.ZipFile) -> list[tuple[zipfile.ZipInfo, str]]:
    """The files that somebody has put in, with their names as that person sees them."""
    if len(archive.infolist()) > MOST_ENTRIES:
        raise Unreadable("bomb")
    return list(_named(archive.infolist()))


def _named(entries: list[zipfile.ZipInfo]) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    for entry in entries:
        name = _name(entry)
        last = name.rpartition("/")[2]
        if not entry.is_dir() and not name.startswith(UNASKED) and not last.startswith(UNASKED):
            yield entry, name


def _name(entry: zipfile.ZipInfo) -> str:
    """Chinese Windows writes names in GB 18030 and does not say so; zipfile takes them for code page 437."""
    if entry.flag_bits & UNICODE:
        return entry.orig_filename
    return entry.orig_filename.encode("cp437", "replace").decode("gb18030", "replace")


def _misplaced(entry: zipfile.ZipInfo, name: str) -> Text | None:
    if stat.S_ISLNK(entry.external_attr >> 16):
        return LINK
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or any(mark in name for mark in ("\\", ":", "\0")):
        return PATHS
    return DEEP if len(parts) > 2 else None  # noqa: PLR2004  a folder and the photo in it


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[bytes, Text | None]:
    """What is in an entry, and no more of it than a photo may weigh, whatever the archive says of its size."""
    if entry.compress_type not in PLAIN:
        return b"", PACKED
    try:
        with archive.open(entry) as stream:
            return stream.read(MOST_BYTES + 1), None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
        return b"", DAMAGED


def _prepared(content: bytes) -> tuple[photo.Photo | None, Text | None]:
    try:
        return photo.prepare(content), None
    except BadPhoto as fault:
        return None, fault.text
    except MemoryError:
        return None, HEAVY


if __name__ == "__main__":
    with within_limits(SECONDS):
        main(Path(sys.argv[1]), int(sys.argv[2]))
