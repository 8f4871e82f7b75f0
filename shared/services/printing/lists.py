"""Lists of applications on paper, in the order in which the papers are piled: by registration number."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from shared.db import session
from shared.models import Application, Publicity
from shared.models.kinds import Conclusion, Stage
from shared.rules.checks import Problem
from shared.rules.states import status_label
from shared.services.errors import Refused
from shared.services.typesetting import Job, typeset
from shared.text import Text, _

UNDATED = Problem("undated", "", _("还没有登记公示期：请先在“公示”中填写起止日期，再打印公示名单"))
Column = tuple[Text, int, Callable[[Application], object]]  # label, width in mm, value

WIDTH, ORDER = 268, 11  # millimetres: of the page, and of the numbers before each line
LAST_DIGITS = 4
_SHOWN = ("person", "school", "bureau", "campaign", "qualification_type", "certificate_subject", "authority",
          "teaching_subject")  # fmt: skip
_ACCEPTED = (Stage.CONFIRMED, Stage.PRELIMINARY, Stage.REVIEWED, Stage.CONCLUDED)

NUMBER: Column = (_("报名号"), 24, lambda one: one.registration_number)
NAME: Column = (_("姓名"), 18, lambda one: one.name or one.person.name)
SEX: Column = (_("性别"), 8, lambda one: one.sex.label if one.sex else "")
LAST_FOUR: Column = (_("证件号码后四位"), 16, lambda one: one.person.id_number[-LAST_DIGITS:])
TYPE: Column = (_("资格种类"), 28, lambda one: one.qualification_type or "")
CONCLUSION: Column = (_("结论"), 22, lambda one: one.conclusion.label)
SCHOOL: Column = (_("学校"), 66, lambda one: one.school or "")

ROSTER: tuple[Column, ...] = (
    NUMBER, NAME, SEX, LAST_FOUR, TYPE,
    (_("任教学科"), 16, lambda one: one.certificate_subject or ""),
    (_("证书号码"), 32, lambda one: one.certificate_number or ""),
    (_("认定机构"), 31, lambda one: one.authority or ""),
    (_("签发日期"), 20, lambda one: one.certificate_issued_on or ""),
    (_("现任教学段"), 18, lambda one: one.teaching_stage.label if one.teaching_stage else ""),
    (_("现任教学科"), 18, lambda one: one.teaching_subject or ""),
    (_("申请类别"), 15, lambda one: one.registration_type.label),
    (_("材料齐全"), 10, lambda one: "√" if one.stage in _ACCEPTED else ""),
)  # fmt: skip
NOT_REGISTERED: tuple[Column, ...] = (
    NUMBER, NAME, SEX, LAST_FOUR, TYPE, CONCLUSION,
    (_("状态"), 26, lambda one: status_label(one.stage, Conclusion.NONE)),
    (_("原因"), 104, lambda one: one.reason),
)  # fmt: skip
PUBLICITY: tuple[Column, ...] = (
    (NAME[0], 30, NAME[2]),
    (SCHOOL[0], 130, SCHOOL[2]),
    (TYPE[0], 50, TYPE[2]),
    CONCLUSION,
)


def roster(keys: Sequence[int], job: Job) -> bytes:
    """《汇总表》 of one school (S10): numbered, in the order of the paper pile, with totals and room for the seal."""
    found = _applications(keys)
    return _list(found, ROSTER, _("{school}教师资格定期注册申请人员汇总表", school=found[0].school or ""), job)


def not_registered(keys: Sequence[int], job: Job) -> bytes:
    """Those of one school who were deferred or refused, each with the reason."""
    found = _applications(keys)
    return _list(found, NOT_REGISTERED, _("{school}暂缓注册、注册不合格人员名单", school=found[0].school or ""), job)


def publicity(keys: Sequence[int], job: Job) -> bytes:
    """公示名单 of one bureau: no number of a document or certificate is on it; where to object, and how long."""
    found = _applications(keys)
    bureau = found[0].bureau
    period = session.scalar(
        select(Publicity)
        .where(Publicity.bureau_id == found[0].bureau_id, Publicity.campaign_id == found[0].campaign_id)
        .order_by(Publicity.starts_on.desc())
        .limit(1)
    )
    if period is None:
        raise Refused(UNDATED)
    days = _("公示期：{first}至{last}。", first=period.starts_on, last=period.ends_on)
    phone = _("，电话：{phone}", phone=bureau.phone) if bureau and bureau.phone else ""
    note = _(
        "{days}对公示内容有异议的，请在公示期内向{bureau}反映{phone}。", days=days, bureau=bureau or "", phone=phone
    )
    title = _("{bureau}教师资格定期注册公示名单", bureau=bureau or "")
    return _list(found, PUBLICITY, title, job, note=note, office=str(bureau or ""))


def _applications(keys: Sequence[int]) -> list[Application]:
    """In the order of `keys`."""
    options = [selectinload(getattr(Application, name)) for name in _SHOWN]
    found = {
        one.id: one for one in session.scalars(select(Application).where(Application.id.in_(keys)).options(*options))
    }
    return [found[key] for key in keys]


@dataclass(frozen=True)
class Frame:
    """What stands around a list. `signed`: with a total and for a seal; `office`: who publishes it, and its seal."""

    on: date
    campaign: str = ""
    note: str = ""
    office: str = ""
    signed: bool = False


def people(
    path: Path, columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[str]], title: str, campaign: str, on: date
) -> None:
    """Any list of a school's people, like 应注册未报名名单 (S23); columns in which nobody has anything are left out."""
    used = [place for place in range(len(columns)) if any(row[place] for row in rows)]
    shown = [[row[place] for place in used] for row in rows]
    path.write_bytes(table(title, [columns[place] for place in used], shown, Frame(on, campaign, signed=True)))


def table(title: str, columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[str]], frame: Frame) -> bytes:
    """Numbered rows under their headings, each with its width in millimetres."""
    total = str(_("共{count}人", count=len(rows)))
    facts = vars(frame) | {"heading": title, "columns": columns, "rows": rows, "total": total}
    return typeset("list", title=title, **(facts | {"on": frame.on.isoformat()}))


def _list(
    found: Sequence[Application],
    columns: Sequence[Column],
    title: Text,
    job: Job,
    *,
    note: Text | str = "",
    office: str = "",
) -> bytes:
    campaign = "、".join(dict.fromkeys(one.campaign.name for one in found))
    return table(
        str(title),
        [(str(label), width) for label, width, _value in columns],
        [[str(value(one)) for _label, _width, value in columns] for one in found],
        Frame(job.today, campaign, str(note), office, signed=not note),
    )
