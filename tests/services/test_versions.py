"""What became of a form since a version of it, from the audit."""

from datetime import date, timedelta

import pytest

from shared import clock
from shared.db import session
from shared.models import Application, Certificate, Subject
from shared.models.kinds import Role, Sex, Stage
from shared.services import access, applications, confirming, versions
from tests import build
from tests.actors import operator, teacher

pytestmark = pytest.mark.usefixtures("database")


def _told(application: Application, version: int) -> dict[str, tuple[str, str]]:
    return {str(one.label): (one.old, one.new) for one in versions.changed_since(application, version)}


def test_what_the_teacher_and_the_desk_changed_is_told_since_the_signed_version() -> None:
    application = build.an_application(Stage.SUBMITTED, photo=True)
    assert _told(application, 1) == {}
    build.add(Subject(code="120", name="数学", qualification_types="3", teachable=True))
    changes = {"major": "数学", "mobile": "13800138111", "certificate_subject_code": "120"}
    applications.save(application.id, changes, by=teacher(application), version=application.version)
    joined = {"joined_on": date(2011, 9, 1)}
    confirming.correct(application.id, joined, by=operator(application), version=application.version)
    subjects = {"证书任教学科": ("语文", "数学")}
    assert application.form_version == 3
    assert _told(application, 1) == subjects | {
        "进本单位时间": ("2010-08-01", "2011-09-01"),
        "所学专业": ("汉语言文学", "数学"),
        "手机号码": ("138****8000", "138****8111"),
    }
    assert _told(application, 2) == {"进本单位时间": ("2010-08-01", "2011-09-01")}
    assert _told(application, 3) == {}


def test_a_new_photo_makes_the_print_void_and_is_told() -> None:
    application = build.an_application(Stage.SUBMITTED, photo=True)
    build.change(application.photo, taken_in_at=clock.now() - timedelta(days=3))  # type: ignore[type-var]
    joined = {"joined_on": date(2011, 9, 1)}
    confirming.correct(application.id, joined, by=operator(application), version=application.version)
    assert _told(application, 1).keys() == {"进本单位时间"}
    build.change(application.photo, taken_in_at=clock.now())  # type: ignore[type-var]
    assert _told(application, 1)["照片"] == ("", "已更换")


def test_the_operator_is_told_though_the_audit_itself_is_closed_to_the_desk() -> None:
    application = build.an_application(Stage.SUBMITTED, photo=True)
    joined = {"joined_on": date(2011, 9, 1)}
    confirming.correct(application.id, joined, by=operator(application), version=application.version)
    access.watch(build.an_actor(Role.POINT, application.point))
    try:
        assert _told(application, 1).keys() == {"进本单位时间"}
    finally:
        access.watch(None)


def test_the_registry_knows_a_certificate_by_its_number() -> None:
    application = build.an_application(Stage.SUBMITTED)
    assert versions.registered(application) is None
    row = Certificate(
        number=application.certificate_number,
        id_number=build.an_id_number(),
        name="李四",
        sex=Sex.MALE,
        qualification_type_code="3",
        subject_code="110",
        authority_id=application.authority_id,
        issued_on=date(2010, 7, 1),
    )
    build.add(row)
    session.expire_all()
    assert versions.registered(application) is row
