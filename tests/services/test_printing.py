"""Papers of many applications as one file: in the order of the paper pile, each for those that it is meant for."""

import re
import subprocess
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from shared import clock
from shared.db import session, transaction
from shared.models import Application, Material, Print, ReasonCode, ReceivedPaper, School
from shared.models.kinds import Conclusion, Role, Stage
from shared.rules.guards import Order
from shared.rules.rights import Actor
from shared.services import access, notices, receipts
from shared.services.errors import Refused
from shared.services.printing import binding, kinds, stickers
from shared.services.typesetting import Job
from shared.text import in_chinese
from tests import build

PORTAL = "https://zhuce.example.gov.cn"


@transaction
def issue(key: int, *, by: Actor) -> None:
    receipts.issue([key], Order(clock.now(), date(2026, 11, 28), Role.POINT), by)


class Here:
    """A district with two schools."""

    def __init__(self, folder: Path) -> None:
        self.city = build.a_nanjing()
        self.first = build.a_school("鼓楼区第一小学", bureau=self.city.gulou, code="S-1")
        self.second = build.a_school("鼓楼区第二小学", bureau=self.city.gulou, code="S-2")
        self.by = build.an_actor(Role.DISTRICT, self.city.gulou)
        self.folder = folder

    def application(self, stage: Stage, school: School | None = None, **fields: object) -> Application:
        return build.an_application(stage, school=school or self.first, **fields)

    def printed(self, name: str, told: Callable[[int], None] = lambda _done: None, **offsets: float) -> list[str]:
        """The pages of the paper `name` for all applications, as text without blanks."""
        paper = kinds.BY_NAME[name]
        self.path = Path(tempfile.mkdtemp(dir=self.folder)) / "papers.pdf"
        with in_chinese():
            keys = binding.pile(select(Application), paper, 100)
            binding.bind(self.path, paper, keys, Job(self.by, PORTAL, date(2026, 11, 28), **offsets), told)
        return [re.sub(r"\s", "", page.extract_text()) for page in PdfReader(self.path).pages]


@pytest.fixture
def here(database: object, tmp_path: Path) -> Here:
    return Here(tmp_path)


def test_forms_lie_in_the_order_of_school_and_number_and_count_as_printed(here: Here) -> None:
    second = here.application(Stage.SUBMITTED, here.second)
    later, earlier = (here.application(Stage.SUBMITTED, registration_number=f"20260099000{n}") for n in (2, 1))
    here.application(Stage.DRAFT)
    here.application(Stage.WITHDRAWN)
    numbers = [one.registration_number for one in (earlier, later, second)]
    done: list[int] = []
    pages = here.printed("forms", done.append)
    assert [next(n for n in numbers if f"报名号：{n}" in page) for page in pages[::2]] == numbers
    assert (len(pages), done) == (6, [3])
    assert len(set(session.scalars(select(Print.code)).all())) == 3


