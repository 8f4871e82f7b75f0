"""办理进度: the stages of a campaign's chain in order, with the present one in its place."""

import itertools
from datetime import UTC, date, datetime
from typing import Any

import pytest

from shared.models.kinds import Conclusion, Stage, WindowStage
from shared.rules.next_steps import Ahead, next_steps
from shared.rules.way import Course, Milestone, Passage, State, way

S = Stage
PLANS = {stage: (date(2026, 10, 10 + number), date(2026, 10, 20 + number)) for number, stage in enumerate(WindowStage)}
STRAIGHT = (S.DRAFT, S.SUBMITTED, S.SCHOOL_CHECKED, S.CONFIRMED, S.PRELIMINARY, S.REVIEWED, S.CONCLUDED)


def on(day: int) -> datetime:
    return datetime(2026, 10, day, 9, 0, tzinfo=UTC)


def through(*stages: Stage) -> tuple[Passage, ...]:
    """From each stage to the next, a day later each time."""
    return tuple(Passage(a, b, on(2 + n)) for n, (a, b) in enumerate(itertools.pairwise(stages)))


def course(*stages: Stage, **facts: Any) -> list[Milestone]:
    usual = {
        "stage": stages[-1],
        "conclusion": Conclusion.NONE,
        "begun_at": on(1),
        "stage_at": on(28),
        "has_school_check": True,
        "has_city_review": True,
        "passages": through(*stages),
        "plans": PLANS,
    }
    return way(Course(**(usual | facts)))


def line(milestones: list[Milestone]) -> str:
    signs = {State.DONE: "+", State.CURRENT: "*", State.AHEAD: "-", State.SKIPPED: "~"}
    return " ".join(f"{signs[each.state]}{each.label}" for each in milestones)


def test_a_draft_has_everything_ahead_with_the_planned_days() -> None:
    found = course(S.DRAFT)
    assert line(found) == "*暂存（未提交） -教师网上申报 -学校审校 -现场确认 -区县初审 -市级复核 -省级终审"
    assert [each.planned for each in found[1:]] == [PLANS[stage] for stage in WindowStage]


def test_what_was_passed_has_its_date_and_the_present_one_since_when() -> None:
    found = course(*STRAIGHT[:4])
    assert line(found) == "+开始填写 +已提交 +学校已审校 *已确认（已受理） -区县初审 -市级复核 -省级终审"
    assert [each.at for each in found[:4]] == [on(1), on(2), on(3), on(28)]


def test_at_the_end_nothing_is_ahead() -> None:
    found = course(*STRAIGHT, conclusion=Conclusion.DEFERRED)
    assert line(found) == "+开始填写 +已提交 +学校已审校 +已确认（已受理） +已初审 +已复核 *暂缓注册"


@pytest.mark.parametrize(("school", "city", "count"), [(True, True, 7), (False, True, 6), (False, False, 5)])
def test_a_stage_that_the_campaign_leaves_out_is_not_shown(school: bool, city: bool, count: int) -> None:
    assert len(course(S.DRAFT, S.SUBMITTED, has_school_check=school, has_city_review=city)) == count


def test_whoever_was_sent_back_stands_beside_the_way_and_goes_on_from_there() -> None:
    found = course(S.DRAFT, S.SUBMITTED, S.SCHOOL_CHECKED, S.RETURNED)
    assert line(found) == "+开始填写 +已提交 *已退回，请修改 -学校审校 -现场确认 -区县初审 -市级复核 -省级终审"
    assert [each.is_exit for each in found[:4]] == [False, False, True, False]


def test_handing_in_again_counts_from_the_second_time() -> None:
    found = course(S.DRAFT, S.SUBMITTED, S.RETURNED, S.SUBMITTED, S.SCHOOL_CHECKED)
    assert line(found[:3]) == "+开始填写 +已提交 *学校已审校"
    assert found[1].at == on(4)


def test_giving_up_ends_the_way_where_one_stood() -> None:
    assert line(course(S.DRAFT, S.WITHDRAWN)) == "+开始填写 *已放弃申报"
    assert line(course(S.DRAFT, S.SUBMITTED, S.RETURNED, S.WITHDRAWN)) == "+开始填写 +已提交 *已放弃申报"


def test_a_revocation_comes_after_the_whole_way() -> None:
    found = course(*STRAIGHT, S.REVOKED, conclusion=Conclusion.REGISTERED)
    assert line(found).endswith("+已复核 +已终审 *注册已撤销")


def test_what_was_undone_is_ahead_again_and_what_was_sent_back_keeps_its_date() -> None:
    undone = course(S.DRAFT, S.SUBMITTED, S.SCHOOL_CHECKED, S.CONFIRMED, S.SUBMITTED)
    assert line(undone).startswith("+开始填写 *已提交 -学校审校 -现场确认")
    back = course(*STRAIGHT[:6], S.PRELIMINARY, S.REVIEWED, conclusion=Conclusion.REGISTERED)
    assert line(back).endswith("+已初审 *市级复核意见：注册合格 -省级终审")


def test_whoever_was_decided_on_without_confirmation_sees_that() -> None:
    found = course(S.DRAFT, S.SUBMITTED, S.PRELIMINARY, conclusion=Conclusion.DEFERRED)
    assert line(found) == "+开始填写 +已提交 ~学校审校 ~现场确认 *初审暂缓注册 -市级复核 -省级终审"
    imported = course(S.PRELIMINARY, begun_at=None, passages=(), conclusion=Conclusion.DEFERRED)
    assert line(imported).startswith("~教师网上申报 ~学校审校 ~现场确认 *初审暂缓注册")


# --- what to do next -----------------------------------------------------------------------------------------------

AHEAD = Ahead(
    S.SUBMITTED,
    form_version=2,
    hand_in_by=datetime(2026, 10, 29, 0, 0),  # noqa: DTZ001  local, as windows give it
    confirm=(date(2026, 10, 12), date(2026, 10, 28)),
    results_by=date(2026, 12, 31),
    point="鼓楼区第一确认点",
    address="宁海路1号",
    phone="025-1",
)


def test_the_next_steps_name_days_place_and_telephone() -> None:
    assert [str(step) for step in next_steps(AHEAD)] == [
        "下载申请表（第2版），双面打印2份，在“本人承诺”处签名。",
        "2026年10月28日24:00前把签名的申请表和下列材料交学校负责注册工作的老师。",
        "现场确认：2026年10月12日至2026年10月28日，在鼓楼区第一确认点（地址：宁海路1号；电话：025-1）核对纸质材料。",
        "现场确认前可以修改；修改后此前打印的申请表作废，须重新打印、签名。",
        "结果：终审计划在2026年12月31日前结束，登录后在“我的申请”查看，退回修改和留言也在那里。",
    ]


@pytest.mark.parametrize(
    ("stage", "left"),
    [(S.SUBMITTED, 5), (S.SCHOOL_CHECKED, 3), (S.CONFIRMED, 1), (S.REVIEWED, 1), (S.CONCLUDED, 0), (S.WITHDRAWN, 0)],
)
def test_only_what_is_still_to_be_done_is_a_next_step(stage: Stage, left: int) -> None:
    assert len(next_steps(Ahead(stage, form_version=1))) == left


def test_what_nobody_has_planned_is_left_to_the_school() -> None:
    steps = " ".join(str(step) for step in next_steps(Ahead(S.SUBMITTED, form_version=1, point="确认点")))
    assert "日期听学校通知" in steps
    assert "None" not in steps
