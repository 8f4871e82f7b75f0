"""年度考核与培训学时: a school's file instead of one check page after the other."""

from typing import Any

import pytest
from sqlalchemy import select

from shared.db import session
from shared.models import Application, AssessmentYear, AuditEntry, ImportRow, Person
from shared.models.kinds import AssessmentGrade, EthicsGrade, ImportState, RegistrationType, Role, Stage
from shared.rules.rights import Actor
from shared.services.errors import NotYours
from tests import build
from tests.importing import a_csv, counts, refusals, sent, taken_back, the, written

HEAD = ("报名号", "证件号码", "姓名", "年度", "年度考核", "师德考核", "培训学时", "备注")


class Here:
    """A school, its officer, and a teacher who has handed in."""

    def __init__(self) -> None:
        self.city = build.a_nanjing()
        self.campaign = build.a_campaign(self.city.province)
        self.campaign_id, self.last = self.campaign.id, self.campaign.year - 1
        self.school = build.a_school(bureau=self.city.gulou)
        self.by = build.an_actor(Role.SCHOOL, self.school)
        self.one = self.application()
        self.key = self.one.id

    def application(self, stage: Stage = Stage.SUBMITTED, **fields: Any) -> Application:
        known = {"campaign": self.campaign, "school": self.school,
                 "registration_type": RegistrationType.PERIODIC}  # fmt: skip
        return build.an_application(stage, **(known | fields))

    def sent(self, *rows: Any, by: Actor | None = None) -> int:
        return sent("assessment_years", a_csv(HEAD, *rows), by=by or self.by, campaign_id=self.campaign_id)

    def row(self, year: int, one: Application | None = None, **cells: Any) -> tuple[Any, ...]:
        one = one or session.get_one(Application, self.key)
        known = {"报名号": one.registration_number, "姓名": one.name, "年度": year, "年度考核": "合格", "培训学时": 72}
        return tuple((known | cells).get(name, "") for name in HEAD)


@pytest.fixture
def here(database: Any) -> Here:
    return Here()


def years(key: int) -> dict[int, tuple[Any, ...]]:
    session.expire_all()
    rows = session.scalars(select(AssessmentYear).where(AssessmentYear.application_id == key))
    return {row.year: (row.assessment, row.ethics, row.training_hours, row.note) for row in rows}


def test_years_come_by_number_or_by_person(here: Here) -> None:
    version = here.one.version
    number = session.get_one(Person, here.one.person_id).id_number
    key = here.sent(
        here.row(here.last, 师德考核="优秀"),
        here.row(here.last - 1, 报名号="", 证件号码=number, 年度考核="未参加", 培训学时="０", 备注="产假"),
    )
    assert (the(key).state, counts(key)) == (ImportState.CHECKED, (2, 0, 0, 0)), refusals(key)
    assert years(here.key) == {}
    written(key, by=here.by)
    assert years(here.key) == {
        here.last: (AssessmentGrade.QUALIFIED, EthicsGrade.EXCELLENT, 72, ""),
        here.last - 1: (AssessmentGrade.ABSENT, None, 0, "产假"),
    }
    assert session.get_one(Application, here.key).version > version
    told = session.scalars(select(AuditEntry).where(AuditEntry.table_name == "applications",
                                                    AuditEntry.row_id == here.key)).all()  # fmt: skip
    assert any("72学时" in str(entry.changes.get("years")) for entry in told)


def test_changes_are_shown_and_taken_back(here: Here) -> None:
    written(here.sent(here.row(here.last, 备注="原")), by=here.by)
    assert counts(here.sent(here.row(here.last))) == (0, 0, 1, 0)
    key = here.sent(here.row(here.last, 培训学时=80), here.row(here.last - 1))
    assert counts(key) == (1, 1, 0, 0)
    shown = session.scalars(select(ImportRow).where(ImportRow.import_id == key)).one()
    assert shown.changes == {"training_hours": ["72", "80"]}
    written(key, by=here.by)
    assert {year: row[2] for year, row in years(here.key).items()} == {here.last: 80, here.last - 1: 72}
    assert taken_back(key, by=here.by).undone == 2
    assert years(here.key) == {here.last: (AssessmentGrade.QUALIFIED, None, 72, "原")}


def test_what_was_confirmed_since_stays(here: Here) -> None:
    key = here.sent(here.row(here.last))
    written(key, by=here.by)
    build.change(session.get_one(Application, here.key), stage=Stage.CONFIRMED)
    assert taken_back(key, by=here.by).undone == 0
    assert list(years(here.key)) == [here.last]


def test_every_fault_is_told(here: Here) -> None:
    elsewhere = here.application(school=build.a_school(bureau=here.city.gulou))
    confirmed, first = here.application(Stage.CONFIRMED), here.application(registration_type=RegistrationType.FIRST)
    key = here.sent(
        here.row(here.last, 姓名="别人"),
        here.row(here.last, elsewhere),
        here.row(here.last, confirmed),
        here.row(here.last, first),
        here.row(here.last - 9),
        here.row(here.last, 年度考核="未参加"),
        here.row(here.last - 2, 培训学时=2000),
        here.row(here.last - 1),
        here.row(here.last - 1),
        here.row(here.last, 报名号=""),
    )
    found = {row: faults[0] for row, faults in refusals(key).items()}
    assert "不一致" in found[2]
    assert "不是本校的" in found[3]
    assert "已确认受理" in found[4]
    assert "首次注册不填" in found[5]
    assert "本批次填写" in found[6]
    assert found[7].startswith("note: ")
    assert found[8].startswith("training_hours: ")
    assert found[10] == "year: 与第9行重复"
    assert "请填写报名号或证件号码" in found[11]
    assert counts(key) == (1, 0, 0, 9)


def test_nobody_attests_of_themselves(here: Here) -> None:
    number = session.get_one(Person, here.one.person_id).id_number
    from shared.models import Staff

    build.change(session.get_one(Staff, here.by.id), id_number=number)
    assert counts(here.sent(here.row(here.last))) == (0, 0, 0, 1)


@pytest.mark.parametrize("role", [Role.POINT, Role.DISTRICT, Role.CITY, Role.SUPERUSER, Role.AUDITOR])
def test_only_schools_attest(here: Here, role: Role) -> None:
    with pytest.raises(NotYours):
        here.sent(here.row(here.last), by=build.an_actor(role))
