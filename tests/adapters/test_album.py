"""A ZIP of photos: what people and their systems make is read, what is meant to hurt is refused in words."""

import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.adapters import album
from shared.adapters.album import Entry, child, open_album, prepare
from shared.adapters.apart import Unreadable
from tests import pictures

ID_NUMBER = "320106198501010018"
PHOTO = pictures.encoded(pictures.four_quarters((300, 400)))


def packed(path: Path, entries: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", how) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def entries(path: Path, **limits: int) -> list[Entry]:
    with open_album(path, **limits) as found:
        return list(found.entries)


def fault_of(path: Path, **limits: int) -> str:
    with pytest.raises(Unreadable) as refused:
        entries(path, **limits)
    return refused.value.code


def outcome(path: Path) -> str:
    """The code of the refusal, or that each entry is a photo or says why not; nothing else may come."""
    try:
        found = entries(path)
    except Unreadable as refused:
        return refused.code
    return "read" if all((entry.photo is None) is (entry.fault is not None) for entry in found) else "neither"


def words(path: Path) -> list[str]:
    return [str(entry.fault or "") for entry in entries(path)]


def test_photos_come_encoded_anew_in_their_order(tmp_path: Path) -> None:
    heic = pictures.encoded(pictures.four_quarters((300, 400)), "HEIF")
    path = packed(tmp_path / "a.zip", {f"{ID_NUMBER}.jpg": PHOTO, "820000198812120024.HEIC": heic})
    first, second = entries(path)
    assert (first.number, first.name, second.number, second.name) == (
        1,
        f"{ID_NUMBER}.jpg",
        2,
        "820000198812120024.HEIC",
    )
    for entry in (first, second):
        assert entry.photo is not None
        assert pictures.opened(entry.photo.master).size == (295, 404)
        assert pictures.opened(entry.photo.small).size == (114, 156)
    assert first.photo is not None
    assert PHOTO not in first.photo.master


def test_every_name_is_known_before_the_first_photo_is_read(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"照片/a.jpg": PHOTO, "b.jpg": b"text"})
    with open_album(path) as found:
        assert found.names == ["a.jpg", "b.jpg"]


def test_what_was_prepared_is_read_as_the_archive_itself(tmp_path: Path) -> None:
    path, target = packed(tmp_path / "a.zip", {"a.jpg": PHOTO, "b.jpg": b"text"}), tmp_path / "ready.album"
    assert list(prepare(path, target)) == [1, 2]
    assert entries(target) == entries(path)
    with pytest.raises(Unreadable):
        list(prepare(target, tmp_path / "again.album"))


def test_one_folder_is_plain_and_what_systems_add_is_left_out(tmp_path: Path) -> None:
    unasked = dict.fromkeys(("__MACOSX/照片/._a.jpg", "照片/.DS_Store", "Thumbs.db", "照片/._b.jpg"), b"x")
    path = packed(tmp_path / "a.zip", {"照片/": b"", f"照片/{ID_NUMBER}.jpg": PHOTO, **unasked})
    assert [(entry.number, entry.name, entry.fault) for entry in entries(path)] == [(1, f"{ID_NUMBER}.jpg", None)]


def test_names_of_chinese_windows_are_read(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"AAAA.jpg": PHOTO})  # four bytes each, so that nothing else moves
    content = path.read_bytes().replace(b"AAAA", "王芳".encode("gb18030"))
    path.write_bytes(content)
    assert [entry.name for entry in entries(path)] == ["王芳.jpg"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("../a.jpg", child.PATHS),
        ("x/../../a.jpg", child.PATHS),
        ("/etc/a.jpg", child.PATHS),
        ("C:/a.jpg", child.PATHS),
        ("..\\a.jpg", child.PATHS),
        ("一/二/a.jpg", child.DEEP),
    ],
)
def test_a_path_is_told_and_the_others_are_read(tmp_path: Path, name: str, told: object) -> None:
    path = packed(tmp_path / "a.zip", {name: PHOTO, "b.jpg": PHOTO})
    assert [entry.fault for entry in entries(path)] == [told, None]
    assert [one.name for one in tmp_path.iterdir()] == ["a.zip"]  # nothing was unpacked


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("a.jpg")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert entries(tmp_path / "a.zip")[0].fault == child.LINK


