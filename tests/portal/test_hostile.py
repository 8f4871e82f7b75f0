"""Whatever is typed into any field of the form gets a sentence or is kept as it is; nothing breaks, nothing runs."""

import re
from html import unescape

import pytest
from werkzeug.test import TestResponse

from portal.steps import PAGES, Form, Page
from shared.db import session
from shared.models import Application
from shared.rules.fields import Input
from tests.portal.teacher import BEFORE_ACCOUNT, MATERIALS, Teacher, words_of

HOSTILE = {
    "ten thousand characters": "教" * 10_000,
    "control characters": "王\x01\x08\x1b晓\x7f燕\r\n\t",
    "marks that turn the direction of writing": "王\u202e晓\u2066燕\u200f\u2069",
    "emoji": "👩‍🏫🇨🇳💥",
    "full-width digits": "１２３４５６７８９０１２３４５６７",
    "SQL": "'); DROP TABLE applications; --",
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)>\"'",
    "a template": "{{ 7 * 7 }}{% raw %}${7*7}",
    "a path": "../../../../etc/passwd",
    "a lone surrogate's place": "\ufffd\ufeff\ufdd0",
    "a number that is too large": "9" * 40,
}
OWN = [page for page in PAGES if page.form is Form.FIELDS]


def says_something(answer: TestResponse, page_slug: str, kind: str) -> None:
    text = answer.get_data(as_text=True)
    assert answer.status_code in (303, 422), (page_slug, kind, answer.status_code)
    assert "<script>alert" not in text, (page_slug, kind)
    assert "onerror=alert(1)>" not in text, (page_slug, kind)
    if answer.status_code == 422:
        assert 'class="errors"' in text, (page_slug, kind)


def test_every_field_bears_everything(teacher: Teacher) -> None:
    for slug in (*BEFORE_ACCOUNT, "account", *MATERIALS):
        page = next((page for page in OWN if page.slug == slug), None)
        for kind, text in HOSTILE.items() if page else ():
            types_into_everything(teacher, page, kind, text)
        answer = teacher.step(slug)
        assert answer.status_code == 303, (slug, words_of(answer))
    assert session.query(Application).count() == 1


def types_into_everything(teacher: Teacher, page: Page, kind: str, text: str) -> None:
    path = f"/apply/{page.slug}"
    typed = {field.name: text for field in page.fields} | {f"{field.name}-pick": text for field in page.fields}
    says_something(teacher.step(page.slug, **typed), page.slug, kind)
    held = teacher.client.post(f"{path}/hold", data=teacher.hidden(path) | typed)
    assert held.status_code == 200, (page.slug, kind)
    assert "<script>alert" not in teacher.opens(path).get_data(as_text=True), (page.slug, kind)


@pytest.mark.parametrize("kind", ["marks that turn the direction of writing", "HTML", "SQL", "emoji"])
def test_one_bad_field_loses_none_of_the_others(teacher: Teacher, kind: str) -> None:
    teacher.opens_an_account()
    teacher.fills_in("work", "contract", "education", "person")
    answer = teacher.step("contact", mobile=HOSTILE[kind])
    page = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert "手机号码应为11位数字" in page
    assert "南京市鼓楼区宁海路1号" in page


def test_what_is_stored_has_no_invisible_characters(teacher: Teacher) -> None:
    teacher.opens_an_account()
    teacher.fills_in("work", "contract", "education", "person")
    assert teacher.step("contact", address="\u202e宁海路\x011号\u200f").status_code == 303
    session.rollback()
    assert session.query(Application).one().address == "宁海路1号"


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_log_in_and_the_search_bear_everything(teacher: Teacher, kind: str) -> None:
    teacher.fills_in("read")
    answer = teacher.client.get("/apply/find/school_id", query_string={"q": HOSTILE[kind]})
    assert answer.status_code == 200
    answer = teacher.posts("/account/log-in", id_number=HOSTILE[kind], password=HOSTILE[kind])
    assert answer.status_code == 422
    assert "<script>alert" not in answer.get_data(as_text=True)


def test_every_list_refuses_what_it_does_not_offer(teacher: Teacher) -> None:
    teacher.opens_an_account()
    lists = [(page, f) for page in OWN if page.own for f in page.fields if f.input is Input.KIND]
    for slug in MATERIALS:
        for page, field in lists:
            if page.slug == slug:
                answer = teacher.step(slug, **{field.name: "no-such-thing"})
                assert answer.status_code == 422, field.name
                assert re.search("请从列表中选择", words_of(answer)), field.name
        teacher.fills_in(slug)
