"""红字提醒: one sentence at least for every situation an applicant can be in."""

import csv
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from shared.models.kinds import Conclusion, Stage
from shared.rules import remedies
from shared.rules.reminders import Level, Situation, is_void, reminders

SHARED = Path(__file__).parents[2] / "shared"
ENDS = datetime(2026, 10, 26, 21, 0)  # noqa: DTZ001  local, as windows give it
MIDNIGHT = datetime(2026, 10, 29, 0, 0)  # noqa: DTZ001
OPENING = datetime(2026, 10, 13, 8, 30)  # noqa: DTZ001
OFFICE = {"office": "南京市鼓楼区教育局", "phone": "025-83300000"}
S, C = Stage, Conclusion


def told(situation: Situation) -> list[tuple[str, str]]:
    return [(reminder.level.value, str(reminder.text)) for reminder in reminders(situation)]


DECIDED = {"reason_code": "D1", "condition": "未完成规定的培训学时", "reason": "少40学时。", **OFFICE}
TABLE = {
    "a draft, with the deadline": (
        Situation(S.DRAFT, ends=ENDS),
        ["alert 您尚未提交，仅暂存不算报名，截止2026年10月26日21:00"],
    ),
    "a draft in the evening": (
        Situation(S.DRAFT, ends=ENDS, is_open=False, opening=OPENING),
        [
            "alert 您尚未提交，仅暂存不算报名，截止2026年10月26日21:00",
            "warn 系统现在没有开放，下次开放时间：2026年10月13日08:30。已保存的内容不会丢失",
        ],
    ),
    "a draft after the end": (
        Situation(S.DRAFT, ends=ENDS, is_open=False, **OFFICE),
        ["alert 您没有提交，本批次网上申报已经截止；如有疑问，请联系南京市鼓楼区教育局（电话025-83300000）"],
    ),
    "submitted": (
        Situation(S.SUBMITTED, form_version=1, hand_in_by=MIDNIGHT),
        ["warn 请打印申请表一式2份，签名后于2026年10月28日24:00前交学校；现场确认前可修改，修改后须重新打印"],
    ),
    "submitted, without a planned day": (
        Situation(S.SUBMITTED, form_version=1),
        ["warn 请打印申请表一式2份，签名后交学校；现场确认前可修改，修改后须重新打印"],
    ),
    "changed after it was printed": (
        Situation(S.SUBMITTED, form_version=3, printed_version=2),
        [
            "alert 申请表已变更（第3版），此前打印的作废，请重新打印签名",
            "warn 请打印申请表一式2份，签名后交学校；现场确认前可修改，修改后须重新打印",
        ],
    ),
    "checked by the school": (
        Situation(S.SCHOOL_CHECKED, form_version=1, printed_version=1),
        ["warn 学校已审校，请等待现场确认；确认前可修改，修改后须重新打印签名"],
    ),
    "sent back": (
        Situation(S.RETURNED, form_version=1, reason="合同缺章。", mend_by=MIDNIGHT),
        ["alert 申请被退回：合同缺章；请于2026年10月28日24:00前修改并重新提交"],
    ),
    "sent back, mended but not handed in, and printed before": (
        Situation(S.RETURNED, form_version=2, printed_version=1, reason="合同缺章"),
        [
            "alert 申请表已变更（第2版），此前打印的作废，请重新打印签名",
            "alert 申请被退回：合同缺章；请修改后重新提交",
        ],
    ),
    "sent back and never mended": (
        Situation(S.RETURNED, form_version=1, reason="合同缺章", mend_by=MIDNIGHT, is_open=False),
        ["alert 申请被退回：合同缺章。修改时间已经截止，请尽快联系所在区教育局"],
    ),
    "confirmed": (
        Situation(S.CONFIRMED, form_version=1, receipt_number="2026-P1-00001"),
        ["info 已受理，受理号2026-P1-00001；信息已锁定，不能再修改"],
    ),
    "the registry knows the certificate": (
        Situation(S.SCHOOL_CHECKED, form_version=1, certificate_is_known=True, **OFFICE),
        [
            "warn 学校已审校，请等待现场确认；确认前可修改，修改后须重新打印签名",
            "info 证书信息取自国家库，不能修改；如有误，请联系南京市鼓楼区教育局（电话025-83300000）",
        ],
    ),
    "reissued with both dates": (
        Situation(S.SCHOOL_CHECKED, form_version=1, is_reissued=True),
        [
            "warn 学校已审校，请等待现场确认；确认前可修改，修改后须重新打印签名",
            "warn 补发的证书，备注页须有补证日期和原签发日期，否则无法注册",
        ],
    ),
    "reissued without dates": (
        Situation(S.DRAFT, is_reissued=True, has_reissue_dates=False),
        [
            "alert 您尚未提交，仅暂存不算报名",
            "alert 补发的证书，备注页须有补证日期和原签发日期，否则无法注册",
        ],
    ),
    "initial review, publicised": (
        Situation(S.PRELIMINARY, C.REGISTERED, publicity=(date(2026, 11, 5), date(2026, 11, 11)), **OFFICE),
        [
            (
                "info 初审：注册合格。公示期：2026年11月5日至2026年11月11日；如有异议，请在公示期内向"
                "南京市鼓楼区教育局（电话025-83300000）提出"
            )
        ],
    ),
    "initial review, deferred": (
        Situation(S.PRELIMINARY, C.DEFERRED, **DECIDED),
        [
            "alert 初审暂缓注册，请等待终审；如有异议，请联系南京市鼓楼区教育局（电话025-83300000）",
            "warn 理由：未完成规定的培训学时；少40学时",
        ],
    ),
    "reviewed, refused": (
        Situation(S.REVIEWED, C.REFUSED, reason_code="F2", condition="连续两年不合格", office="区教育局"),
        ["alert 市级复核意见：注册不合格，请等待终审；如有异议，请联系区教育局", "warn 理由：连续两年不合格"],
    ),
    "registered": (
        Situation(S.CONCLUDED, C.REGISTERED, valid_until=date(2031, 11, 30), next_window=date(2031, 10, 1)),
        ["info 注册合格，有效期至2031年11月30日；下次注册自2031年10月1日起办理"],
    ),
    "deferred": (
        Situation(S.CONCLUDED, C.DEFERRED, **DECIDED),
        [
            (
                "alert 暂缓注册：未完成规定的培训学时；少40学时。情形消失后可以再次申请，"
                "须提交暂缓情形消失证明：补足培训学时（学分）的证明"
            )
        ],
    ),
    "refused": (
        Situation(S.CONCLUDED, C.REFUSED, reason="连续两年考核不合格。", condition="连续两年考核不合格", **OFFICE),
        ["alert 注册不合格：连续两年考核不合格。如有异议，请联系南京市鼓楼区教育局（电话025-83300000）"],
    ),
    "given up": (Situation(S.WITHDRAWN, form_version=1), ["info 您已放弃本次申报；在开放时间内可以重新申报"]),
    "revoked": (
        Situation(S.REVOKED, C.REGISTERED, reason="材料系伪造。", **OFFICE),
        ["alert 您的注册已被撤销，理由：材料系伪造。如有异议，请联系南京市鼓楼区教育局（电话025-83300000）"],
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_every_situation_has_its_sentences(name: str) -> None:
    situation, expected = TABLE[name]
    assert [f"{level} {text}" for level, text in told(situation)] == expected


def test_the_table_knows_every_stage_and_conclusion() -> None:
    assert {situation.stage for situation, _expected in TABLE.values()} == set(Stage)
    concluded = {s.conclusion for s, _expected in TABLE.values() if s.stage is Stage.CONCLUDED}
    assert concluded == set(Conclusion) - {Conclusion.NONE}


@pytest.mark.parametrize("stage", Stage)
def test_no_stage_is_without_a_reminder_whatever_else_is_unknown(stage: Stage) -> None:
    for conclusion in Conclusion:
        found = reminders(Situation(stage, conclusion))
        assert found
        assert all(str(reminder.text).strip() for reminder in found)


def test_what_is_no_longer_asked_after_confirmation_is_silent() -> None:
    known = Situation(Stage.CONFIRMED, certificate_is_known=True, is_reissued=True, form_version=2, printed_version=1)
    assert len(told(known)) == 1
    assert len(told(replace(known, stage=Stage.SUBMITTED))) == 4


def test_alerts_stand_first_when_the_paper_is_void() -> None:
    found = reminders(Situation(Stage.SUBMITTED, form_version=2, printed_version=1, certificate_is_known=True))
    assert [reminder.level for reminder in found] == [Level.ALERT, Level.WARN, Level.INFO]


@pytest.mark.parametrize(
    ("form", "printed", "void"), [(1, 0, False), (1, 1, False), (2, 1, True), (0, 0, False), (3, 0, False)]
)
def test_only_what_was_printed_can_be_void(form: int, printed: int, void: bool) -> None:
    assert is_void(form, printed) is void


def test_every_reason_to_defer_names_the_document_that_removes_it() -> None:
    with (SHARED / "reference/reason_codes.csv").open(encoding="utf-8") as file:
        deferring = {row["code"] for row in csv.DictReader(file) if row["conclusion"] == "deferred"}
    assert set(remedies.DOCUMENTS) == deferring
    texts = {str(text) for text in remedies.DOCUMENTS.values()}
    assert len(texts) == len(deferring)
    for unknown in (None, "", "D5"):
        assert remedies.document(unknown) is remedies.DOCUMENTS["D9"]
