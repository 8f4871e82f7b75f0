"""照片: those that a school had taken of all its teachers at once (S1), instead of one upload after the other.

A photo goes where its teacher might have put it, and as there whatever was printed and signed before is void (S20).
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from shared.adapters.photo import Photo as Picture
from shared.db import Base, session
from shared.models import Application, ImportRow, Photo
from shared.models.kinds import FileUse, ImportAction, Stage
from shared.rules.importing import As, Column
from shared.rules.rights import Can
from shared.rules.states import MOVES, status_label
from shared.services import audit, files, photos, workflow
from shared.services.imports import albums, applicants
from shared.services.imports.columns import ID_NUMBER, may
from shared.services.imports.deciding import read_again
from shared.services.imports.formats import Format, Line, Moved, Run
from shared.services.imports.tables import GONE
from shared.text import Text, _, in_chinese

_TABLE = Base.metadata.tables[Photo.__tablename__]
_MOVE = MOVES[photos.REPLACE]
_OVER = (Stage.WITHDRAWN, Stage.REVOKED)
NOT_FOUND = _(
    "本批次没有这个人提交的申请，或者不在您的办理范围内，请核对证件号码和注册批次；还没有提交的，由本人在申报时上传照片"
)
SEVERAL = _("这个证件号码有几件申请，请由本人上传照片")
CONFIRMED = _("材料已确认受理，照片不能再换；确需更换请联系确认点撤销确认")
REPLACED = _("导入之后照片又换过，保留现在的照片")
CLEARED = _("导入前的照片已经清理，不能换回")
PRINTED = _("其中{count}人的申请表已经打印，换照片后须重新打印、签名；导入后系统会通知本人")

COLUMNS = (
    Column("id_number", ID_NUMBER.label, As.NUMBER_TEXT, required=True),
    Column("photo", _("照片"), required=True),
)


class PhotoTarget:
    """Photos, each of the application that its person has handed in for the campaign."""

    table = _TABLE

    # Looking.

    def examine(self, lines: Sequence[Line], run: Run) -> None:
        self._find([line for line in lines if not line.problems], run)
        self._compare([line for line in lines if not line.problems])
        self._judge([line for line in lines if line.action is ImportAction.NEW], run)
        self._show([line for line in lines if not line.problems], run)
        for line in lines if not run.writing else ():
            line.work = None  # a check holds all that it tells of until its end, and pictures are heavy

    def _find(self, lines: Sequence[Line], run: Run) -> None:
        one = Application
        facts = (one.id, one.stage, one.conclusion, one.form_version, one.printed_version)
        found = applicants.told_by("id_number", lines, run, _MOVE.permission, facts, one.stage.not_in(_OVER))
        for line in lines:
            mine = found.get(line.values["id_number"], [])
            if len(mine) == 1:
                line.values["application"] = mine[0].id  # so that what was shown is compared with whose it is
                line.work = _Work(line.work, mine[0])
            else:
                line.refuse("id_number", SEVERAL if mine else NOT_FOUND)

    def _compare(self, lines: Sequence[Line]) -> None:
        """The very same picture stays, whatever stage its application has reached."""
        columns = _TABLE.c
        mine = columns.application_id.in_([line.work.fact.id for line in lines])
        known = {row.application_id: row for row in session.execute(select(_TABLE).where(mine))}
        for line in lines:
            row = line.work.former = known.get(line.work.fact.id)
            if row is not None:
                line.row_id, line.version = row.id, row.version
                same = (row.master, row.small) == (line.work.picture.master, line.work.picture.small)
                line.action = ImportAction.UNCHANGED if same else ImportAction.NEW

    def _judge(self, lines: Sequence[Line], run: Run) -> None:
        outcome = workflow.preview([line.work.fact.id for line in lines], _MOVE.name, by=run.by)
        for line in lines:
            fact = line.work.fact
            if fact.stage not in _MOVE.paths:
                line.refuse("", why_not_at(fact))
                continue
            for problem in outcome.refused.get(fact.id, ()):
                line.refuse("", problem.text)

    def _show(self, lines: Sequence[Line], run: Run) -> None:
        for line in lines:
            if line.action is ImportAction.UNCHANGED:
                continue
            former, fact = line.work.former, line.work.fact
            if former is not None:
                line.action = ImportAction.CHANGED
                line.changes = {"taken_in_at": [audit.as_text(former.taken_in_at), None]}
            if fact.printed_version == fact.form_version:
                count = run.found["printed"] = run.found.get("printed", 0) + 1
                run.notes["printed"] = Text(PRINTED.message, {"count": count})

    # Writing.

    def write(self, lines: Sequence[Line], run: Run) -> None:
        former = {line.number: packed(line.work.former) for line in lines if line.work.former is not None}
        files.keep_pieces(FileUse.FORMER, run.import_id, former)
        outcome, left = photos.replace_many({line.work.fact.id: line.work.picture for line in lines}, by=run.by)
        if outcome.refused:
            raise Moved
        for line in lines:
            now = left[line.work.fact.id]
            line.row_id, line.version = now.id, now.version

    def take_back(self, rows: Sequence[ImportRow], run: Run) -> dict[int, Text]:
        """A photo that was there before comes back, and a new one goes, unless another one has followed."""
        there = _standing(rows, run)
        replaced = {row.number for row in rows if row.action is ImportAction.CHANGED}
        former = files.are_kept(FileUse.FORMER, run.import_id, replaced)
        kept: dict[int, Text] = {}
        going: dict[int, ImportRow] = {}
        for row in rows:
            photo = there.get(int(row.row_id or 0))
            if photo is None:
                kept[row.id] = GONE
            elif photo.version != row.left_version:
                kept[row.id] = REPLACED
            elif row.action is ImportAction.CHANGED and row.number not in former:
                kept[row.id] = CLEARED
            else:
                going[photo.application_id] = row
        refused = workflow.preview(list(going), _MOVE.name, by=run.by).refused
        stages = _stages(refused)
        for key, (first, *_rest) in refused.items():
            kept[going.pop(key).id] = why_not_at(stages[key]) if first.code == "stage" else first.text
        ids = [row.id for row in rows]
        if run.writing:
            _put_back({key: (row.number, row.action) for key, row in going.items()}, run)
            read_again(ids)
        return kept


class _Work:
    """What a line is about: the picture in the archive, whose application it is for, and the photo that is there."""

    __slots__ = ("fact", "former", "picture")

    def __init__(self, picture: Picture, fact: Any) -> None:  # noqa: ANN401  a row of facts
        self.picture, self.fact, self.former = picture, fact, None


def why_not_at(fact: Any) -> Text:  # noqa: ANN401  stage and conclusion
    """Why nobody changes a photo at this stage, and what to do."""
    if fact.stage is Stage.CONFIRMED:
        return CONFIRMED
    status = status_label(fact.stage, fact.conclusion)
    return _("当前状态是“{status}”，照片不能再换。如确有错误，请联系作出结论的教育行政部门", status=status)


def _stages(ids: Iterable[int]) -> dict[int, Any]:
    one = Application
    asked = select(one.id, one.stage, one.conclusion).where(one.id.in_(list(ids)))
    return {row.id: row for row in session.execute(asked)}


def _standing(rows: Sequence[ImportRow], run: Run) -> dict[int, Any]:
    """The photos that were written, by their number; their applications locked, as whoever changes a photo does."""
    columns = _TABLE.c
    mine = columns.id.in_([int(row.row_id or 0) for row in rows])
    if run.writing:
        owners = select(Application.id).where(Application.id.in_(select(columns.application_id).where(mine)))
        session.execute(owners.order_by(Application.id).with_for_update())
    found = session.execute(select(columns.id, columns.version, columns.application_id).where(mine))
    return {row.id: row for row in found}


def _put_back(going: Mapping[int, tuple[int, ImportAction]], run: Run) -> None:
    keys = sorted(going)
    for start in range(0, len(keys), albums.AT_ONCE):
        some = {key: going[key] for key in keys[start : start + albums.AT_ONCE]}
        numbers = [number for number, action in some.values() if action is ImportAction.CHANGED]
        former = files.kept_pieces(FileUse.FORMER, run.import_id, numbers)
        pictures = {key: unpacked(former[one[0]]) if one[0] in former else None for key, one in some.items()}
        with in_chinese():
            told = str(_("照片已恢复为更换以前的样子"))
        outcome, _left = photos.replace_many(pictures, by=run.by, told=told)
        if outcome.refused:
            raise Moved
        files.remove_pieces(FileUse.FORMER, run.import_id, numbers)


def packed(row: Any) -> bytes:  # noqa: ANN401  a row of the photos
    """Both pictures of a photo in one: how long the first is, the first, the second."""
    return b"".join((struct.pack(">I", len(row.master)), row.master, row.small))


def unpacked(content: bytes) -> Picture:
    """The photo that `packed` was given."""
    (length,) = struct.unpack_from(">I", content)
    return Picture(content[4 : 4 + length], content[4 + length :])


PHOTOS = Format(
    "photos",
    _("照片"),
    COLUMNS,
    ("id_number", "photo"),
    PhotoTarget(),
    may(Application, Can.PHOTOGRAPH),
    hint=_("学校统一拍摄的证件照，放在一个ZIP压缩包里，用证件号码命名；提交之后、现场确认之前可以导入"),
    per_campaign=True,
    keeps_file=False,  # no original photo is kept
    archive=albums.ARCHIVE,
)
FORMATS = (PHOTOS,)
