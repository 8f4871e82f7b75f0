"""Every kind of page of the back office, and the way to it: test_back_office_axe.py goes to all of them.

A new template fails tests/every/test_templates.py until it stands here:

- a page with an address: `"thing/page.html": at("superuser", "/things/")` – who opens it, and where. `{application}`
  and the other names of KEYS in the address are numbers of rows of the demo;
- a page that only answers a post: `"thing/asked.html": by("district", function)`, where the function gets the person at
  work (`Office`) and the numbers, and ends on that page;
- what is only included, imported or extended: a line in PARTS; everything in a folder `parts/` is one by itself.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playwright.sync_api import expect

from tests.browser.conftest import DEMO_PASSWORD
from tests.browser.office_pages import Office

Keys = Mapping[str, int]
Way = Callable[[Office, Keys], None]

_SCHOOLS = "SELECT school_id FROM staff WHERE username = 'school'"
_POINTS = "SELECT point_id FROM staff WHERE username = 'point'"
# Numbers of rows of the demo, each by a question with one answer.
KEYS = {
    "application": f"SELECT min(id) FROM applications WHERE stage = 'submitted' AND school_id IN ({_SCHOOLS})",
    "at_desk": f"SELECT min(id) FROM applications WHERE stage = 'school_checked' AND point_id IN ({_POINTS})",
    "confirmed": f"SELECT min(id) FROM applications WHERE stage = 'confirmed' AND point_id IN ({_POINTS})",
    "school": f"SELECT min(id) FROM schools WHERE id IN ({_SCHOOLS})",
    "subject": "SELECT min(id) FROM subjects",
    "campaign": "SELECT max(id) FROM campaigns",
    "authority": "SELECT min(id) FROM authorities WHERE successor_code IS NULL",
    "bureau": "SELECT min(id) FROM bureaus WHERE level = 'county'",
    "point": f"SELECT min(id) FROM confirmation_points WHERE id IN ({_POINTS})",
    "notice": "SELECT min(id) FROM notice_texts",
    "window": "SELECT min(id) FROM windows",
    "officer": "SELECT id FROM staff WHERE username = 'city2'",
}


@dataclass(frozen=True)
class Shown:
    """Who sees the page and how they get there; an address can also be read in the other language."""

    who: str
    way: Way
    address: str = ""


def at(who: str, address: str) -> Shown:
    """A page with an address of its own."""
    return Shown(who, lambda office, keys: office.opens(address.format(**keys)), address)


def by(who: str, way: Way) -> Shown:
    """A page at the end of a few steps."""
    return Shown(who, way)


def _chooses(office: Office, stage: str, move: str) -> None:
    office.opens(f"/applications/?stage={stage}")
    office.page.locator('input[name="rowid"]').first.check()
    office.page.locator("#move").select_option(move)
    office.presses("预览")


def _is_asked(office: Office, _keys: Keys) -> None:
    _chooses(office, "confirmed", "disqualify")
    office.presses("预览结果")  # without a conclusion, so that its errors are seen too
    expect(office.page.get_by_text("您选择了1件申请")).to_be_visible()


def _is_asked_for_a_colleague(office: Office, _keys: Keys) -> None:
    _chooses(office, "confirmed", "assign")
    office.presses("预览结果")
    expect(office.page.get_by_role("link", name="请选择本机构能够审核的同事")).to_be_visible()


def _previews(office: Office, _keys: Keys) -> None:
    _chooses(office, "submitted", "return")
    office.page.get_by_label("理由").fill("请补充材料")
    office.presses("预览结果")
    expect(office.page.get_by_text("1件将变为")).to_be_visible()


def _lists(office: Office, keys: Keys) -> None:
    _previews(office, keys)
    office.page.get_by_role("link", name=re.compile("^查看名单")).first.click()


def _runs(office: Office, keys: Keys) -> None:
    _previews(office, keys)
    office.page.get_by_role("button", name=re.compile("^办理这")).click()
    expect(office.page.get_by_text("已办理1件")).to_be_visible()


def _is_asked_again(office: Office, keys: Keys) -> None:
    _runs(office, keys)
    office.follows("撤回这一批")


def _gives_a_code(office: Office, keys: Keys) -> None:
    office.opens("/applications/{application}/reset".format(**keys))
    office.page.get_by_role("checkbox").check()
    office.presses("发放重设码")
    expect(office.page.get_by_text("只显示这一次").first).to_be_visible()


def _gives_an_activation_code(office: Office, keys: Keys) -> None:
    office.opens("/staff/{officer}/code".format(**keys))
    office.presses("发放激活码")
    expect(office.page.get_by_text("只显示这一次").first).to_be_visible()


def _is_asked_for_a_code(office: Office, _keys: Keys) -> None:
    office.opens("/login")
    office.page.get_by_label("用户名").fill("district")
    office.page.get_by_label("密码").fill(DEMO_PASSWORD)
    office.presses("登录")
    expect(office.page.get_by_label("动态码")).to_be_visible()


def meets_another(office: Office, address: str, label: str, mine: str, theirs: str) -> None:
    """Open a form, let the same field be changed in a second tab, and save. The tab stays: it may still be busy."""
    office.opens(address)
    office.page.get_by_label(label).fill(mine)
    other = Office(office.page.context.new_page(), office.address)
    other.opens(address)
    other.page.get_by_label(label).fill(theirs)
    other.presses("保存")
    expect(other.page.get_by_text("已保存").first).to_be_visible()
    office.presses("保存")


def _meets_another(office: Office, keys: Keys) -> None:
    meets_another(office, "/schools/edit/?id={school}".format(**keys), "名称", "后改的小学", "先改的小学")
    expect(office.page.get_by_text("两个人改了同一条记录").first).to_be_visible()


def _comes_too_late(office: Office, keys: Keys) -> None:
    """Another tab deletes the row whose form is open; the row was made for it."""
    _makes_a_material(office, keys)
    office.page.get_by_role("link", name="编辑").click()
    address = office.page.url
    other = Office(office.page.context.new_page(), office.address)
    other.page.goto(address.replace("/edit/", "/delete/"))
    other.presses("确定删除")
    expect(other.page.get_by_text("已删除").first).to_be_visible()
    office.presses("保存")
    expect(office.page.get_by_text("这条记录已经不在了").first).to_be_visible()


def _makes_a_material(office: Office, keys: Keys) -> None:
    office.opens("/materials/new/")
    office.page.get_by_label("注册批次").click()
    office.page.locator("#campaign_id-list li").first.click()
    office.page.get_by_label("名称").fill("待删除的材料")
    for label, text in (("份数", "1"), ("序号", "99")):
        office.page.get_by_label(label).fill(text)
    for select in office.page.locator("main select").all():
        select.select_option(index=1)
    office.presses("保存")
    expect(office.page.get_by_text("已新增")).to_be_visible()


PAGES: dict[str, Shown | tuple[Shown, ...]] = {
    "dashboard.html": (at("district", "/"), at("school", "/"), at("superuser", "/"), at("auditor", "/")),
    "pile.html": at("district", "/waiting/mine/"),
    "login.html": at("", "/login"),
    "password.html": at("district", "/password"),
    "error.html": at("district", "/no-such-page"),
    "account/code.html": by("", _is_asked_for_a_code),
    "account/second_factor.html": (at("district", "/account/second-factor"), at("school", "/account/second-factor")),
    "account/activate.html": at("", "/activate"),
    "account/index.html": (at("district", "/account/"), at("school", "/account/")),
    "account/give_code.html": at("superuser", "/staff/{officer}/code"),
    "account/slip.html": by("superuser", _gives_an_activation_code),
    "account/reset_phone.html": at("superuser", "/staff/{officer}/second-factor"),
    "account/sessions.html": at("superuser", "/staff/{officer}/sessions"),
    "application/list.html": (at("district", "/applications/"), at("school", "/applications/")),
    "application/details.html": (
        at("district", "/applications/details/?id={confirmed}"),
        at("school", "/applications/details/?id={application}"),
    ),
    "application/move.html": at("school", "/applications/{application}/move/return"),
    "application/reset.html": at("school", "/applications/{application}/reset"),
    "application/code.html": by("school", _gives_a_code),
    "batch/ask.html": (by("district", _is_asked), by("district", _is_asked_for_a_colleague)),
    "batch/preview.html": by("school", _previews),
    "batch/rows.html": by("school", _lists),
    "batch/result.html": by("school", _runs),
    "batch/undo.html": by("school", _is_asked_again),
    "export/choose.html": (
        at("district", "/applications/export/?stage=confirmed"),
        at("superuser", "/schools/export/"),
        at("auditor", "/audit-entries/export/"),
    ),
    "export/print.html": at("district", "/applications/print/?stage=concluded"),
    "desk/find.html": at("point", "/desk/"),
    "desk/case.html": at("point", "/desk/{at_desk}/"),
    "desk/correct.html": at("point", "/desk/{at_desk}/correct"),
    "desk/move.html": (at("point", "/desk/{at_desk}/point"), at("point", "/desk/{at_desk}/back")),
    "desk/today.html": at("point", "/desk/today"),
    "desk/receipt.html": at("point", "/desk/{confirmed}/receipt"),
    "school/roster.html": (at("school", "/roster/"), at("district", "/roster/?school={school}")),
    "school/case.html": at("school", "/roster/{application}/"),
    "school/returned.html": at("school", "/roster/returned"),
    "school/choose.html": at("district", "/roster/"),
    "review/case.html": (at("district", "/review/{confirmed}/"), at("province", "/review/{confirmed}/")),
    "table/list.html": (
        at("superuser", "/schools/"),
        at("superuser", "/staff/"),
        at("superuser", "/windows/"),
        at("auditor", "/audit-entries/"),
        at("district", "/events/"),
    ),
    "table/details.html": (
        at("superuser", "/schools/details/?id={school}"),
        at("auditor", "/windows/details/?id={window}"),
    ),
    "table/form.html": (at("superuser", "/campaigns/edit/?id={campaign}"), at("superuser", "/staff/new/")),
    "table/reveal.html": (
        at("district", "/applications/{confirmed}/reveal"),
        at("district", "/applications/{confirmed}/reveal?query=stage=confirmed"),
    ),
    "table/delete.html": at("superuser", "/windows/delete/?id={window}"),
    "table/views.html": at("district", "/saved-views/?table=applications"),
    "table/history.html": at("district", "/applications/history/?id={confirmed}"),
    "table/merge.html": at("superuser", "/schools/merge/"),
    "requests/queue.html": at("superuser", "/staff-requests/queue/"),
    "table/retire.html": at("superuser", "/schools/retire/?id={school}"),
    "tree/authorities.html": at("superuser", "/authorities/tree/?division=320106"),
    "tree/rename.html": at("superuser", "/authorities/rename/?id={authority}"),
    "tree/bureaus.html": at("superuser", "/bureaus/tree/"),
    "tree/move.html": at("superuser", "/bureaus/move/?id={bureau}"),
    "points/schools.html": at("superuser", "/confirmation-points/schools/?id={point}"),
    "materials/order.html": at("superuser", "/materials/order/?campaign={campaign}"),
    "calendar/year.html": at("superuser", "/calendar-days/year/"),
    "statistics.html": (at("district", "/statistics/"), at("province", "/statistics/?by=submitted_at")),
    "campaigns/next.html": at("superuser", "/campaigns/next/?id={campaign}"),
    "campaigns/seen.html": at(
        "superuser", "/campaigns/seen/?id={campaign}&school=南京市鼓楼区致远中学&day=2026-11-28&hour=09:00"
    ),
    "notices/edition.html": at("superuser", "/notice-texts/edition/?key=terms"),
    "notices/preview.html": at("superuser", "/notice-texts/preview/?id={notice}"),
    "imports/choose.html": at("superuser", "/imports/send/"),
    "imports/send.html": at("superuser", "/imports/send/?kind=roster_entries"),
    "table/conflict.html": by("superuser", _meets_another),
    "table/gone.html": by("superuser", _comes_too_late),
}  # fmt: skip
# Of the queues: the demo always has something waiting.
# Slips of imported accounts: tests/admin/test_slips.py has an import of some.
# A batch in progress: test_back_office_bulk.py has the rows for it, and test_back_office_exports.py a long export,
# test_back_office_imports.py an import at each of its steps.
PARTS = (
    "imports/progress.html", "imports/shown.html", "imports/rows.html", "imports/undo.html",
    "base.html", "batch/progress.html", "export/progress.html", "export/details.html", "desk/parts.html",
    "imports/slips.html", "imports/printed.html",
    "review/parts.html", "review/empty.html", "requests/empty.html", "school/parts.html", "school/empty.html",
)  # fmt: skip
