"""照片: what a school's ZIP becomes, and what is put back."""

import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from shared import clock
from shared.db import session
from shared.models import Application, AuditEntry, Event, FilePiece, ImportRow, Mail, Message, Person, Photo, Staff
from shared.models.kinds import FileUse, ImportState, Role, Stage
from shared.rules.rights import Actor
from shared.services import files, photos
from shared.services.errors import NotYours
from shared.services.imports import albums, portraits, running, verbs
from shared.services.imports.formats import Archive
from tests import build, importing
from tests.importing import an_album, counts, refusals, said, sent, taken_back, the, written
from tests.pictures import BLUE, GREEN, RED, corners, encoded, four_quarters

PICTURE = encoded(four_quarters((300, 400)))
OTHER = encoded(four_quarters((300, 400)).rotate(180))
FOREIGN = "320106198501010018"


class Here:
    """A school, its officer, and teachers who have handed in."""

    def __init__(self) -> None:
        self.city = build.a_nanjing()
        self.campaign = build.a_campaign(self.city.province)
        self.campaign_id = self.campaign.id
        self.school = build.a_school(bureau=self.city.gulou)
        self.by = build.an_actor(Role.SCHOOL, self.school)

    def application(self, stage: Stage = Stage.SUBMITTED, **fields: Any) -> Application:
        known = {"campaign": self.campaign, "school": self.school, "photo": True}
        return build.an_application(stage, **(known | fields))

    def sent(self, *entries: tuple[str, bytes], by: Actor | None = None) -> int:
        content = an_album(*entries)
        return sent("photos", content, by=by or self.by, campaign_id=self.campaign_id, name="照片.zip")


@pytest.fixture
def here(database: Any) -> Here:
    return Here()


def number_of(application: Application) -> str:
    return session.get_one(Person, application.person_id).id_number


def named(application: Application, suffix: str = ".jpg") -> str:
    return number_of(application) + suffix


def kept(key: int) -> tuple[bytes, bytes] | None:
    """The pictures of an application."""
    session.expire_all()
    row = session.scalar(select(Photo).where(Photo.application_id == key))
    return None if row is None else (row.master, row.small)


def the_application(key: int) -> Application:
    session.expire_all()
    return session.get_one(Application, key)


def former(key: int) -> int:
    pieces = select(func.count()).where(FilePiece.use == FileUse.FORMER, FilePiece.owner_id == key)
    return session.scalar(pieces) or 0


def test_photos_go_to_their_people_and_void_what_was_signed(here: Here) -> None:
    one, other = here.application(signed_version=1, printed_version=1), here.application(photo=False)
    before = kept(one.id)
    key = here.sent(("全校/" + named(one).lower(), PICTURE), ("全校/" + named(other, ".JPG"), OTHER))
    assert (the(key).state, counts(key)) == (ImportState.CHECKED, (1, 1, 0, 0)), refusals(key)
    assert said(the(key).notes) == [str(portraits.Text(portraits.PRINTED.message, {"count": 1}))]
    assert (kept(one.id), kept(other.id)) == (before, None)
    assert written(key, by=here.by).state is ImportState.DONE
    for application, colours in ((one, (GREEN, RED, BLUE)), (other, ((255, 255, 255), BLUE, RED))):
        for picture in kept(application.id) or ():
            assert tuple(corners(picture)[:3]) == colours
    after = the_application(one.id)
    assert (after.stage, after.form_version, after.signed_version) == (Stage.SUBMITTED, 2, 0)
    moves = session.scalars(select(Event.move).where(Event.application_id == one.id)).all()
    assert moves == [photos.REPLACE]


def test_the_same_file_twice_changes_nothing(here: Here) -> None:
    one = here.application()
    entries = (named(one), PICTURE)
    first = here.sent(entries)
    written(first, by=here.by)
    version = the_application(one.id).form_version
    second = here.sent(entries)
    assert counts(second) == (0, 0, 1, 0)
    assert (verbs.same_file(the(second)) or the(second)).id == first
    build.change(the_application(one.id), stage=Stage.CONFIRMED)  # the same picture asks nothing of the stage
    assert counts(here.sent(entries)) == (0, 0, 1, 0)
    assert the_application(one.id).form_version == version


