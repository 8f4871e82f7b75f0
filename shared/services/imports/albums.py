"""From a ZIP of photos to lines: each photo is told by its file's name, which is its owner's ID number."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import islice
from pathlib import Path

from shared import clock
from shared.adapters import album
from shared.adapters.album import Album, Entry
from shared.adapters.apart import Unreadable
from shared.models.kinds import IdKind
from shared.rules import identity, spellings
from shared.services.imports.formats import Archive, Line
from shared.services.imports.reading import Unusable
from shared.text import Text, _

AT_ONCE = 100  # photos are heavier than rows
TOLD_EVERY = 20
MOST_TOLD = 5
FAULTS = {
    "not_zip": _("这不是ZIP压缩包，无法读取。RAR、7z等格式请先解压，再用ZIP格式重新压缩"),
    "protected": _("压缩包有密码，无法读取。请不设密码重新压缩"),
    "too_many_bytes": _("压缩包超过{value}MB，请分成几个压缩包"),
    "too_many_photos": _("压缩包里超过{value}张照片，请分成几个压缩包"),
    "bomb": _("压缩包解压后过大，或者里面的文件太多，没有读取。请只放照片，重新压缩"),
    "too_heavy": _("照片太大，无法读取。请缩小照片或分成几个压缩包后再上传"),
    "broken": _("压缩包已损坏，无法读取。请重新压缩后再上传"),
}
WORKBOOK = _("这是工作簿，不是照片的压缩包。请把照片放进一个ZIP压缩包再上传")
EMPTY = _("压缩包里没有照片，请检查后重新上传")
NAME = _("文件名不是证件号码，请用申请人的证件号码命名，如320106198501010018.jpg")
ABOUT = (
    _("每张照片用申请人的证件号码作文件名，如320106198501010018.jpg；末位的x大小写都可以。"),
    _("照片放在压缩包的最外层或一个文件夹里；最多{most}张，压缩包最大50MB，不设密码。", most=f"{album.MAX_PHOTOS:,}"),
    _("JPG、PNG、HEIC等常见格式都可以，不小于114×156像素；系统从中间裁成114×156的比例。"),
)


@contextmanager
def read(path: Path) -> Iterator[Iterator[list[Line]]]:
    """The photos of the ZIP at `path` as lines, some at a time. Raises `Unusable`, here or while they are read."""
    try:
        with album.open_album(path) as found:
            _refuse_what_is_no_album(found.names)
            yield _lines(found, clock.today())
    except Unreadable as fault:
        raise _unusable(fault) from None


def prepare(path: Path, target: Path) -> Iterator[int]:
    """Decode the photos of the ZIP at `path` into `target`, and tell how many there are so far."""
    try:
        yield from (read for read in album.prepare(path, target) if read % TOLD_EVERY == 0)
    except Unreadable as fault:
        raise _unusable(fault) from None


def _unusable(fault: Unreadable) -> Unusable:
    return Unusable(Text(FAULTS.get(fault.code, FAULTS["broken"]).message, {"value": fault.value}))


def _refuse_what_is_no_album(names: Sequence[str]) -> None:
    if spellings.PACKAGE in names:
        raise Unusable(WORKBOOK)
    if not names:
        raise Unusable(EMPTY)


def _lines(found: Album, today: date) -> Iterator[list[Line]]:
    places = _places(found.names)
    while some := list(islice(found.entries, AT_ONCE)):
        yield [_line(entry, places, today) for entry in some]


def _places(names: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Where in the archive each number stands: of two photos of one person nobody knows which is meant."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(names, 1):
        places[number_in(name)].append(place)
    return places


def _line(entry: Entry, places: Mapping[str, Sequence[int]], today: date) -> Line:
    number = number_in(entry.name)
    line = Line(entry.number, {"id_number": number}, before={Archive.NAME: entry.name}, work=entry.photo)
    if fault := _fault_of(number, today):
        line.refuse("id_number", fault)
    elif len(same := places[number]) > 1:
        listed = "、".join(map(str, same[:MOST_TOLD]))
        line.refuse(
            "id_number",
            _("这个证件号码有{count}张照片（第{listed}个文件），请只留一张", count=len(same), listed=listed),
        )
    if entry.fault is not None:
        line.refuse("photo", entry.fault)
    return line


def number_in(name: str) -> str:
    """The number that a file is named by, as numbers are stored."""
    stem, dot, _suffix = name.rpartition(".")
    return identity.normalise(IdKind.RESIDENT, stem if dot else name)


def _fault_of(number: str, today: date) -> Text | None:
    """Why this is no number of any identity document; of one that was meant to be, what is wrong with it."""
    faults = [
        [problem.text for problem in identity.problems_with(kind, number, today=today) if problem.blocks]
        for kind in IdKind
    ]
    if not all(faults):
        return None
    return faults[0][0] if identity.looks_like_one(number) else NAME


ARCHIVE = Archive(read, prepare, album.PREPARED, ".zip", ABOUT)
