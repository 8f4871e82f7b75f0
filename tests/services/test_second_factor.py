"""The second factor: set up, asked for at the log-in, each code once, and a way back for whoever lost the phone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from shared import clock
from shared.db import session
from shared.models import AuditEntry, Staff
from shared.models.kinds import Role
from shared.rules import accounts as rules
from shared.services import access, accounts, locks, second_factor
from shared.services.errors import NotYours, Refused
from shared.services.passwords import hash_password
from tests import build
from tests.conftest import Database

At = Callable[[datetime], datetime]
NOON = datetime(2026, 10, 12, 4, 0, tzinfo=UTC)
PASSWORD, HERE = "Qinhuai#2026", "203.0.113.7"


@pytest.fixture
def officer(database: Database, at: At) -> Staff:
    at(NOON)
    return build.staff(Role.DISTRICT, username="zhangsan", password_hash=hash_password(PASSWORD))


def half(username: str = "zhangsan") -> accounts.Account:
    return accounts.log_in_staff(username, PASSWORD, address=HERE)


def with_code(code: str) -> accounts.Account:
    first = half()
    return accounts.log_in_with_code(first.actor.id, first.epoch, code, address=HERE)


def code_of(officer: Staff, *, steps: int = 0) -> str:
    step = int(clock.now().timestamp()) // rules.CODE_SECONDS + steps
    return second_factor.code_at(officer.totp_secret, step).decode()


def actions() -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_password_alone_opens_nothing(officer: Staff) -> None:
    account = half()
    assert account.needs_code
    with pytest.raises(RuntimeError, match="second factor"):
        accounts.begin_session(account, browser="")
    assert actions()[-1] == "login_half"


def test_a_code_opens_the_door_and_is_good_for_once(officer: Staff, at: At) -> None:
    code = code_of(officer)
    assert not with_code(code).needs_code
    assert actions().count("login") == 1
    with pytest.raises(Refused, match="已用过"):
        with_code(code)
    with pytest.raises(Refused, match="已用过"):
        with_code(code_of(officer, steps=-1))  # an earlier one is over with it
    at(NOON + timedelta(seconds=rules.CODE_SECONDS))
    assert with_code(code_of(officer)).username == "zhangsan"


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_clock_may_differ_by_half_a_minute(officer: Staff, steps: int, good: bool) -> None:
    if good:
        assert with_code(code_of(officer, steps=steps)).username == "zhangsan"
    else:
        with pytest.raises(Refused, match="动态码不正确"):
            with_code(code_of(officer, steps=steps))


def test_a_code_may_be_typed_with_a_space(officer: Staff) -> None:
    code = code_of(officer)
    assert with_code(f" {code[:3]} {code[3:]} ").username == "zhangsan"


def test_five_wrong_codes_lock_even_if_the_password_is_right_each_time(officer: Staff, at: At) -> None:
    for _each in range(rules.FAILURES_TO_LOCK):
        with pytest.raises(Refused, match="动态码不正确"):
            with_code("000000")
    session.refresh(officer)
    assert locks.is_locked(officer)
    with pytest.raises(Refused, match="已锁定"):
        half()
    at(NOON + timedelta(minutes=rules.LOCK_MINUTES, seconds=1))
    assert with_code(code_of(officer)).username == "zhangsan"
    session.refresh(officer)
    assert officer.failed_logins == 0


def test_whoever_has_changed_the_password_meanwhile_begins_again(officer: Staff) -> None:
    first = half()
    accounts.change_password(PASSWORD, "Xuanwu#2027", by=first.actor)
    with pytest.raises(Refused, match="重新输入用户名和密码"):
        accounts.log_in_with_code(first.actor.id, first.epoch, code_of(officer), address=HERE)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.TEACHER], ids=str)
def test_reviewers_and_superusers_must_have_one(database: Database, role: Role) -> None:
    build.staff(role, username="new", password_hash=hash_password(PASSWORD), totp_confirmed_at=None, totp_secret=None)
    needed = (Role.DISTRICT, Role.CITY, Role.PROVINCE, Role.SUPERUSER)
    assert half("new").must_enrol is (role in needed)
    assert not half("new").needs_code


def test_a_phone_is_bound_by_a_code_of_it(database: Database) -> None:
    clerk = build.staff(Role.POINT, username="zhangsan", password_hash=hash_password(PASSWORD))
    by = access.actor_of_staff(clerk, HERE)
    assert second_factor.waiting(by=by) is None
    with pytest.raises(Refused, match="还没有开始绑定"):
        second_factor.confirm("123456", by=by)
    second_factor.begin(by=by)
    shown = second_factor.waiting(by=by)
    session.refresh(clerk)
    assert shown is not None
    assert shown.key.replace(" ", "") == clerk.totp_secret
    assert shown.picture.startswith("data:image/svg+xml")
    assert not half().needs_code  # not before it has shown a code
    with pytest.raises(Refused, match="动态码不正确"):
        second_factor.confirm("000000", by=by)
    second_factor.confirm(code_of(clerk), by=by)
    assert second_factor.waiting(by=by) is None
    assert half().needs_code
    assert second_factor.state(by=by) == (True, False)
    assert "JBSWY" not in str([entry.changes for entry in session.scalars(select(AuditEntry))])


def test_a_phone_is_taken_off_by_a_code_of_it(officer: Staff) -> None:
    by = access.actor_of_staff(officer, HERE)
    with pytest.raises(Refused, match="已绑定"):
        second_factor.begin(by=by)
    with pytest.raises(Refused, match="动态码不正确"):
        second_factor.drop("000000", by=by)
    second_factor.drop(code_of(officer), by=by)
    assert half().must_enrol


def test_a_lost_phone_is_reset_by_a_superuser_above_and_by_nobody_else(officer: Staff) -> None:
    keeper = access.actor_of_staff(build.staff(Role.SUPERUSER, officer.bureau), HERE)
    elsewhere = access.actor_of_staff(build.staff(Role.SUPERUSER, build.a_nanjing().gulou), HERE)
    reviewer = access.actor_of_staff(build.staff(Role.PROVINCE), HERE)
    for other in (elsewhere, reviewer):
        with pytest.raises(NotYours):
            second_factor.reset(officer.id, by=other)
    account = accounts.begin_session(with_code(code_of(officer)), browser="x")
    second_factor.reset(officer.id, by=keeper)
    assert accounts.staff_at(account.key, HERE) is None
    assert half().must_enrol
    assert "second_factor_reset" in actions()


def test_nobody_resets_the_own_phone(database: Database) -> None:
    keeper = access.actor_of_staff(build.staff(Role.SUPERUSER), HERE)
    with pytest.raises(Refused, match="不能重置自己的"):
        second_factor.reset(keeper.id, by=keeper)
    with pytest.raises(NotYours):
        second_factor.reset_by_name("anybody", by=keeper)


def test_the_operator_lets_in_the_only_superuser(database: Database) -> None:
    keeper = build.staff(Role.SUPERUSER, username="only")
    second_factor.reset_by_name("only", by=access.system("reset-second-factor"))
    session.refresh(keeper)
    assert second_factor.is_due(keeper)
    with pytest.raises(Refused, match="没有用户名"):
        second_factor.reset_by_name("nobody", by=access.system("reset-second-factor"))