@pytest.mark.parametrize("stage", [Stage.SUBMITTED, Stage.SCHOOL_CHECKED, Stage.RETURNED])
def test_a_photo_leaves_the_stage_as_it_is(here: Here, stage: Stage) -> None:
    one = here.application(stage)
    written(here.sent((named(one), PICTURE)), by=here.by)
    after = the_application(one.id)
    assert (after.stage, after.form_version, after.signed_version) == (stage, 2, 0)


def test_every_fault_is_told(here: Here) -> None:
    good, twice = here.application(), here.application()
    elsewhere = here.application(school=build.a_school(bureau=here.city.gulou))
    confirmed, draft = here.application(Stage.CONFIRMED), here.application(Stage.DRAFT)
    decided, left = here.application(Stage.PRELIMINARY), here.application(Stage.WITHDRAWN)
    key = here.sent(
        (named(good), PICTURE),
        ("王芳.jpg", PICTURE),
        (FOREIGN[:-1] + "0.jpg", PICTURE),
        (named(twice), PICTURE),
        ("一年级/" + named(twice).lower(), OTHER),
        (FOREIGN + ".jpg", PICTURE),
        (named(elsewhere), PICTURE),
        (named(confirmed), PICTURE),
        (named(draft), PICTURE),
        (named(decided), PICTURE),
        (named(left), PICTURE),
        ("../" + number_of(good)[:17] + ".jpg", PICTURE),
        (FOREIGN[:14] + ".txt", b"text"),
    )
    found = refusals(key)
    assert counts(key) == (0, 1, 0, 12)
    assert found[2] == [f"id_number: {albums.NAME}"]
    assert "校验码" in found[3][0]
    assert found[4] == found[5] == ["id_number: 这个证件号码有2张照片（第4、5个文件），请只留一张"]
    assert {found[number][0] for number in (6, 7, 9, 11)} == {f"id_number: {portraits.NOT_FOUND}"}
    assert found[8] == [f": {portraits.CONFIRMED}"]
    assert "初审：注册合格" in found[10][0]
    assert any("路径" in text for text in found[12])
    assert len(found[13]) == 2  # neither a number nor a photo
    written(key, by=here.by, partial=True)
    assert counts(key) == (0, 1, 0, 12)
    assert (kept(good.id) or (b"",))[0] != build.picture(295, 404)
    assert (kept(twice.id) or (b"",))[0] == build.picture(295, 404)


def test_the_refused_are_listed_in_a_workbook(here: Here, tmp_path: Path) -> None:
    one = here.application()
    key = here.sent((named(one), PICTURE), ("王芳.jpg", PICTURE), (f"{FOREIGN}.png", PICTURE))
    for step in ("check", "write"):
        sheet = load_workbook(importing.the_file(FileUse.FAULTS, key, tmp_path)).active
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert rows[0] == ["第几个文件", "文件名", "不能导入的原因"]
        assert rows[1:] == [
            ["2", "王芳.jpg", f"证件号码：{albums.NAME}"],
            ["3", f"{FOREIGN}.png", f"证件号码：{portraits.NOT_FOUND}"],
        ]
        if step == "check":
            written(key, by=here.by, partial=True)


