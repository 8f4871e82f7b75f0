"""Beside the decision: holds, the colleague who looks at it, messages, and how the list finds them."""

import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shared.db import session
from shared.models import (
    Application,
    Hold,
    Mail,
    Message,
)
from shared.models.kinds import Role
from shared.services import assigning, holds
from tests import build
from tests.admin import world
from tests.admin.reviewing import actor, confirmed, sent, words_on
from tests.admin.world import City


def test_a_hold_stops_the_decision_on_the_page_and_by_hand(district: FlaskClient, city: City) -> None:
    [key] = confirmed(city)
    page = district.get(f"/review/{key}/").text
    assert district.post(f"/review/{key}/hold", data={"hold-reason": ""}).status_code == 422
    answer = district.post(f"/review/{key}/hold?stage=confirmed", data={"hold-reason": "照片存疑"})
    assert answer.headers["Location"] == f"/review/{key}/?stage=confirmed"
    held = words_on(district.get(f"/review/{key}/").text)
    assert "申请已暂停办理（照片存疑）" in held
    status, again = sent(district, page, "preliminary", conclusion="registered")
    assert (status, "照片存疑" in again) == (422, True)
    hold = session.scalars(select(Hold)).one()
    lifted = district.post(f"/review/{key}/lift", data={"lift-hold": str(hold.id), "lift-finding": "系本人"})
    assert lifted.status_code == 302
    assert sent(district, district.get(f"/review/{key}/").text, "preliminary", conclusion="registered")[0] == 302


def test_an_application_is_given_to_a_colleague_or_taken(district: FlaskClient, city: City) -> None:
    [key] = confirmed(city)
    row = session.get_one(Application, key)
    colleague = build.staff(Role.DISTRICT, row.bureau, name="陈同事")
    stranger = build.staff(Role.DISTRICT, build.a_nanjing().gulou, name="外区人")
    colleague_id, stranger_id = colleague.id, stranger.id
    session.commit()
    page = district.get(f"/review/{key}/").text
    assert "陈同事" in page
    assert "外区人" not in page
    assert district.post(f"/review/{key}/assign", data={"assign-assigned_to_id": str(stranger_id)}).status_code == 422
    assert district.post(f"/review/{key}/assign", data={"assign-assigned_to_id": str(colleague_id)}).status_code == 302
    assert "分派给了陈同事" in district.get(f"/review/{key}/").text
    # It tells the others and stops nobody.
    district.post(f"/review/{key}/assign", data={"assign-assigned_to_id": str(colleague_id), "me": "1"})
    session.rollback()
    assert session.get_one(Application, key).assigned_to_id == city.staff[Role.DISTRICT]


def test_a_message_reaches_the_applicant(district: FlaskClient, city: City) -> None:
    [key] = confirmed(city)
    assert district.post(f"/review/{key}/write", data={"write-body": " "}).status_code == 422
    assert district.post(f"/review/{key}/write", data={"write-body": "请补交合同"}).status_code == 302
    message = session.scalars(select(Message).where(Message.application_id == key)).one()
    assert message.body == "请补交合同"
    mail = session.scalars(select(Mail).where(Mail.subject.contains("新留言"))).one()
    assert "请补交合同" in mail.body


def test_a_hold_of_another_application_is_not_lifted_from_this_page(district: FlaskClient, city: City) -> None:
    first, second = confirmed(city, 2)
    hold = holds.place(first, "待查", by=actor(city, Role.DISTRICT))
    session.commit()
    answer = district.post(f"/review/{second}/lift", data={"lift-hold": str(hold.id), "lift-finding": "x"})
    assert answer.status_code == 404


def listed(client: FlaskClient, query: str) -> set[str]:
    return set(re.findall(r'href="/review/(\d+)/', client.get(f"/applications/?{query}").text))


def test_the_list_finds_the_held_ones_mine_and_nobodys(district: FlaskClient, city: City) -> None:
    held, mine, free = confirmed(city, 3)
    me = actor(city, Role.DISTRICT)
    holds.place(held, "待查", by=me)
    assigning.assign(mine, me.id, by=me)
    assigning.assign(held, build.staff(Role.DISTRICT, session.get_one(Application, held).bureau).id, by=me)
    session.commit()
    assert listed(district, "held=yes") == {str(held)}
    assert listed(district, "assigned=me") == {str(mine)}
    assert listed(district, "assigned=nobody&stage=confirmed") == {str(free)}
    assert listed(district, "assigned=me&assigned=nobody&stage=confirmed") == {str(free), str(mine)}


def test_a_school_is_not_told_of_holds(app: Flask, city: City) -> None:
    [key] = confirmed(city)
    holds.place(key, "有人举报", by=actor(city, Role.DISTRICT))
    session.commit()
    school = world.logged_in(app, city.staff[Role.SCHOOL])
    for address in ("/applications/?held=yes", f"/applications/details/?id={key}", "/applications/"):
        assert "有人举报" not in school.get(address).text
    number = session.get_one(Application, key).registration_number
    session.rollback()
    assert number not in school.get("/applications/?held=yes").text
    assert number in school.get("/applications/").text


def test_whoever_reads_everything_reads_of_the_hold(app: Flask, city: City) -> None:
    [key] = confirmed(city)
    holds.place(key, "有人举报", by=actor(city, Role.DISTRICT))
    session.commit()
    for role in (Role.SUPERUSER, Role.AUDITOR):
        assert "有人举报" in world.logged_in(app, city.staff[role]).get(f"/applications/details/?id={key}").text