def test_whoever_begins_again_goes_on_after_the_last_finished_part(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_FIFTY", 2)
    numbers = [here.application(Stage.SUBMITTED).registration_number for _one in range(5)]
    job, path = Job(here.by, PORTAL, date(2026, 11, 28)), here.folder / "papers.pdf"
    keys = binding.pile(select(Application), kinds.BY_NAME["forms"], 100)

    def killed(done: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with in_chinese(), pytest.raises(KeyboardInterrupt):
        binding.bind(path, kinds.BY_NAME["forms"], keys, job, killed)
    assert not path.exists()
    with in_chinese():
        binding.bind(path, kinds.BY_NAME["forms"], keys, job)
    pages = [page.extract_text() for page in PdfReader(path).pages]
    assert [next(n for n in numbers if str(n) in page) for page in pages[::2]] == numbers
    assert len(session.scalars(select(Print)).all()) == 5  # each was printed once


def test_what_cannot_be_printed_is_listed_at_the_end(here: Here) -> None:
    good = here.application(Stage.SUBMITTED)
    bad = here.application(Stage.SUBMITTED, name="王\U0010fffd")
    numbers = good.registration_number, bad.registration_number
    good_key, done = good.id, list[int]()
    pages = here.printed("forms", done.append)
    assert done == [2]
    assert session.scalars(select(Print.application_id)).all() == [good_key]
    assert f"报名号：{numbers[0]}" in pages[0]
    assert all(word in pages[-1] for word in ("没有打印的申请", numbers[1], "字库中没有"))
    assert len(pages) == 3


def test_a_roster_is_one_for_each_school_numbered_with_totals(here: Here) -> None:
    for school, count in ((here.first, 3), (here.second, 1)):
        for _one in range(count):
            here.application(Stage.CONFIRMED, school)
    pages = here.printed("roster")
    assert ["鼓楼区第一小学教师资格定期注册申请人员汇总表" in pages[0], "共3人" in pages[0]] == [True, True]
    assert ["鼓楼区第二小学" in pages[1], "共1人" in pages[1], len(pages)] == [True, True, 2]
    people = session.scalars(select(Application)).all()
    assert all(one.person.id_number not in page for one in people for page in pages)


def test_a_long_roster_has_its_headings_on_each_page(here: Here) -> None:
    for _one in range(40):
        here.application(Stage.SUBMITTED)
    pages = here.printed("roster")
    assert len(pages) > 1
    assert all("证件号码后四位" in page for page in pages)
    assert "第2页" in pages[1]


def test_publicity_names_nobody_by_a_number(here: Here) -> None:
    one = here.application(Stage.PRELIMINARY, name="钱小明")
    deferred = here.application(Stage.PRELIMINARY, name="钱小明", conclusion=Conclusion.DEFERRED)
    assert one.name == deferred.name
    name, numbers = one.name, (one.person.id_number, one.certificate_number, one.person.id_number[-4:])
    build.a_publicity(one.campaign, here.city.gulou, date(2026, 11, 20), date(2026, 11, 27))
    [page] = here.printed("publicity")
    assert "公示期：2026-11-20至2026-11-27" in page
    assert page.count(str(name)) == 1  # the deferred one is on another list
    assert not any(number in page for number in numbers)
    assert ["公示名单" in page, "有异议的" in page] == [True, True]


@pytest.mark.parametrize(
    ("conclusion", "rule", "then"),
    [(Conclusion.DEFERRED, "第九条", "可以重新申请"), (Conclusion.REFUSED, "第十条", "不能继续从事")],
)
def test_a_notice_has_rule_reason_and_remedies(here: Here, conclusion: Conclusion, rule: str, then: str) -> None:
    build.add(ReasonCode(code="D1", name="培训学时不足", conclusion=conclusion))
    here.application(Stage.CONCLUDED, conclusion=conclusion, reason_code="D1", reason="五年共300学时")
    here.application(Stage.CONCLUDED)  # registered: gets no such notice
    [page] = here.printed("notices")
    for word in (str(conclusion.label), rule, "培训学时不足；五年共300学时", then, "60日内", "鼓楼区教育局"):
        assert word in page, word


def test_what_is_missing_is_told_at_once(here: Here) -> None:
    one, complete = here.application(Stage.SUBMITTED), here.application(Stage.SUBMITTED)
    here.application(Stage.SUBMITTED)  # has brought nothing yet
    names = ("申请表", "教师资格证书", "聘用合同")
    papers = [build.add(Material(campaign_id=one.campaign_id, position=n, name=f"{name}原件", required=True))
              for n, name in enumerate(names, 1)]  # fmt: skip
    brought = [(one, papers[:1]), (complete, papers)]
    by = build.staff(Role.POINT, one.point)
    for application, some in brought:
        for paper in some:
            build.add(ReceivedPaper(application_id=application.id, material_id=paper.id, received_at=clock.now(),
                                    received_by_id=by.id))  # fmt: skip
    [page] = here.printed("supplements")  # the complete one gets none
    missing = page.partition("1.")[2].partition("补齐")[0]
    assert ["2.聘用合同原件" in missing, "申请表原件" in missing, "已收到：申请表原件" in page] == [True, False, True]


def test_whoever_has_brought_everything_gets_no_notice_of_what_is_missing(here: Here) -> None:
    one = here.application(Stage.SUBMITTED)
    build.a_material(one.campaign, "教师资格证书")
    build.papers_received(one)
    keys = binding.pile(select(Application), kinds.BY_NAME["supplements"], 10)
    assert (keys, binding.count(select(Application), kinds.BY_NAME["supplements"])) == ([], 0)
    build.a_material(one.campaign, "聘用合同")
    [page] = here.printed("supplements")
    assert all(word in page for word in ("1.聘用合同", "已收到：教师资格证书")), page


def test_a_list_without_its_period_is_not_publicised(here: Here) -> None:
    here.application(Stage.PRELIMINARY, conclusion=Conclusion.REGISTERED)
    [page] = here.printed("publicity")
    assert "还没有登记公示期" in page


@pytest.mark.parametrize(("body", "said"), [("本人承诺བོད", "印不出来"), ("承诺\n" * 17, "纸上放不下")])
def test_a_text_that_would_spoil_every_paper_is_refused(here: Here, body: str, said: str) -> None:
    top = build.an_actor(Role.SUPERUSER, here.city.province)
    with pytest.raises(Refused, match=said):
        notices.new_edition("form_pledge", body, clock.now(), by=top)
    assert notices.new_edition("terms", body, clock.now(), by=top)  # no paper bears it


def test_stickers_fill_a_sheet_and_move_with_the_printer(here: Here) -> None:
    for _one in range(stickers.ON_A_SHEET + 1):
        here.application(Stage.CONCLUDED)
    pages = here.printed("stickers")
    assert [page.count("有效期至：2031-07-31") for page in pages] == [stickers.ON_A_SHEET, 1]
    before = _first_place(here.path)
    here.printed("stickers", right=2, down=-1)
    after = _first_place(here.path)
    assert after[0] - before[0] == pytest.approx(2 / 25.4 * 72, abs=0.2)
    assert after[1] - before[1] == pytest.approx(1 / 25.4 * 72, abs=0.2)  # PDF counts from below


def _first_place(path: Path) -> tuple[float, float]:
    places: list[tuple[float, float]] = []

    def visit(text: str, cm: list[float], tm: list[float], *_rest: object) -> None:
        if text.strip():
            places.append((tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]))

    PdfReader(path).pages[0].extract_text(visitor_text=visit)
    return places[0]


@pytest.mark.parametrize("name", [name for name in kinds.BY_NAME if name != "supplements"])
def test_every_paper_is_a_sound_file_in_chinese(here: Here, name: str) -> None:
    for stage, conclusion in ((Stage.PRELIMINARY, Conclusion.REGISTERED), (Stage.CONCLUDED, Conclusion.REGISTERED),
                              (Stage.CONCLUDED, Conclusion.DEFERRED)):  # fmt: skip
        one = here.application(stage, conclusion=conclusion)
    issue(one.id, by=access.actor_of_staff(build.staff(Role.POINT, one.point)))
    assert here.printed(name)
    reader = PdfReader(here.path)
    assert (reader.metadata.title, reader.trailer["/Root"]["/Lang"]) == (str(kinds.BY_NAME[name].label), "zh-CN")
    subprocess.run(["qpdf", "--check", here.path], check=True, capture_output=True)


def test_a_superusers_words_stand_on_papers_from_the_moment_they_are_published(here: Here) -> None:
    top = build.an_actor(Role.SUPERUSER, here.city.province)
    here.application(Stage.SUBMITTED)
    assert "本人自愿申请" in here.printed("forms")[0]
    later = clock.now() + timedelta(days=1)
    notices.new_edition("form_title", "教师资格定期注册申请表（试点）", clock.now(), by=top)
    notices.new_edition("form_pledge", "本人承诺如实申报。\n\n本人愿意承担责任。", later, by=top)
    page = here.printed("forms")[0]
    assert ["申请表（试点）" in page, "本人自愿申请" in page, "如实申报" in page] == [True, True, False]
