"""Who may change a photo and when; what is looked at is not kept."""

import pytest
from sqlalchemy import func, select

from shared.db import session
from shared.models import Application, AuditEntry, Photo
from shared.models.kinds import Role, Stage
from shared.rules.rights import Actor
from shared.services import photos
from shared.services.errors import NotYours, Refused
from tests import build
from tests.pictures import GREEN, RED, corners, encoded, four_quarters, opened

pytestmark = pytest.mark.usefixtures("database")
SETTLED = [Stage.CONFIRMED, Stage.CONCLUDED, Stage.WITHDRAWN]
ORIGINAL = encoded(four_quarters((1368, 2496)))


def owner(application: Application) -> Actor:
    return build.an_actor(Role.TEACHER, application.person)


def kept() -> int:
    return session.scalar(select(func.count()).select_from(Photo)) or 0


def test_a_crop_is_repeated_from_the_original() -> None:
    mine = build.an_application(Stage.DRAFT)
    for crop, colour in (((0.0, 0.0, 0.5, 0.5), GREEN), ((0.5, 0.0, 0.5, 0.5), RED)):
        photos.put(mine.id, ORIGINAL, by=owner(mine), crop=crop)
        for size in ("small", "master"):
            assert set(corners(photos.get(mine.id, by=owner(mine), size=size) or b"")) == {colour}
    assert kept() == 1


def test_a_photo_after_submission_asks_for_a_new_print() -> None:
    mine = build.an_application(Stage.SUBMITTED)
    photos.put(mine.id, ORIGINAL, by=owner(mine))
    session.expire_all()
    assert session.get_one(Application, mine.id).form_version == 2


@pytest.mark.parametrize("stage", [Stage.DRAFT, Stage.SUBMITTED, Stage.RETURNED])
def test_a_look_at_a_picture_keeps_nothing(stage: Stage) -> None:
    mine = build.an_application(stage)
    before = mine.version, mine.form_version, session.scalar(select(func.count()).select_from(AuditEntry))
    shown = photos.upright(mine.id, ORIGINAL, by=owner(mine))
    assert opened(shown).size == (658, 1200)
    session.expire_all()
    row = session.get_one(Application, mine.id)
    assert (row.version, row.form_version, session.scalar(select(func.count()).select_from(AuditEntry))) == before
    assert kept() == 0


@pytest.mark.parametrize("stage", SETTLED)
def test_a_photo_that_cannot_be_changed_any_more_is_not_decoded(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = build.an_application(stage)
    monkeypatch.setattr(photos, "adapter", None)
    for verb in (photos.put, photos.upright):
        with pytest.raises(Refused, match="不能修改"):
            verb(mine.id, ORIGINAL, by=owner(mine))


def test_before_the_window_opens_no_photo_is_taken() -> None:
    build.a_campaign(open_stages=())
    mine = build.an_application(Stage.DRAFT)
    for verb in (photos.put, photos.upright):
        with pytest.raises(Refused):
            verb(mine.id, ORIGINAL, by=owner(mine))
    assert kept() == 0


def test_somebody_elses_application_does_not_exist() -> None:
    foreign = build.an_application(Stage.DRAFT)
    me = owner(build.an_application(Stage.DRAFT))
    for verb in (photos.put, photos.upright):
        with pytest.raises(NotYours):
            verb(foreign.id, ORIGINAL, by=me)


def test_what_is_no_picture_is_a_problem_of_the_photo() -> None:
    mine = build.an_application(Stage.DRAFT)
    for verb in (photos.put, photos.upright):
        with pytest.raises(Refused) as refused:
            verb(mine.id, b"not a picture", by=owner(mine))
        assert refused.value.problems[0].field == "photo"
