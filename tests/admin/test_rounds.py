"""Campaigns at the door: the next one in one step, the reason of a changed window, and a look with a teacher's eyes."""

import re
from datetime import date

from flask import Flask
from sqlalchemy import select

from shared.db import session
from shared.models import AuditEntry, Campaign, School, Window
from shared.models.kinds import EntryStatus, Role
from tests import build
from tests.admin import world
from tests.admin.world import City


def words(text: str) -> str:
    return re.sub(r"(<[^>]+>|\s)+", " ", text)


def test_a_superuser_makes_the_next_campaign(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    key = city.rows["campaigns"]
    page = client.get(f"/campaigns/next/?id={key}").text
    assert "照此新建下一批次" in client.get(f"/campaigns/details/?id={key}").text
    assert 'name="first_day"' in page
    given = {"code": "NEXT", "name": "下一批次", "year": "2027", "first_day": "2027-10-11"}
    wrong = client.post(f"/campaigns/next/?id={key}", data=given | {"code": "", "first_day": "2027-02-30"})
    assert (wrong.status_code, "下一批次" in wrong.text) == (422, True)
    answer = client.post(f"/campaigns/next/?id={key}", data=given, follow_redirects=True)
    assert "已新建，尚未启用" in answer.text
    made = session.scalars(select(Campaign).where(Campaign.code == "NEXT")).one()
    assert (made.status, len(made.windows) > 0) == (EntryStatus.PENDING, True)


def test_others_do_not(app: Flask, city: City) -> None:
    for role in (Role.DISTRICT, Role.CITY, Role.PROVINCE, Role.AUDITOR):
        client = world.logged_in(app, city.staff[role])
        assert client.get(f"/campaigns/next/?id={city.rows['campaigns']}").status_code == 404, role


def test_changed_hours_are_owed_a_reason_which_the_audit_keeps(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    window = session.scalars(select(Window)).first()
    assert window is not None
    key, version, campaign = window.id, window.version, window.campaign_id
    given = {
        "campaign_id": str(campaign), "stage": "apply", "opens_on": "2026-10-10", "closes_on": "2026-10-26",
        "opens_at": "08:30", "closes_at": "22:00", "version": str(version),
    }  # fmt: skip
    refused = client.post(f"/windows/edit/?id={key}", data=given | {"reason": ""})
    assert (refused.status_code, "请写明为什么设置或更改" in refused.text) == (422, True)
    saved = client.post(f"/windows/edit/?id={key}", data=given | {"reason": "系统拥堵，延长一小时"})
    assert saved.status_code == 302, words(saved.text)
    changed = AuditEntry.table_name == "windows", AuditEntry.action == "update"
    noted = session.scalars(select(AuditEntry.changes).where(*changed))
    assert [entry["reason"][1] for entry in noted] == ["系统拥堵，延长一小时"]
    assert 'value="系统拥堵' not in client.get(f"/windows/edit/?id={key}").text


def test_what_a_teacher_sees_is_told_by_school_day_and_hour(app: Flask, city: City) -> None:
    client = world.logged_in(app, city.staff[Role.SUPERUSER])
    key = city.rows["campaigns"]
    school = session.scalars(select(School)).first()
    assert school is not None
    address = f"/campaigns/seen/?id={key}&day=2026-10-14&hour=12:00&school="
    campaign = session.get_one(Campaign, key)
    shut = {"opens_on": date(2026, 10, 14), "closes_on": date(2026, 10, 14), "is_closure": True}
    build.a_window(campaign, campaign.windows[0].stage, **shut)
    page = words(client.get(address + school.code).text)
    assert school.name in page
    assert page.count("现在未开放") == 1
    assert "没有这样的学校" in client.get(address + "不存在").text
    assert "必须填写" in client.get(address).text
    assert client.get(f"/campaigns/seen/?id={key}&day=x&hour=99:99&school=x").status_code == 200