def test_neither_pictures_nor_numbers_lie_in_the_rows(here: Here) -> None:
    one, none = here.application(), here.application(photo=False)
    key = here.sent((named(one), PICTURE), (named(none), PICTURE), (f"{FOREIGN}.jpg", PICTURE))
    written(key, by=here.by, partial=True)
    numbers = [number_of(one), number_of(none), FOREIGN]
    rows = session.scalars(select(ImportRow).where(ImportRow.import_id == key)).all()
    assert len(rows) == 3
    for row in rows:
        plain = json.dumps([row.changes, row.reasons], ensure_ascii=False)
        assert not any(number in plain for number in numbers)
        assert len(row.before or "") < 100
        assert numbers.count((json.loads(row.before or "{}"))["file"].removesuffix(".jpg")) == 1
    audit = session.scalars(select(AuditEntry).where(AuditEntry.table_name == "photos")).all()
    assert all(set(map(str, pair)) <= {"***", "None", str(key)} or name == "taken_in_at"
               for entry in audit for name, pair in entry.changes.items() if entry.actor_id == here.by.id)  # fmt: skip
    assert not files.is_kept(FileUse.IMPORT, key)  # no original photo is kept
    assert former(key) == 1


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (f"{FOREIGN}.jpg", "320106********0018.jpg"),
        (f"王芳{FOREIGN[:17]}x(1).jpg", "王芳320106********001x(1).jpg"),
        ("H12345678.png", "H******78.png"),
        ("集体照.jpg", "集体照.jpg"),
    ],
)
def test_a_page_shows_no_number_in_full(name: str, shown: str) -> None:
    row = ImportRow(before=json.dumps({Archive.NAME: name}))
    assert (Archive.name_of(row), Archive.masked_name_of(row)) == (name, shown)


def test_what_was_there_comes_back_and_what_was_new_goes(here: Here) -> None:
    one, none = here.application(signed_version=1), here.application(photo=False)
    mine, empty, before = one.id, none.id, kept(one.id)
    key = here.sent((named(one), PICTURE), (named(none), PICTURE))
    written(key, by=here.by)
    assert former(key) == 1
    assert taken_back(key, by=here.by).undone == 2
    assert (kept(mine), kept(empty)) == (before, None)
    assert former(key) == 0
    after = the_application(mine)  # the form that was printed with the other photo is no form of version 1
    assert (after.form_version, after.signed_version) == (3, 0)


def test_a_photo_that_followed_stays(here: Here) -> None:
    followed, confirmed, gone, cleared = (here.application() for _one in range(4))
    back = here.application()
    everybody = (followed, confirmed, gone, cleared, back)
    mended, own = back.id, followed.id
    key = here.sent(*((named(one), PICTURE) for one in everybody))
    written(key, by=here.by)
    teacher = build.an_actor(Role.TEACHER, session.get_one(Person, followed.person_id))
    photos.put(followed.id, OTHER, by=teacher)
    build.change(the_application(confirmed.id), stage=Stage.CONFIRMED)
    build.remove(session.scalars(select(Photo).where(Photo.application_id == gone.id)).one())
    row = session.scalars(select(ImportRow).where(ImportRow.import_id == key, ImportRow.number == 4)).one()
    files.remove_pieces(FileUse.FORMER, key, [row.number])
    session.commit()
    stays = {text.message for text, _count in running.undoing.preview(key, by=here.by)}
    undone = taken_back(key, by=here.by)
    told = {
        str(portraits.Text.unpacked(row.reasons[0][1]))
        for row in session.scalars(select(ImportRow).where(ImportRow.import_id == key, ~ImportRow.taken_back))
    }
    assert told == stays == {str(one) for one in
                             (portraits.REPLACED, portraits.CONFIRMED, portraits.GONE, portraits.CLEARED)}  # fmt: skip
    assert undone.undone == 1
    assert (kept(mended) or (b"",))[0] == build.picture(295, 404)
    assert corners((kept(own) or (b"",))[0])[0] == (255, 255, 255)


def test_former_photos_go_with_what_else_remains_of_the_import(here: Here) -> None:
    key = here.sent((named(here.application()), PICTURE), ("x.jpg", PICTURE))
    written(key, by=here.by, partial=True)
    verbs.clear_away(by=build.SYSTEM, now=clock.now() + verbs.KEEP_FILES / 2)
    assert (former(key), files.is_kept(FileUse.FAULTS, key)) == (1, True)
    verbs.clear_away(by=build.SYSTEM, now=clock.now() + verbs.KEEP_FILES * 2)
    assert (former(key), files.is_kept(FileUse.FAULTS, key)) == (0, False)


