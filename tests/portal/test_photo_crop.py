"""The part of a photo that its owner chooses, and a look at a file that the browser cannot show."""

import io

import pytest
from PIL import Image
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from shared.db import session
from shared.models import AuditEntry, Photo
from tests.pictures import BLUE, GREEN, RED, WHITE, corners, encoded, four_quarters, opened
from tests.portal.teacher import Teacher, a_jpeg, words_of

PREVIEW = "/files/preview"


@pytest.fixture
def with_account(teacher: Teacher) -> Teacher:
    teacher.opens_an_account()
    teacher.fills_in("work", "contract", "education", "person", "contact")
    return teacher


def chooses(teacher: Teacher, crop: str, content: bytes | None = None) -> TestResponse:
    content = content or encoded(four_quarters((1368, 2496)))
    return teacher.step("photo", photo=(io.BytesIO(content), "我.jpg"), crop=crop)


def looks_at(teacher: Teacher, content: bytes, *, at: str = "/apply/photo") -> TestResponse:
    return teacher.posts(PREVIEW, at=at, photo=(io.BytesIO(content), "IMG_0001.HEIC"))


def stored() -> bytes:
    return session.scalars(select(Photo.master)).one()


def test_the_chosen_part_is_cut_out_of_the_original(with_account: Teacher) -> None:
    parts = {"0,0,0.5,0.5": GREEN, "0.5,0,0.5,0.5": RED, "0,0.5,0.5,0.5": BLUE, "0.5,0.5,0.5,0.5": WHITE}
    for crop, colour in parts.items():
        assert chooses(with_account, crop).status_code == 303
        assert set(corners(stored())) == {colour}


def test_without_a_choice_the_middle_is_taken(with_account: Teacher) -> None:
    assert chooses(with_account, "").status_code == 303
    assert corners(stored()) == [GREEN, RED, BLUE, WHITE]


NONSENSE = (
    *("x", "1,2", "0,0,1,1,1", ",,,", "nan,0,0.5,0.5", "0,0,inf,1", "0,0,1e999,1", "-0.1,0,0.5,0.5", "0.6,0,0.5,0.5"),
    *("0,0,0,0", "0,0,0.5,-0.5", "1.5,1.5,0.1,0.1", "0,0,0.01,0.01", "9" * 5000 + ",0,0.5,0.5"),
)


def test_a_choice_that_no_page_makes_is_refused_with_a_sentence(with_account: Teacher) -> None:
    for crop in NONSENSE:
        answer = chooses(with_account, crop)
        assert answer.status_code == 422, crop
        assert "裁剪" in words_of(answer)
        assert 'href="#photo"' in answer.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(Photo)) == 0


def test_a_photo_is_chosen_anew_and_the_page_shows_it(with_account: Teacher) -> None:
    chooses(with_account, "0,0,0.5,0.5")
    page = words_of(with_account.opens("/apply/photo"))
    assert "已上传" in page
    assert "换一张" in page
    chooses(with_account, "0.5,0,0.5,0.5")
    assert set(corners(with_account.opens("/files/photo.jpg").data)) == {RED}


def test_a_photo_sent_twice_is_one_photo(with_account: Teacher) -> None:
    for _press in range(2):
        assert chooses(with_account, "0,0,0.5,0.5").status_code == 303
    assert set(corners(stored())) == {GREEN}


def test_a_photo_of_a_phone_is_taken_as_it_is(with_account: Teacher) -> None:
    heic = encoded(four_quarters((1368, 2496)), "HEIF")
    assert chooses(with_account, "0.5,0.5,0.5,0.5", heic).status_code == 303
    assert set(corners(stored())) == {WHITE}


def test_the_page_asks_for_every_format_and_says_everything_without_javascript(with_account: Teacher) -> None:
    answer = with_account.opens("/apply/photo")
    page = answer.get_data(as_text=True)
    assert 'accept="image/jpeg,image/png,image/heic,image/heif,.heic,.heif"' in page
    assert 'id="cropper" hidden' in page
    for hint in ("6个月", "背景", "没有边框", "三分之二", "HEIC", "正中间", "不保存原图"):
        assert hint in words_of(answer)


def test_a_look_at_a_photo_shows_it_upright_and_keeps_nothing(with_account: Teacher) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = four_quarters((1500, 2000)).transpose(Image.Transpose.ROTATE_90)
    before = session.scalar(select(func.count()).select_from(AuditEntry))
    answer = looks_at(with_account, encoded(lying, "HEIF", exif=exif))
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "no-store"
    assert opened(answer.data).size == (900, 1200)
    assert corners(answer.data) == [GREEN, RED, BLUE, WHITE]
    assert session.scalar(select(func.count()).select_from(Photo)) == 0
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == before


def test_a_look_at_what_is_no_picture_is_a_sentence(with_account: Teacher) -> None:
    cases = {b"not a picture": "JPG、PNG或HEIC", b"": "空的", b"\0\0\0\x18ftypheic" + bytes(400): "损坏"}
    for content, sentence in cases.items():
        answer = looks_at(with_account, content)
        assert (answer.status_code, answer.mimetype) == (422, "text/plain")
        assert sentence in answer.get_data(as_text=True)


def test_a_look_without_a_file_is_a_sentence(with_account: Teacher) -> None:
    answer = with_account.posts(PREVIEW, at="/apply/photo")
    assert (answer.status_code, answer.mimetype) == (422, "text/plain")


def test_a_look_at_a_file_that_is_far_too_large_is_refused(with_account: Teacher) -> None:
    answer = looks_at(with_account, b"\xff\xd8" + bytes(22 * 1024 * 1024))
    answer.request.environ["wsgi.input"].close()
    assert answer.status_code == 413
    assert "20 MB" in words_of(answer)


def test_looking_is_posting(with_account: Teacher) -> None:
    assert with_account.opens(PREVIEW).status_code == 405


def test_whoever_is_not_logged_in_is_shown_no_file(teacher: Teacher) -> None:
    answer = looks_at(teacher, a_jpeg(), at="/account/log-in")
    assert answer.status_code == 303
    assert answer.location.startswith("/account/log-in")
