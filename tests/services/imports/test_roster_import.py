"""The register of people in scope: sent in, checked, shown, written, taken back."""

from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from shared.db import session
from shared.models import AuditEntry, Import, ImportRow, RosterEntry, School
from shared.models.kinds import FileUse, IdKind, ImportState, Role
from shared.services import access
from shared.services.errors import NotYours, Refused
from shared.services.imports import running, undoing, verbs
from tests import build, importing
from tests.importing import a_csv, a_workbook, counts, refusals, said, sent, the, written

HEAD = ("学校编码", "姓名", "身份证号")


class Here:
    """A district with one school, and who keeps its register."""

    def __init__(self) -> None:
        self.city = build.a_nanjing()
        self.school = build.a_school("鼓楼实验小学", bureau=self.city.gulou)
        self.elsewhere = build.a_school("玄武小学", bureau=self.city.xuanwu)
        self.campaign = build.a_campaign(self.city.province)
        self.by = build.an_actor(Role.DISTRICT, self.city.gulou)

    def sent(self, *rows: Any, content: bytes = b"") -> int:
        return sent("roster_entries", content or a_csv(HEAD, *rows), by=self.by, campaign_id=self.campaign.id)


@pytest.fixture
def here(database: Any) -> Here:
    return Here()


def names() -> list[str]:
    return sorted(session.scalars(select(RosterEntry.name)))


def test_a_file_is_shown_before_anything_is_written(here: Here) -> None:
    key = here.sent((here.school.code, "张三", build.an_id_number()), (here.school.name, "李四", build.an_id_number()))
    assert (the(key).state, counts(key), names()) == (ImportState.CHECKED, (2, 0, 0, 0), [])
    assert written(key, by=here.by).state is ImportState.DONE
    assert names() == ["张三", "李四"]
    entry = session.scalars(select(RosterEntry)).first()
    assert (entry.campaign_id, entry.school_id, entry.id_kind) == (here.campaign.id, here.school.id, IdKind.RESIDENT)
    audited = session.scalars(select(AuditEntry).where(AuditEntry.action == "import")).all()
    assert [(one.table_name, one.changes) for one in audited] == [("roster_entries", {"import": [None, str(key)]})] * 2


def test_the_same_file_again_changes_nothing_and_is_recognised(here: Here) -> None:
    number = build.an_id_number()
    key = here.sent((here.school.code, "张三", number))
    written(key, by=here.by)
    again = here.sent((here.school.code, "张三", number))
    assert counts(again) == (0, 0, 1, 0)
    assert verbs.same_file(the(again)).id == key
    with pytest.raises(Refused, match="没有需要导入的内容"):
        verbs.start(again, by=here.by, digest=the(again).digest)


def test_a_changed_row_shows_old_and_new(here: Here) -> None:
    number = build.an_id_number()
    written(here.sent((here.school.code, "张三", number)), by=here.by)
    key = here.sent((here.school.code, "张山", number))
    assert counts(key) == (0, 1, 0, 0)
    row = session.scalars(select(ImportRow).where(ImportRow.import_id == key)).one()
    assert row.changes == {"name": ["张三", "张山"]}
    written(key, by=here.by)
    assert names() == ["张山"]
    change = session.scalars(select(AuditEntry).where(AuditEntry.action == "update",
                                                      AuditEntry.table_name == "roster_entries")).one()  # fmt: skip
    assert change.changes == {"name": ["张三", "张山"]}


def test_every_fault_is_told_and_nothing_goes_in(here: Here) -> None:
    good, wrong = build.an_id_number(), build.an_id_number()
    wrong = wrong[:-1] + ("1" if wrong[-1] != "1" else "2")
    key = here.sent(
        (here.school.code, "张三", good),
        (here.elsewhere.code, "李四", build.an_id_number()),
        (here.school.code, "", build.an_id_number()),
        (here.school.code, "王五", wrong),
        (here.school.code, "赵六", good),
    )
    assert counts(key) == (1, 0, 0, 4)
    found = refusals(key)
    assert f"没有找到“{here.elsewhere.code}”" in found[3][0]
    assert found[4] == ["name: 新增时必须填写"]
    assert "校验码" in found[5][0]
    assert found[6] == ["id_number: 与第2行重复"]
    with pytest.raises(Refused, match="有4项不能导入"):
        verbs.start(key, by=here.by, digest=the(key).digest)
    assert names() == []


def test_the_good_rows_can_go_in_first(here: Here, tmp_path: Any) -> None:
    key = here.sent((here.school.code, "张三", build.an_id_number()), ("没有这个学校", "李四", build.an_id_number()))
    row = written(key, by=here.by, partial=True)
    assert (row.state, names()) == (ImportState.DONE, ["张三"])
    sheet = load_workbook(importing.the_file(FileUse.FAULTS, key, tmp_path)).active
    assert [cell.value for cell in sheet[1]] == [*HEAD, "原文件行号", "不能导入的原因"]
    assert (sheet.max_row, sheet["B2"].value) == (2, "李四")
    assert sheet["D2"].value == "3"  # the row that reasons mean
    assert "没有找到“没有这个学校”" in sheet["E2"].value
    assert sheet["A2"].fill.bgColor.rgb or sheet["A2"].fill.fgColor.rgb


