"""What one person typed, agreed to or owns is not the next one's at the same machine; and nobody is locked out."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from shared import clock
from shared.db import session
from shared.models import Application, Draft, Mail
from shared.models.kinds import Stage, WindowStage
from shared.services import campaigns
from tests import build
from tests.portal.teacher import MATERIALS, Teacher, words_of

At = Callable[[datetime], datetime]
HERE = {"Origin": "http://localhost"}


def test_the_forms_contact_page_does_not_change_the_way_back_into_the_account(teacher: Teacher) -> None:
    teacher.opens_an_account()
    teacher.fills_in("work", "contract", "education", "person")
    page = teacher.opens("/apply/contact").get_data(as_text=True)
    assert 'name="email"' not in page
    assert 'href="/account/email"' in page
    teacher.step("contact", email="thief@example.cn")
    session.rollback()
    assert session.query(Application).one().person.email == "wang@example.cn"
    assert session.query(Mail).filter_by(to="thief@example.cn").count() == 0


def test_what_one_person_typed_after_leaving_is_not_put_beside_the_next_ones_application(teacher: Teacher) -> None:
    other = Teacher(teacher.app, teacher.place)
    other.opens_an_account()
    other.fills_in("work", "contract", "education", "person")
    teacher.opens_an_account()
    teacher.fills_in("work", "contract", "education", "person")
    typed = teacher.answers("contact") | teacher.hidden("/apply/contact") | {"mobile": "13912345678"}
    teacher.posts("/account/log-out", at="/status/")
    kept = teacher.client.post("/apply/contact", data=typed, headers=HERE)
    other.client = teacher.client
    assert other.logs_in(kept.location).location == "/apply/contact"
    assert "13912345678" not in other.opens("/apply/contact").get_data(as_text=True)
    session.rollback()
    assert all("13912345678" not in draft.answers for draft in session.query(Draft))


def test_nothing_is_kept_for_somebody_unknown(teacher: Teacher) -> None:
    typed = teacher.answers("work")
    before = session.query(Draft).count()
    for _each in range(3):
        answer = teacher.client.post("/apply/work", data=typed, headers=HERE)
        assert answer.status_code in (303, 400)
    session.rollback()
    assert session.query(Draft).count() == before


def test_only_the_pages_own_fields_are_held(teacher: Teacher) -> None:
    teacher.fills_in("read", "terms")
    rubbish = {f"field{number}": "x" * 2_000 for number in range(200)}
    form = teacher.hidden("/apply/identity")
    assert teacher.client.post("/apply/identity/hold", data=form | rubbish | {"id_number": "32"}).status_code == 200
    session.rollback()
    assert len(session.query(Draft).one().answers) < 1_000


def test_an_older_tab_holds_nothing_over_what_was_saved_since(teacher: Teacher) -> None:
    teacher.opens_an_account()
    older = teacher.hidden("/apply/work")
    teacher.fills_in("work")
    late = teacher.answers("work") | older | {"joined_on": "2001-01-01"}
    assert teacher.client.post("/apply/work/hold", data=late).status_code == 409
    assert "2001-01-01" not in teacher.opens("/apply/work").get_data(as_text=True)


def test_a_tick_of_consent_is_given_each_time(teacher: Teacher) -> None:
    teacher.fills_in("read")
    teacher.step("terms", go="back")
    assert "checked" not in teacher.opens("/apply/terms").get_data(as_text=True)


@pytest.mark.parametrize("path", ["/status/withdraw", "/status/point"])
def test_a_version_that_no_page_sent_is_an_older_one(teacher: Teacher, path: str) -> None:
    build.a_point("鼓楼区第二确认点", serving=[session.get_one(build.School, teacher.place.school_id)])
    teacher.fills_in_everything()
    teacher.fills_in("check")
    point = session.query(build.ConfirmationPoint).order_by(build.ConfirmationPoint.id.desc()).first()
    for version in ("9" * 5_000, "٣", "-1", ""):
        answer = teacher.posts(path, version=version, point=str(point.id if point else 0))
        assert answer.status_code == 422, version[:5]


def test_a_campaign_that_is_being_prepared_does_not_hide_the_one_that_is_on(teacher: Teacher, at: At) -> None:
    on = session.query(build.Campaign).one().id
    later = build.a_campaign(open_stages=())
    first = clock.today() + timedelta(days=100)
    build.a_window(later, WindowStage.APPLY, opens_on=first, closes_on=first + timedelta(days=30))
    assert campaigns.current().id == on
    assert campaigns.current().is_open


def test_of_two_campaigns_to_come_the_next_one_is_told(portal: object) -> None:
    for year in (2098, 2097):
        campaign = build.a_campaign(open_stages=())
        build.a_window(campaign, WindowStage.APPLY, opens_on=date(year, 1, 1), closes_on=date(year, 2, 1))
    assert campaigns.current().id == campaign.id


def test_whoever_was_sent_back_reads_why_beside_the_form(teacher: Teacher) -> None:
    teacher.fills_in_everything()
    teacher.fills_in("check")
    application = session.query(Application).one()
    build.change(application, stage=Stage.RETURNED)
    page = words_of(teacher.opens("/apply/check"))
    assert "申请被退回" in page
    assert "不用改内容的" in page
    build.change(session.query(Application).one(), stage=Stage.SCHOOL_CHECKED)
    assert "学校已审校。修改后须由学校重新审校" in words_of(teacher.opens("/apply/contact"))


def test_what_is_wrong_is_told_at_once_and_not_in_rounds(teacher: Teacher) -> None:
    teacher.opens_an_account()
    teacher.fills_in(*MATERIALS[:-1])
    page = words_of(teacher.step("contact", address="路" * 101, mobile="138", postcode="21"))
    for sentence in ("通讯地址最多100个字", "手机号码应为11位数字", "邮政编码应为6位数字"):
        assert sentence in page
