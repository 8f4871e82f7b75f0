"""Photos as people really send them."""

import io

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from tests.portal.teacher import Teacher, words_of


@pytest.fixture
def with_account(teacher: Teacher) -> Teacher:
    teacher.opens_an_account()
    teacher.fills_in("work", "contract", "education", "person", "contact")
    return teacher


def sends(teacher: Teacher, content: bytes, name: str) -> TestResponse:
    return teacher.step("photo", photo=(io.BytesIO(content), name))


def test_a_text_file_with_a_photos_name_is_refused_with_a_sentence(with_account: Teacher) -> None:
    answer = sends(with_account, "这不是照片".encode() * 100, "照片.jpg")
    assert answer.status_code == 422
    assert "照片" in words_of(answer)
    assert 'href="#photo"' in answer.get_data(as_text=True)


def test_a_photo_of_fifty_four_megapixels_is_refused_with_a_sentence(with_account: Teacher) -> None:
    out = io.BytesIO()
    Image.new("L", (6000, 9000), 200).save(out, "JPEG", optimize=True)
    answer = sends(with_account, out.getvalue(), "大.jpg")
    assert answer.status_code == 422
    assert "像素" in words_of(answer)


def test_going_on_without_a_photo_is_refused_until_there_is_one(with_account: Teacher) -> None:
    answer = with_account.posts("/apply/photo")
    assert answer.status_code == 422
    assert "请选择一张照片" in words_of(answer)
    assert with_account.step("photo").status_code == 303
    assert with_account.posts("/apply/photo").status_code == 303


def test_the_photo_is_shown_to_its_owner_alone(with_account: Teacher) -> None:
    with_account.fills_in("photo")
    answer = with_account.opens("/files/photo.jpg")
    with Image.open(io.BytesIO(answer.data)) as picture:
        assert picture.size == (295, 404)
    other = Teacher(with_account.app, with_account.place)
    other.opens_an_account()
    assert other.opens("/files/photo.jpg").status_code == 404


def test_whoever_sends_a_file_that_is_far_too_large_chooses_another_on_the_same_page(with_account: Teacher) -> None:
    answer = sends(with_account, b"\xff\xd8" + bytes(22 * 1024 * 1024), "huge.jpg")
    answer.request.environ["wsgi.input"].close()
    assert (answer.status_code, answer.location) == (303, "/apply/photo")
    assert "不能超过20 MB" in words_of(with_account.opens("/apply/photo"))
    assert with_account.step("photo").location == "/apply/check"
