"""A teacher at the portal, by HTTP: what a test reads is what the teacher does."""

import io
import random
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from shared import clock
from shared.db import session
from shared.models import Authority, Institution, NoticeText
from tests import build

PASSWORD = "Xinghuo-2026"
BEFORE_ACCOUNT = ("read", "terms", "identity", "basics", "certificate", "bureau", "school", "point", "attention")
MATERIALS = ("work", "contract", "education", "person", "contact")
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
HIDDEN = re.compile(r'name="(version|notice|owner)"[^>]*value="([^"]*)"')


def a_jpeg(width: int = 900, height: int = 1200) -> bytes:
    """A photo with some texture, as a camera makes it."""
    noise = random.Random(7)
    picture = Image.new("RGB", (30, 40), (120, 160, 210))
    for x in range(10, 20):
        for y in range(8, 30):
            picture.putpixel((x, y), (200 + noise.randrange(30), 170, 150))
    out = io.BytesIO()
    picture.resize((width, height)).save(out, "JPEG")
    return out.getvalue()


def publish_notices() -> None:
    """The three texts of the wizard."""
    for key in ("must_read", "terms", "attention"):
        text = f"一、说明\n1. {key}的第一条。\n2. 第二条。"
        build.add(NoticeText(key=key, edition=1, body=text, published_at=clock.now()))


@dataclass
class Place:
    """Where the teacher works, and the point that serves the school."""

    bureau_id: int
    school_id: int
    point_id: int


def a_place() -> Place:
    district = build.a_nanjing().gulou
    school = build.a_school("宁海中学", bureau=district)
    point = build.a_point("鼓楼区第一确认点", serving=[school])
    return Place(district.id, school.id, point.id)


@dataclass
class Teacher:
    """One browser with one teacher."""

    app: Flask
    place: Place
    id_number: str = field(default_factory=build.an_id_number)
    certificate_number: str = field(default_factory=build.a_certificate_number)
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def opens(self, path: str) -> TestResponse:
        return self.client.get(path)

    def hidden(self, path: str) -> dict[str, str]:
        """What the form of a page sends by itself."""
        page = self.opens(path).get_data(as_text=True)
        token = TOKEN.search(page)
        found = {name: unescape(value) for name, value in HIDDEN.findall(page)}
        return {**found, "csrf_token": token.group(1) if token else ""}

    def posts(self, path: str, *, at: str = "", follow: bool = False, **values: Any) -> TestResponse:
        """Fill in the form of the page `at` (or `path`) and send it."""
        return self.client.post(path, data={**self.hidden(at or path), **values}, follow_redirects=follow)

    def step(self, slug: str, **values: Any) -> TestResponse:
        return self.posts(f"/apply/{slug}", **(self.answers(slug) | values))

    def fills_in(self, *slugs: str) -> None:
        """Go through pages; each must be accepted."""
        for slug in slugs:
            answer = self.step(slug)
            assert answer.status_code == 303, (slug, words_of(answer))

    def opens_an_account(self) -> None:
        self.fills_in(*BEFORE_ACCOUNT, "account")

    def fills_in_everything(self) -> None:
        self.opens_an_account()
        self.fills_in(*MATERIALS, "photo")

    def logs_in(self, path: str = "/account/log-in", password: str = PASSWORD) -> TestResponse:
        return self.posts(path, id_number=self.id_number, password=password)

    def answers(self, slug: str) -> dict[str, Any]:
        """What this teacher enters on a page."""
        return {
            "read": {},
            "terms": {"accept": "y"},
            "identity": {
                "id_kind": "resident",
                "id_number": self.id_number,
                "certificate_number": self.certificate_number,
            },
            "basics": {"name": "王晓燕", "ethnicity_code": "01"},
            "certificate": {
                "qualification_type_code": "3",
                "authority_id": _name(Authority),
                "certificate_subject_code": "语文",
                "certificate_issued_on": "2010-07-01",
            },
            "bureau": {
                "teaching_stage": "junior",
                "teaching_subject_code": "语文",
                "bureau_id": self.place.bureau_id,
            },
            "school": {"school_id": "宁海中学"},
            "point": {"point_id": self.place.point_id},
            "attention": {},
            "account": {"email": "wang@example.cn", "password": PASSWORD, "password_again": PASSWORD},
            "work": {
                "work_started_on": "2010-08-01",
                "title_code": "103",
                "joined_on": "2010-08-01",
                "post_kind": "established",
            },
            "contract": {
                "locality": "urban",
                "school_nature": "public_junior",
                "contract_from": "2020-08-01",
                "contract_to": "2030-07-31",
            },
            "education": {
                "education_code": "20",
                "degree_code": "4",
                "institution_id": _name(Institution),
                "major": "汉语言文学",
                "putonghua_code": "21",
            },
            "person": {
                "political_status_code": "13",
                "residence_code": "南京市鼓楼区",
                "birthplace_code": "江苏省南京市",
            },
            "contact": {
                "mobile": "13800138000",
                "email": "wang@example.cn",
                "address": "南京市鼓楼区宁海路1号",
                "postcode": "210024",
            },
            "photo": {"photo": (io.BytesIO(a_jpeg()), "我的照片.jpg")},
            "check": {},
        }[slug]


def _name(model: type[Authority] | type[Institution]) -> str:
    return session.scalars(select(model.name)).first() or ""


def words_of(answer: TestResponse) -> str:
    """The page as one reads it."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))))
