"""确认点账号表 (S4): points, the schools that they serve, and an account for each operator."""

from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from shared.db import session
from shared.models import AuditEntry, ConfirmationPoint, Import, ImportRow, PointSchool, Staff
from shared.models.kinds import FileUse, ImportState, Role
from shared.rules.rights import Actor
from shared.services import activation, files, passwords
from shared.services.errors import NotYours, Refused
from shared.services.imports import running, slips, undoing, verbs
from tests import build, importing
from tests.importing import a_csv, counts, refusals, said, sent, taken_back, the, written

HEAD = (
    *("区县", "确认点编码", "确认点名称", "服务学校", "地址", "操作员姓名", "操作员身份证号"),
    *("手机", "邮箱", "用户名", "初始密码", "有效期止", "备注"),
)
GOOD = "Kai-Fang-2026"


class Here:
    """A city with two districts, and the superuser of one of them."""

    def __init__(self) -> None:
        self.city = build.a_nanjing()
        self.first = build.a_school("鼓楼一小", bureau=self.city.gulou)
        self.second = build.a_school("鼓楼二小", bureau=self.city.gulou)
        self.elsewhere = build.a_school("玄武小学", bureau=self.city.xuanwu)
        self.by = build.an_actor(Role.SUPERUSER, self.city.gulou)

    def sent(self, *rows: Any, by: Actor | None = None) -> int:
        return sent("operators", a_csv(HEAD, *rows), by=by or self.by)

    def row(self, username: str, **cells: Any) -> tuple[Any, ...]:
        known = {
            "区县": "南京市鼓楼区教育局", "确认点编码": "GL01", "确认点名称": "鼓楼确认点", "操作员姓名": "张操作",
            "手机": "13912345678", "用户名": username
        }  # fmt: skip
        return tuple((known | cells).get(name, "") for name in HEAD)


@pytest.fixture
def here(database: Any) -> Here:
    return Here()


def the_point() -> ConfirmationPoint:
    session.expire_all()
    return session.scalars(select(ConfirmationPoint)).one()


def served(point: ConfirmationPoint) -> set[int]:
    return set(session.scalars(select(PointSchool.school_id).where(PointSchool.point_id == point.id)))


def accounts() -> list[str]:
    session.expire_all()
    return sorted(session.scalars(select(Staff.username).where(Staff.role == Role.POINT)))


def test_a_point_its_schools_and_its_operators_come_with_one_file(here: Here) -> None:
    both = f"{here.first.code}；{here.second.code}"
    key = here.sent(
        here.row("op_a", 服务学校=both, 地址="中山路1号", 操作员身份证号=build.an_id_number()),
        here.row("op_b", 区县="鼓楼区", 确认点编码=""),
    )
    assert (the(key).state, counts(key)) == (ImportState.CHECKED, (2, 0, 0, 0)), refusals(key)
    assert said(the(key).notes) == ["将新增1个确认点：鼓楼确认点"]
    assert session.scalar(select(ConfirmationPoint.id)) is None
    assert accounts() == []
    assert written(key, by=here.by).state is ImportState.DONE
    point = the_point()
    assert (point.code, point.name, point.address) == ("GL01", "鼓楼确认点", "中山路1号")
    assert point.bureau_id == here.city.gulou.id
    assert served(point) == {here.first.id, here.second.id}
    assert accounts() == ["op_a", "op_b"]
    staff = session.scalars(select(Staff).where(Staff.role == Role.POINT)).all()
    assert {(one.point_id, one.must_change_password, one.password_hash) for one in staff} == {(point.id, True, "")}


def test_the_same_file_again_changes_nothing(here: Here) -> None:
    rows = [here.row("op_a", 服务学校=here.first.code, 初始密码=GOOD), here.row("op_b")]
    written(here.sent(*rows), by=here.by)
    assert counts(here.sent(*rows)) == (0, 0, 2, 0)


