"""Anybody who holds a printed form asks whether it is the present one, and learns nothing else."""

import pytest

from shared.db import session
from shared.models import Application
from shared.models.kinds import Stage
from shared.services import applications
from tests import actors, build
from tests.portal.teacher import Teacher
from tests.services.test_prints import printed


@pytest.fixture
def application(teacher: Teacher) -> Application:
    return build.an_application(Stage.SUBMITTED, photo=True)


def asks(visitor: Teacher, number: str, code: str) -> tuple[int, str]:
    answer = visitor.posts("/paper", number=number, code=code)
    return answer.status_code, answer.get_data(as_text=True)


def test_a_form_is_current_until_the_application_changes(teacher: Teacher, application: Application) -> None:
    key, secrets = application.id, (application.person.name, application.person.id_number, application.school.name)
    number, code = str(application.registration_number), printed(application)
    status, page = asks(teacher, number, code)
    assert (status, "现行有效" in page) == (200, True)
    change(key)
    status, page = asks(teacher, number, code)
    assert (status, "已经作废" in page, "第1版" in page) == (200, True, True)
    assert not any(secret in page for secret in secrets)


def change(key: int) -> None:
    application = session.get_one(Application, key)
    applications.save(key, {"major": "数学"}, by=actors.teacher(application), version=application.version)


def test_what_is_on_no_paper_is_told_in_one_sentence(teacher: Teacher, application: Application) -> None:
    printed(application)
    for number, code in ((str(application.registration_number), "ABCD-EFGH"), ("12345", "ABCD-EFGH")):
        status, page = asks(teacher, number, code)
        assert (status, "没有这样的申请表，请对照申请表核对报名号和核验码" in page) == (422, True)
    assert asks(teacher, "", "")[0] == 422