def test_what_is_no_photo_says_so_and_the_others_are_read(tmp_path: Path) -> None:
    small = pictures.encoded(pictures.four_quarters((50, 60)))
    cut = PHOTO[: len(PHOTO) // 3]
    path = packed(tmp_path / "a.zip", {"a.jpg": b"", "b.jpg": b"text", "c.jpg": small, "d.jpg": cut, "e.jpg": PHOTO})
    empty, unknown, too_small, damaged, good = words(path)
    assert "空" in empty
    assert unknown
    assert "照片太小" in too_small
    assert damaged
    assert good == ""


def test_an_entry_that_was_damaged_on_the_way_says_so(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.jpg": PHOTO, "b.jpg": PHOTO}, zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    content[200] ^= 0xFF
    path.write_bytes(content)
    assert [entry.fault for entry in entries(path)] == [child.DAMAGED, None]


def test_another_way_of_packing_is_told(tmp_path: Path) -> None:
    assert entries(packed(tmp_path / "a.zip", {"a.jpg": PHOTO}, zipfile.ZIP_LZMA))[0].fault == child.PACKED


def encrypted(path: Path) -> None:
    """The flag alone: what is behind it is never looked at."""
    packed(path, {"a.jpg": PHOTO})
    content = bytearray(path.read_bytes())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + place] |= child.ENCRYPTED
    path.write_bytes(content)


def a_bomb(path: Path) -> None:
    """Twenty entries that are each as heavy as a photo may be, from half a megabyte."""
    one = b"\0" * (20 * 1024 * 1024)
    packed(path, {f"{number}.jpg": one for number in range(27)})


def too_many_names(path: Path) -> None:
    packed(path, {f"d{number}/": b"" for number in range(child.MOST_ENTRIES + 1)})


def an_end_without_a_beginning(path: Path) -> None:
    path.write_bytes(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, 0xFFFFFFF0, 0, 0))


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (encrypted, "protected"),
        (a_bomb, "bomb"),
        (too_many_names, "bomb"),
        (an_end_without_a_beginning, "not_zip"),
        (lambda path: path.write_bytes(b""), "not_zip"),
        (lambda path: path.write_bytes(b"Rar!\x1a\x07\x01\x00 and more"), "not_zip"),
        (lambda path: path.write_bytes(PHOTO), "not_zip"),
    ],
)
def test_an_archive_that_cannot_be_read_is_refused(tmp_path: Path, make: Callable[[Path], None], code: str) -> None:
    make(tmp_path / "a.zip")
    assert fault_of(tmp_path / "a.zip") == code


def test_there_are_limits_to_weight_and_number(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {f"{number}.jpg": PHOTO for number in range(3)})
    assert fault_of(path, max_photos=2) == "too_many_photos"
    with path.open("ab") as file:
        file.truncate(50 * 1024 * 1024 + 1)
    assert fault_of(path) == "too_many_bytes"
    assert album.MAX_PHOTOS == 5_000


def test_whatever_is_done_to_an_archive_it_ends_in_entries_or_a_code(tmp_path: Path) -> None:
    dice = random.Random(20_261_126)
    content = packed(tmp_path / "a.zip", {f"{number}.jpg": PHOTO for number in range(3)}).read_bytes()
    for _round in range(12):
        hurt = bytearray(content)
        for _byte in range(dice.randint(1, 40)):
            hurt[dice.randrange(len(hurt))] = dice.randrange(256)
        (tmp_path / "b.zip").write_bytes(hurt[: dice.randint(len(hurt) // 2, len(hurt))])
        assert outcome(tmp_path / "b.zip") in {"read", "not_zip", "protected", "bomb", "broken", "too_heavy"}