def test_an_initial_password_is_hashed_and_stands_nowhere_else(here: Here, tmp_path: Any) -> None:
    key = here.sent(here.row("op_a", 初始密码=GOOD), here.row("op_b", 手机="12"), here.row("op_c", 初始密码="short"))
    assert refusals(key)[3] == ["mobile: 手机号码应为11位数字，以13至19开头"]
    assert refusals(key)[4] == [
        "password: 密码须为10至128个字符", "password: 密码须包含大写字母、小写字母、数字、符号中的至少三种"
    ]  # fmt: skip
    marked = load_workbook(importing.the_file(FileUse.FAULTS, key, tmp_path)).active
    assert {cell.value for cell in marked["K"][1:]} <= {None, ""}
    written(key, by=here.by, partial=True)
    staff = session.scalars(select(Staff).where(Staff.username == "op_a")).one()
    assert passwords.verify(staff.password_hash, GOOD)
    assert staff.must_change_password
    assert not files.is_kept(FileUse.IMPORT, key)
    kept = [*session.execute(select(ImportRow.before, ImportRow.changes, ImportRow.reasons)),
            *session.execute(select(AuditEntry.changes))]  # fmt: skip
    assert len(kept) > 3
    assert all(GOOD not in str(row) and staff.password_hash not in str(row) for row in kept)


