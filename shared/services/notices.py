"""Texts by edition, of the wizard and of papers: a published one stays as it is, for agreeing is evidence (PIPL 17)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select

from shared import clock
from shared.db import session, transaction
from shared.models import NoticeText
from shared.rules.checks import Problem
from shared.rules.rights import Actor
from shared.services import reference
from shared.services.errors import Refused
from shared.services.typesetting import undrawable
from shared.text import Text, _

# What papers say where no edition of the superuser's is in force.
PAPER_TEXTS: Mapping[str, Text | None] = {
    "form_title": _("教师资格定期注册申请表"),
    "form_pledge": _(
        "本人自愿申请教师资格定期注册，已阅读并知晓有关规定；本表所填信息和所提交的材料真实、准确、完整，"
        "与本人户口簿、身份证、教师资格证书一致。如有隐瞒或者弄虚作假，本人愿意承担暂缓注册、注册不合格、"
        "撤销注册等后果以及相应的法律责任。"
    ),
    "form_notes": _(
        "说明：1. 本表一式两份，用A4纸双面打印，一份存入本人人事档案，一份由注册机构保存。2. 第一"
        "面由系统生成，手写涂改无效；信息有变更的，应当重新打印、重新签名，版本以系统最新版本为准。3. "
        "签名和日期使用黑色签字笔填写。"
    ),
    "receipt_note": None,
    # Law on administrative reconsideration (2023), art. 20; law on administrative litigation (2017), art. 46.
    "notice_remedies": _(
        "对本结论不服的，可以自收到本告知书之日起60日内依法申请行政复议，"
        "或者自知道作出本结论之日起6个月内依法提起行政诉讼。"
    ),
}
# How much of each fits on its paper beside everything else, in characters; a line counts as at least half a one.
ROOM: Mapping[str, int] = {
    "form_title": 40, "form_pledge": 400, "form_notes": 800, "receipt_note": 200, "notice_remedies": 600,
}  # fmt: skip
SHORTEST_LINE = 25
LEEWAY = timedelta(minutes=5)  # a form that says “now” takes a while to be sent


def newest(key: str) -> NoticeText | None:
    """The latest edition of a text, published or not."""
    return session.scalar(select(NoticeText).where(NoticeText.key == key).order_by(NoticeText.edition.desc()).limit(1))


def in_force(key: str) -> NoticeText | None:
    """The latest edition that is published."""
    published = NoticeText.key == key, NoticeText.published_at <= clock.now()
    return session.scalar(select(NoticeText).where(*published).order_by(NoticeText.edition.desc()).limit(1))


def on_paper(*keys: str) -> dict[str, list[str]]:
    """The paragraphs of these texts of papers: the edition in force, or what they say without one."""
    return {key: [line.strip() for line in _said(key).splitlines() if line.strip()] for key in keys}


def _said(key: str) -> str:
    edition = in_force(key)
    return edition.body if edition else str(PAPER_TEXTS[key] or "")


@transaction
def new_edition(key: str, body: str, published_at: datetime | None, *, by: Actor) -> NoticeText:
    """The next edition; without a moment it waits as a draft."""
    last = newest(key)
    problems = []
    if not body.strip():
        problems.append(Problem("body", "body", _("请填写正文")))
    if last is not None and (last.published_at is None or last.published_at > clock.now()):
        text = _("第{edition}版还没有发布，请先修改或发布那一版", edition=last.edition)
        problems.append(Problem("waiting", "", text))
    if published_at is not None and published_at < clock.now() - LEEWAY:
        problems.append(Problem("past", "published_at", _("发布时间不能早于现在")))
    problems += _unprintable(key, body)
    if problems:
        raise Refused.because(problems)
    edition = last.edition + 1 if last else 1
    values = {"key": key, "edition": edition, "body": body, "published_at": published_at}
    return reference.create(NoticeText, values, by=by)


def _unprintable(key: str, body: str) -> list[Problem]:
    """What would spoil every paper that bears the text: too much of it, or a character that no font has."""
    if key not in ROOM:
        return []
    problems = []
    size = sum(max(len(line.strip()), SHORTEST_LINE) for line in body.splitlines() if line.strip())
    if size > ROOM[key]:
        text = _("纸上放不下：约{size}字，最多{most}字（每行不足{line}字的按{line}字计）",
                 size=size, most=ROOM[key], line=SHORTEST_LINE)  # fmt: skip
        problems.append(Problem("long", "body", text))
    if missing := undrawable(body):
        characters = "、".join(missing)
        text = _("字库中没有“{characters}”，印不出来，请换一种写法", characters=characters)
        problems.append(Problem("glyphs", "body", text))
    return problems