def test_what_moved_after_the_check_is_shown_again(here: Here) -> None:
    one = here.application()
    key = here.sent((named(one), PICTURE))
    teacher = build.an_actor(Role.TEACHER, session.get_one(Person, one.person_id))
    photos.put(one.id, OTHER, by=teacher)
    own = kept(one.id)
    assert written(key, by=here.by).state is ImportState.CHECKING
    running.work_off(key)
    assert (the(key).state, counts(key)) == (ImportState.CHECKED, (0, 1, 0, 0))
    assert (kept(one.id), former(key)) == (own, 0)
    assert written(key, by=here.by).state is ImportState.DONE
    assert kept(one.id) != own


def test_a_stop_before_the_writing_writes_nothing(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(albums, "TOLD_EVERY", 1)
    one = here.application()
    before = kept(one.id)
    key = here.sent((named(one), PICTURE))
    verbs.start(key, by=here.by, digest=the(key).digest)
    monkeypatch.setattr(running.jobs, "is_stopping", lambda _name, _key: True)
    running.work_off(key)
    assert (the(key).state, kept(one.id), former(key)) == (ImportState.CANCELLED, before, 0)


def test_outside_the_window_nobody_changes_a_photo(here: Here) -> None:
    shut = build.a_campaign(here.city.province, open_stages=())
    one = here.application(campaign=shut)
    key = sent("photos", an_album((named(one), PICTURE)), by=here.by, campaign_id=shut.id, name="a.zip")
    assert "网上申报" in refusals(key)[1][0]


def test_nobody_changes_the_own_photo(here: Here) -> None:
    one = here.application()
    build.change(session.get_one(Staff, here.by.id), id_number=number_of(one))
    assert "本人的申请" in refusals(here.sent((named(one), PICTURE)))[1][0]


def test_a_point_brings_photos_of_its_own_people(here: Here) -> None:
    point = build.a_point(serving=[here.school])
    mine, foreign = here.application(point=point), here.application(point=build.a_point(serving=[here.school]))
    key = here.sent((named(mine), PICTURE), (named(foreign), PICTURE), by=build.an_actor(Role.POINT, point))
    assert counts(key) == (0, 1, 0, 1)


@pytest.mark.parametrize("role", [Role.DISTRICT, Role.CITY, Role.PROVINCE, Role.SUPERUSER, Role.AUDITOR])
def test_nobody_else_brings_photos(here: Here, role: Role) -> None:
    with pytest.raises(NotYours):
        here.sent((named(here.application()), PICTURE), by=build.an_actor(role))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"Rar!\x1a\x07", albums.FAULTS["not_zip"]),
        (importing.a_workbook(("证件号码",)), albums.WORKBOOK),
        (an_album(("__MACOSX/._a.jpg", b"x")), albums.EMPTY),
    ],
)
def test_what_is_no_album_is_refused_in_words(here: Here, content: bytes, told: Any) -> None:
    key = sent("photos", content, by=here.by, campaign_id=here.campaign_id, name="a.zip")
    row = the(key)
    assert (row.state, said(row.faults)) == (ImportState.UNREADABLE, [str(told)])
    assert not files.is_kept(FileUse.IMPORT, key)  # whatever it is, there may be photos in it


def test_whoever_must_sign_again_is_told(here: Here) -> None:
    one, other = here.application(printed_version=1), here.application()
    written(here.sent((named(one), PICTURE)), by=here.by)
    words = session.scalars(select(Message).where(Message.application_id.in_([one.id, other.id]))).all()
    assert [(word.application_id, "重新打印、签名" in word.body) for word in words] == [(one.id, True)]
    letter = session.scalars(select(Mail)).one()
    assert (letter.to, words[0].body in letter.body) == (one.person.email, True)


def test_whoever_gets_the_former_photo_back_is_told_that(here: Here) -> None:
    key = here.sent((named(here.application()), PICTURE))
    written(key, by=here.by)
    taken_back(key, by=here.by)
    first, second = session.scalars(select(Message.body).order_by(Message.id)).all()
    assert (first[:5], second[:6]) == ("照片已更换", "照片已恢复为")