def test_passwords_are_hashed_before_anybody_has_to_wait(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    key = here.sent(here.row("op_a", 初始密码=GOOD), here.row("op_b", 初始密码=GOOD), here.row("op_c"))
    steps: list[str] = []
    hash_password, locked = passwords.hash_password, verbs.locked

    def hashing(password: str) -> str:
        steps.append("hash")
        return hash_password(password)

    def locking(number: int) -> Import:
        steps.append("lock")
        return locked(number)

    monkeypatch.setattr(passwords, "hash_password", hashing)
    verbs.start(key, by=here.by, digest=the(key).digest)
    monkeypatch.setattr(verbs, "locked", locking)
    running.work_off(key)
    assert steps == ["hash", "hash", "lock"]
    found = session.scalars(select(Staff.password_hash).where(Staff.username.in_(["op_a", "op_b"]))).all()
    assert len(set(found)) == 2  # each with a salt of its own
    assert all(passwords.verify(one, GOOD) for one in found)


def test_rows_of_one_point_must_agree(here: Here) -> None:
    key = here.sent(here.row("op_a", 地址="甲路"), here.row("op_b", 地址="乙路"), here.row("op_c", 确认点名称="另一个"))
    assert refusals(key) == {
        3: ["address: 与第2行对同一确认点的填写不一致，请改成一样"],
        4: ["point_name: 与第2行对同一确认点的填写不一致，请改成一样"],
    }


def test_what_is_not_in_the_area_is_refused(here: Here) -> None:
    foreign = build.a_point("玄武确认点", bureau=here.city.xuanwu, serving=[])
    other = build.staff(Role.POINT, foreign)
    teacher = build.staff(Role.SUPERUSER, here.city.gulou)
    key = here.sent(
        here.row("op_a", 区县="南京市玄武区教育局"),
        here.row("op_b", 服务学校=here.elsewhere.code),
        here.row("op_c", 确认点编码=foreign.code),
        here.row(other.username),
        here.row(teacher.username),
        here.row("op_d"),
        here.row("op_d"),
        here.row("op_e", 操作员身份证号="320106"),
    )
    found = refusals(key)
    assert "没有找到“南京市玄武区教育局”" in found[2][0]
    assert "没有找到，或者不属于这个区县" in found[3][0]
    assert "已用于别的区县的确认点" in found[4][0]
    assert found[5] == [": 这条记录不归您管理，不能更改"]
    assert "的账号，请换一个" in found[6][0]
    assert found[8] == ["username: 与第7行重复"]
    assert found[9][0].startswith("id_number: 证件号码应为18位")
    assert counts(key) == (1, 0, 0, 7)


def test_a_school_of_another_district_is_refused_also_to_the_city(here: Here) -> None:
    city = build.an_actor(Role.SUPERUSER, here.city.city)
    key = here.sent(here.row("op_a", 服务学校=here.elsewhere.code), by=city)
    assert "不属于这个区县" in refusals(key)[2][0]


@pytest.mark.parametrize("role", [Role.DISTRICT, Role.SCHOOL, Role.POINT, Role.AUDITOR])
def test_who_keeps_no_accounts_sends_none_in(here: Here, role: Role) -> None:
    with pytest.raises(NotYours):
        here.sent(here.row("op_a"), by=build.an_actor(role))


def test_changes_are_shown_and_taken_back(here: Here) -> None:
    point = build.a_point("鼓楼确认点", bureau=here.city.gulou, serving=[here.first], address="旧路")
    other = build.a_point("旧确认点", bureau=here.city.gulou, serving=[])
    member = build.staff(Role.POINT, other, username="op_a", name="张操作", mobile="13912345678")
    epoch = member.session_epoch
    first, second = here.first.id, here.second.id
    point_id, other_id, member_id = point.id, other.id, member.id
    new = {"确认点名称": "新名确认点", "地址": "新路", "服务学校": here.second.code}
    key = here.sent(here.row("op_a", 确认点编码=point.code, **new))
    assert counts(key) == (0, 1, 0, 0), refusals(key)
    shown = session.scalars(select(ImportRow).where(ImportRow.import_id == key)).one()
    assert shown.changes == {
        "point_code": ["旧确认点", "新名确认点"], "point_name": ["鼓楼确认点", "新名确认点"],
        "schools": ["鼓楼一小", "鼓楼二小"], "address": ["旧路", "新路"],
    }  # fmt: skip
    written(key, by=here.by)
    session.expire_all()
    assert (point.name, point.address, served(point)) == ("新名确认点", "新路", {second})
    assert (member.point_id, member.session_epoch) == (point_id, epoch + 1)
    row = taken_back(key, by=here.by)
    assert (row.state, row.undone) == (ImportState.UNDONE, 1)
    point = session.get_one(ConfirmationPoint, point_id)
    assert (point.name, point.address, served(point)) == ("鼓楼确认点", "旧路", {first})
    assert session.get_one(Staff, member_id).point_id == other_id


def test_new_accounts_go_again_and_their_point_with_them(here: Here) -> None:
    key = here.sent(here.row("op_a", 服务学校=here.first.code), here.row("op_b"))
    written(key, by=here.by)
    assert undoing.preview(key, by=here.by) == []
    assert taken_back(key, by=here.by).undone == 2
    assert accounts() == []
    assert session.scalar(select(ConfirmationPoint.id)) is None


def test_a_point_stays_for_the_account_that_somebody_uses(here: Here) -> None:
    key = here.sent(here.row("op_a"), here.row("op_b"))
    written(key, by=here.by)
    slip = next(one for one in slips.give(key, by=here.by, admin_url="http://office") if one.username == "op_b")
    activation.activate("op_b", slip.code.replace("-", ""), GOOD, by=here.by)
    before = [(str(text), count) for text, count in undoing.preview(key, by=here.by)]
    assert sum(count for _text, count in before) == 2
    assert taken_back(key, by=here.by).undone == 0
    assert accounts() == ["op_a", "op_b"]


def test_slips_are_given_once_and_only_to_the_importer(here: Here) -> None:
    key = here.sent(here.row("op_a"), here.row("op_b", 初始密码=GOOD))
    with pytest.raises(Refused, match="导入后才能打印"):
        slips.give(key, by=here.by, admin_url="http://office")
    written(key, by=here.by)
    with pytest.raises(NotYours):
        slips.give(key, by=build.an_actor(Role.SUPERUSER, here.city.gulou), admin_url="http://office")
    assert slips.waiting(key, by=here.by) == 1
    made = slips.give(key, by=here.by, admin_url="http://office")
    assert [one.username for one in made] == ["op_a"]
    with pytest.raises(Refused, match="已经打印过"):
        slips.give(key, by=here.by, admin_url="http://office")
    noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "give_slips")).one()
    assert (noted.row_id, noted.actor_id) == (key, here.by.id)
    assert made[0].code not in str(session.execute(select(AuditEntry.changes)).all())
    assert taken_back(key, by=here.by).undone == 2  # a slip is no reason to keep an account
