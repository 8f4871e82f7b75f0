"""接下来: what remains to be done after the form was handed in, with the days that the campaign plans (S16, S17)."""

from dataclasses import dataclass
from datetime import date, datetime

from shared.models.kinds import Stage
from shared.rules.dates import Days, day, days, until
from shared.text import Text, _

WITH_THE_SCHOOL = (Stage.SUBMITTED,)
BEFORE_CONFIRMATION = (Stage.SUBMITTED, Stage.SCHOOL_CHECKED)
BEFORE_THE_END = (*BEFORE_CONFIRMATION, Stage.CONFIRMED, Stage.PRELIMINARY, Stage.REVIEWED)


@dataclass(frozen=True)
class Ahead:
    """What the campaign and the confirmation point plan; what is not known is None or empty."""

    stage: Stage
    form_version: int
    hand_in_by: datetime | None = None
    confirm: Days | None = None
    results_by: date | None = None
    point: str = ""
    address: str = ""
    phone: str = ""


def next_steps(ahead: Ahead) -> list[Text]:
    """The steps that are still to be taken, in order; none after the end."""
    steps = []
    if ahead.stage in WITH_THE_SCHOOL:
        text = _("下载申请表（第{version}版），双面打印2份，在“本人承诺”处签名。", version=ahead.form_version)
        steps += [text, _hand_in(ahead)]
    if ahead.stage in BEFORE_CONFIRMATION:
        steps += [_confirm(ahead), _("现场确认前可以修改；修改后此前打印的申请表作废，须重新打印、签名。")]
    if ahead.stage in BEFORE_THE_END:
        steps.append(_results(ahead))
    return steps


def _hand_in(ahead: Ahead) -> Text:
    if ahead.hand_in_by is None:
        return _("把签名的申请表和下列材料交学校负责注册工作的老师，日期听学校通知。")
    by = until(ahead.hand_in_by)
    return _("{by}前把签名的申请表和下列材料交学校负责注册工作的老师。", by=by)


def _confirm(ahead: Ahead) -> Text:
    when = days(ahead.confirm) if ahead.confirm else _("日期听学校通知")
    return _("现场确认：{when}，在{where}核对纸质材料。", when=when, where=_point(ahead))


def _point(ahead: Ahead) -> Text | str:
    if ahead.address and ahead.phone:
        facts = {"point": ahead.point, "address": ahead.address, "phone": ahead.phone}
        return _("{point}（地址：{address}；电话：{phone}）", **facts)
    if ahead.address:
        return _("{point}（地址：{address}）", point=ahead.point, address=ahead.address)
    return _("{point}（电话：{phone}）", point=ahead.point, phone=ahead.phone) if ahead.phone else ahead.point


def _results(ahead: Ahead) -> Text:
    if ahead.results_by is None:
        return _("结果：登录后在“我的申请”查看，退回修改和留言也在那里。")
    by = day(ahead.results_by)
    return _("结果：终审计划在{by}前结束，登录后在“我的申请”查看，退回修改和留言也在那里。", by=by)
