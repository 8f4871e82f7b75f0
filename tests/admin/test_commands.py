"""`import` and `export` at the command line: what the pages do, with the rights of whoever is named."""

import csv
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from admin.commands import importing
from shared.db import session
from shared.models import AuditEntry, Campaign, Import, RosterEntry, School, Staff
from shared.models.kinds import ImportState, Role
from shared.services.accounts import AT_THE_SHELL
from shared.services.imports import running
from tests import build
from tests.admin import world
from tests.admin.world import City

HEAD = "代码,名称,教育行政部门\n"


class Shell:
    """Somebody at the command line of an installation."""

    def __init__(self, app: Flask, city: City, folder: Path) -> None:
        self.app, self.city, self.folder = app, city, folder
        self.usernames = {role: session.get_one(Staff, key).username for role, key in city.staff.items()}
        self.bureau = session.get_one(School, city.rows["schools"]).bureau.code
        session.commit()

    def run(self, *words: Any, by: Role | str = Role.SUPERUSER, code: int = 0) -> str:
        username = self.usernames.get(by, by)  # type: ignore[call-overload]
        answer = self.app.test_cli_runner().invoke(args=[*map(str, words), "--as", username])
        assert answer.exit_code == code, answer.output
        assert "Traceback" not in answer.output
        session.expire_all()
        return answer.output

    def file(self, *rows: str, name: str = "学校.csv", head: str = HEAD) -> Path:
        path = self.folder / name
        path.write_text(head + "\n".join(rows), "utf-8")
        return path

    def lines(self, name: str) -> list[list[str]]:
        with (self.folder / name).open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))


@pytest.fixture
def shell(app: Flask, city: City, tmp_path: Path) -> Shell:
    return Shell(app, city, tmp_path)


def schools() -> set[str]:
    return set(session.scalars(select(School.code).where(School.code.startswith("9"))))


def last() -> Import:
    return session.scalars(select(Import).order_by(Import.id.desc())).first()  # type: ignore[return-value]


def test_a_file_is_written_here_and_now_and_a_dry_run_writes_nothing(shell: Shell) -> None:
    file = shell.file(f"9001,甲小学,{shell.bureau}", f"9002,乙小学,{shell.bureau}")
    told = shell.run("import", "schools", file, "--dry-run")
    assert "2 rows: 2 new, 0 changed, 0 unchanged, 0 refused" in told
    assert (schools(), last().state) == (set(), ImportState.CANCELLED)
    assert "Written: 2 new, 0 changed" in shell.run("import", "schools", file)
    assert (schools(), last().state) == ({"9001", "9002"}, ImportState.DONE)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "import")).all()
    assert {(one.actor_id, one.address) for one in entries} == {(shell.city.staff[Role.SUPERUSER], AT_THE_SHELL)}
    assert "2 unchanged" in shell.run("import", "schools", file)  # a script may send it in every night


def test_refused_rows_stop_a_file_and_are_marked_in_a_copy_of_it(shell: Shell) -> None:
    file = shell.file(f"9001,甲小学,{shell.bureau}", "9002,乙小学,没有这个局")
    told = shell.run("import", "schools", file, code=1)
    assert "row 3: 教育行政部门：没有找到“没有这个局”" in told
    assert "1 of 2 rows are refused. Nothing was written. Add --partial" in told
    assert (schools(), last().state) == (set(), ImportState.CANCELLED)
    marked = shell.folder / "学校-标出错误.xlsx"
    assert [row[0].value for row in load_workbook(marked).active.rows] == ["代码", "9001", "9002"]
    assert marked.stat().st_mode & 0o077 == 0
    told = shell.run("import", "schools", file, "--partial", "--errors", shell.folder / "rest.xlsx", code=1)
    assert "Written: 1 new" in told
    assert schools() == {"9001"}
    assert [row[0].value for row in load_workbook(shell.folder / "rest.xlsx").active.rows] == ["代码", "9002"]
    shell.run("import", "schools", file, code=1)
    assert (shell.folder / "学校-标出错误-2.xlsx").exists()  # somebody may be mending the first


def test_rights_and_area_are_those_of_the_account(shell: Shell) -> None:
    file = shell.file(f"9001,甲小学,{shell.bureau}")
    assert "can import roster_entries (应注册人员底册)" in shell.run(
        "import", "schools", file, by=Role.DISTRICT, code=1
    )
    known = shell.run("import", "nothing", file, code=1)
    assert "schools (任教学校)" in known
    assert "not nothing" in known
    other = Shell(shell.app, world.a_city(), shell.folder)
    assert "1 refused" in other.run("import", "schools", file, code=1)
    assert "没有用户名为nobody的工作人员" in shell.run("import", "schools", file, by="nobody", code=1)
    build.change(session.get_one(Staff, shell.city.staff[Role.SUPERUSER]), active=False)
    session.commit()
    assert "已停用" in shell.run("import", "schools", file, code=1)
    assert schools() == set()