def test_the_marked_file_can_be_mended_and_sent_in_again(here: Here, tmp_path: Any) -> None:
    key = here.sent(content=a_workbook(HEAD, (here.school.code, "张三", build.an_id_number()),
                                       ("没有", "李四", build.an_id_number())))  # fmt: skip
    path = importing.the_file(FileUse.FAULTS, key, tmp_path)
    book = load_workbook(path)
    book.active["A3"].value = here.school.code
    book.save(path)
    again = here.sent(content=path.read_bytes())
    assert counts(again) == (2, 0, 0, 0)


def test_data_that_moved_are_shown_again_and_nothing_is_written(here: Here) -> None:
    number = build.an_id_number()
    key = here.sent((here.school.code, "张三", number), (here.school.code, "李四", build.an_id_number()))
    build.add(RosterEntry(campaign_id=here.campaign.id, school_id=here.school.id, id_kind=IdKind.RESIDENT,
                          id_number=number, name="张三"))  # fmt: skip
    verbs.start(key, by=here.by, digest=the(key).digest)
    running.work_off(key)
    running.work_off(key)
    row = the(key)
    assert (row.state, counts(key), names()) == (ImportState.CHECKED, (1, 0, 1, 0), ["张三"])
    assert "数据有变动" in said(row.faults)[0]


def test_what_was_shown_long_ago_is_not_committed(here: Here) -> None:
    key = here.sent((here.school.code, "张三", build.an_id_number()))
    with pytest.raises(Refused, match="已经变动"):
        verbs.start(key, by=here.by, digest="0" * 64)


def test_an_import_is_taken_back_but_for_what_was_edited_since(here: Here) -> None:
    first, second = build.an_id_number(), build.an_id_number()
    written(here.sent((here.school.code, "旧名", first)), by=here.by)
    key = here.sent((here.school.code, "新名", first), (here.school.code, "李四", second),
                    (here.school.code, "王五", build.an_id_number()))  # fmt: skip
    written(key, by=here.by)
    edited = session.scalars(select(RosterEntry).where(RosterEntry.name == "李四")).one()
    build.change(edited, name="李思")
    assert [(str(text), count) for text, count in undoing.preview(key, by=here.by)] == [
        ("导入之后又被修改过，保留修改后的内容", 1)
    ]
    row = importing.taken_back(key, by=here.by)
    assert (row.state, row.undone, names()) == (ImportState.UNDONE, 2, ["旧名", "李思"])
    kept = session.scalars(select(ImportRow).where(ImportRow.import_id == key, ~ImportRow.taken_back)).one()
    assert said([kept.reasons[0][1]]) == ["导入之后又被修改过，保留修改后的内容"]


def test_who_may_not_keep_the_register_cannot_send_one_in(here: Here) -> None:
    for role, place in ((Role.SCHOOL, here.school), (Role.CITY, here.city.city), (Role.AUDITOR, here.city.province)):
        with pytest.raises(NotYours):
            sent("roster_entries", b"x", by=build.an_actor(role, place), campaign_id=here.campaign.id)
    assert session.scalar(select(Import.id)) is None


def test_nobody_touches_an_import_of_somebody_else(here: Here) -> None:
    key = here.sent((here.school.code, "张三", build.an_id_number()))
    other = build.an_actor(Role.DISTRICT, here.city.xuanwu)
    for deed in (
        lambda: verbs.start(key, by=other, digest=the(key).digest),
        lambda: verbs.cancel(key, by=other),
        lambda: verbs.start_undoing(key, by=other),
        lambda: undoing.preview(key, by=other),
    ):
        with pytest.raises(NotYours):
            deed()
    assert access.query(Import, by=other) is not None
    assert session.scalars(access.query(Import, by=other)).all() == []


def test_a_row_of_another_district_is_not_changed(here: Here) -> None:
    number = build.an_id_number()
    build.add(RosterEntry(campaign_id=here.campaign.id, school_id=here.elsewhere.id, id_kind=IdKind.RESIDENT,
                          id_number=number, name="张三"))  # fmt: skip
    key = here.sent((here.school.code, "张三", number))
    assert refusals(key) == {2: [": 这条记录不归您管理，不能更改"]}


def test_a_retired_school_is_named_by_nothing_new(here: Here) -> None:
    from shared.models.kinds import EntryStatus

    retired = build.a_school("停办小学", bureau=here.city.gulou)
    build.change(session.get_one(School, retired.id), status=EntryStatus.RETIRED)
    key = here.sent((retired.code, "张三", build.an_id_number()))
    assert refusals(key) == {2: ["school_id: 已停用，不能再选"]}


def test_a_file_that_is_none_says_what_to_do(here: Here) -> None:
    key = here.sent(content=b"%PDF-1.7 ...")
    assert (the(key).state, said(the(key).faults)) == (
        ImportState.UNREADABLE,
        ["这是PDF文件，不是工作簿。请上传.xlsx、.xls、.ods或.csv文件"],
    )
    key = here.sent(content=a_csv(("甲", "乙"), (1, 2)))
    assert "前10行中应有一行写着列名：证件号码" in said(the(key).faults)[0]


def test_an_import_can_be_left_before_it_is_written(here: Here) -> None:
    key = here.sent((here.school.code, "张三", build.an_id_number()))
    verbs.cancel(key, by=here.by)
    assert the(key).state is ImportState.CANCELLED
    with pytest.raises(Refused):
        verbs.start(key, by=here.by, digest=the(key).digest)