def test_a_kind_that_belongs_to_a_campaign_needs_its_code(shell: Shell) -> None:
    school, campaign = (session.get_one(model, shell.city.rows[model.__tablename__]) for model in (School, Campaign))
    code, school_code = campaign.code, school.code
    row = f"{school_code},张三,{build.an_id_number()}"
    session.commit()
    file = shell.file(row, head="学校,姓名,证件号码\n")
    assert f"--campaign can be {code}" in shell.run("import", "roster_entries", file, code=1)
    shell.run("import", "roster_entries", file, "--campaign", code, by=Role.DISTRICT)
    assert session.scalars(select(RosterEntry.campaign_id).where(RosterEntry.name == "张三")).one()
    plain = shell.run("import", "schools", shell.file("9001,甲,乙"), "--campaign", code, code=1)
    assert "belongs to no campaign" in plain


def test_what_cannot_be_read_is_one_sentence(shell: Shell) -> None:
    file = shell.folder / "photo.xlsx"
    file.write_bytes(b"%PDF-1.7")
    assert "Error: 这是PDF文件" in shell.run("import", "schools", file, code=1)
    assert "let its name end in .xlsx" in shell.run("import", "schools", file, "--errors", "/dev/null", code=1)


def test_whoever_stops_the_command_stops_the_import(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(_progress: object, facts: dict[str, Any]) -> None:
        if facts["phase"] == "write" and facts["read"]:
            monkeypatch.undo()
            raise KeyboardInterrupt

    monkeypatch.setattr(importing.Progress, "__call__", stopped)
    shell.run("import", "schools", shell.file(f"9001,甲小学,{shell.bureau}"), code=1)
    assert (schools(), last().state, running.waiting()) == (set(), ImportState.CANCELLED, [])


def test_a_list_goes_out_within_the_area_of_the_account_as_it_is_filtered(shell: Shell) -> None:
    other = world.a_city()
    mine = world.application_of(shell.city).registration_number
    session.commit()
    file = shell.folder / "a.csv"
    told = shell.run("export", "applications", file, by=Role.DISTRICT)
    assert "applications (定期注册申请): 1 rows" in told
    assert mine in shell.lines("a.csv")[1]
    assert file.stat().st_mode & 0o077 == 0
    assert world.application_of(other)
    shell.run("export", "applications", file, "--filter", "stage=confirmed", by=Role.DISTRICT)
    assert len(shell.lines("a.csv")) == 1
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "export").order_by(AuditEntry.id.desc()))
    noted = entry.first()
    assert noted is not None
    assert (noted.address, noted.changes["selection"][1]) == (AT_THE_SHELL, "状态：已确认（已受理）")


def test_a_filter_that_is_not_understood_gives_nothing_away(shell: Shell) -> None:
    file = shell.folder / "a.csv"
    assert "can be filtered by" in shell.run("export", "applications", file, "--filter", "stag=confirmed", code=1)
    assert "没有“confirm”这一项" in shell.run("export", "applications", file, "--filter", "stage=confirm", code=1)
    assert "has the columns" in shell.run("export", "applications", file, "--columns", "password_hash", code=1)
    assert "can export" in shell.run("export", "staff_sessions", file, code=1)
    assert "end in .xlsx or .csv" in shell.run("export", "applications", shell.folder / "a.pdf", code=1)
    assert list(shell.folder.iterdir()) == []


def test_personal_values_are_masked_unless_it_is_said_why(shell: Shell) -> None:
    number, file = world.person_of(shell.city).id_number, shell.folder / "a.csv"
    session.commit()
    order = ("export", "applications", file, "--columns", "name,person.id_number")
    shell.run(*order, by=Role.DISTRICT)
    assert shell.lines("a.csv")[1][1].endswith(number[-4:])
    assert shell.lines("a.csv")[1][1] != number
    assert "个人信息完整显示（其他（请说明）：核对社保）" in shell.run(*order, "--reason", "核对社保", by=Role.DISTRICT)
    assert shell.lines("a.csv")[1][1] == number
    assert "联系本人" in shell.run(*order, "--reason", "contact", by=Role.DISTRICT)
    assert "leave --reason out" in shell.run(*order, "--reason", "contact", by=Role.SCHOOL, code=1)


def test_what_went_out_to_be_imported_comes_back_as_it_is(shell: Shell) -> None:
    file = shell.folder / "a.xlsx"
    shell.run("export", "schools", file, "--columns", "importable")
    assert "0 new, 0 changed, 1 unchanged, 0 refused" in shell.run("import", "schools", file)
