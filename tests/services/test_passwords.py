"""Passwords of staff: what they may not be, how long they last, and what becomes of codes and log-ins in time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from shared import clock
from shared.db import session
from shared.models import AuditEntry, OldPassword, Staff, StaffSession
from shared.models.kinds import Role
from shared.rules import accounts as rules
from shared.services import access, accounts, activation, locks, sessions
from shared.services.errors import Refused
from shared.services.passwords import hash_password
from tests import build
from tests.conftest import Database

At = Callable[[datetime], datetime]
NOON = datetime(2026, 10, 12, 4, 0, tzinfo=UTC)
FIRST, HERE = "Qinhuai#2026", "203.0.113.7"
LATER = [f"Xuanwu#{year}" for year in range(2027, 2033)]
ADMIN = "https://admin.example.cn"
NIGHTLY = access.system("worker")


@pytest.fixture
def officer(database: Database, at: At) -> Staff:
    at(NOON)
    return build.staff(
        Role.SCHOOL, username="zhangsan", password_hash=hash_password(FIRST), password_changed_at=clock.now()
    )


@pytest.fixture
def keeper(officer: Staff) -> Staff:
    return build.staff(Role.SUPERUSER, officer.school.bureau if officer.school else None)


def changed(officer: Staff, old: str, new: str) -> None:
    accounts.change_password(old, new, by=access.actor_of_staff(officer, HERE))


def logged_in(password: str = FIRST) -> accounts.Account:
    return accounts.begin_session(accounts.log_in_staff("zhangsan", password, address=HERE), browser="Firefox")


def a_code(officer: Staff, keeper: Staff) -> str:
    session.refresh(officer)
    by = access.actor_of_staff(keeper, HERE)
    return activation.give_code(officer.id, by=by, version=officer.version, admin_url=ADMIN).code


def activates(code: str, password: str) -> None:
    activation.activate("zhangsan", code, password, by=accounts.anonymous(HERE))


# What a new password may not be


def test_none_of_the_last_five_comes_back_and_the_sixth_does(officer: Staff) -> None:
    used = [FIRST]
    for new in LATER[:4]:
        changed(officer, used[-1], new)
        used.append(new)
    for old in used[:-1]:
        with pytest.raises(Refused, match="最近5次用过的"):
            changed(officer, used[-1], old)
    with pytest.raises(Refused, match="与原密码相同"):
        changed(officer, used[-1], used[-1])
    changed(officer, used[-1], LATER[4])
    changed(officer, LATER[4], FIRST)  # five others came after it
    assert logged_in(FIRST).username == "zhangsan"


def test_no_more_hashes_are_kept_than_the_rule_needs(officer: Staff) -> None:
    for old, new in zip([FIRST, *LATER], LATER, strict=False):
        changed(officer, old, new)
    kept = session.scalars(select(OldPassword.password_hash)).all()
    assert len(kept) == rules.REMEMBERED - 1
    assert all(one.startswith("$argon2id$") for one in kept)


def test_a_code_is_no_way_around_the_last_five(officer: Staff, keeper: Staff) -> None:
    changed(officer, FIRST, LATER[0])
    code = a_code(officer, keeper)
    with pytest.raises(Refused, match="最近5次用过的"):
        activates(code, FIRST)
    activates(code, LATER[1])  # a password that is refused does not use up the code
    assert logged_in(LATER[1]).username == "zhangsan"


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("Abc#12345", "10至128个字符"),
        ("abcdefghij1", "至少三种"),
        ("Zhangsan#2027", "不能包含用户名"),
        ("Q#320106198501010018", "不能包含用户名或证件号码"),
    ],
)
def test_a_password_of_staff_is_long_mixed_and_no_name(officer: Staff, password: str, why: str) -> None:
    build.change(officer, id_number="320106198501010018")
    with pytest.raises(Refused, match=why):
        changed(officer, FIRST, password)


# How long it lasts


@pytest.mark.parametrize(("after", "is_old"), [(timedelta(days=90), False), (timedelta(days=90, seconds=1), True)])
def test_after_ninety_days_a_new_one_is_asked_for(officer: Staff, at: At, after: timedelta, is_old: bool) -> None:
    at(NOON + after)
    account = logged_in()
    assert (account.must_change_password, account.password_is_old) == (is_old, is_old)
    changed(officer, FIRST, LATER[0])
    assert not logged_in(LATER[0]).must_change_password


def test_an_initial_password_is_changed_whatever_its_age(officer: Staff) -> None:
    build.change(officer, must_change_password=True)
    account = logged_in()
    assert (account.must_change_password, account.password_is_old) == (True, False)


# How long a log-in lasts


@pytest.mark.parametrize(("after", "open_"), [(timedelta(hours=12), False), (timedelta(hours=11, minutes=59), True)])
def test_twelve_hours_after_the_log_in_it_is_over_however_busy(
    officer: Staff, at: At, after: timedelta, open_: bool
) -> None:
    key = logged_in().key
    now = NOON
    while now + timedelta(minutes=20) < NOON + after:
        now += timedelta(minutes=20)
        at(now)
        assert accounts.staff_at(key, HERE) is not None, now
    at(NOON + after)
    assert (accounts.staff_at(key, HERE) is not None) is open_


def test_half_an_hour_without_a_click_ends_it_though_the_cookie_be_kept(officer: Staff, at: At) -> None:
    account = logged_in()
    at(NOON + rules.IDLE + rules.SEEN_EVERY)
    assert accounts.staff_at(account.key, HERE) is None
    assert sessions.of(officer.id, by=account.actor) == []


def test_use_is_noted_every_other_minute_only(officer: Staff, at: At) -> None:
    key = logged_in().key
    row = session.scalars(select(StaffSession)).one()
    for minutes, seen in ((1, 0), (3, 3), (4, 3), (6, 6)):
        at(NOON + timedelta(minutes=minutes))
        assert accounts.staff_at(key, HERE) is not None
        session.refresh(row)
        assert row.seen_at == NOON + timedelta(minutes=seen)


def test_an_account_that_has_expired_is_out_at_the_next_click(officer: Staff, at: At) -> None:
    build.change(officer, valid_until=clock.today())
    key = logged_in().key
    at(NOON + timedelta(minutes=5))
    assert accounts.staff_at(key, HERE) is not None
    build.change(officer, valid_until=clock.today() - timedelta(days=1))
    assert accounts.staff_at(key, HERE) is None


# Locked


def test_five_mistakes_lock_for_half_an_hour_and_say_until_when(officer: Staff, at: At) -> None:
    for _each in range(rules.FAILURES_TO_LOCK):
        with pytest.raises(Refused, match="账号或密码不正确"):
            logged_in("Wrong#2026")
    with pytest.raises(Refused, match=r"已锁定，请在12:30之后再试"):
        logged_in()
    at(NOON + timedelta(minutes=rules.LOCK_MINUTES) - timedelta(seconds=1))
    with pytest.raises(Refused, match="已锁定"):
        logged_in()
    at(NOON + timedelta(minutes=rules.LOCK_MINUTES))
    assert logged_in().username == "zhangsan"


def test_four_mistakes_lock_nobody_and_a_log_in_forgets_them(officer: Staff) -> None:
    for _round in range(2):
        for _each in range(rules.FAILURES_TO_LOCK - 1):
            with pytest.raises(Refused, match="账号或密码不正确"):
                logged_in("Wrong#2026")
        assert logged_in().username == "zhangsan"


def test_wrong_codes_lock_as_wrong_passwords_do_and_a_new_code_opens(officer: Staff, keeper: Staff) -> None:
    code = a_code(officer, keeper)
    for _each in range(rules.FAILURES_TO_LOCK):
        with pytest.raises(Refused, match="激活码不正确"):
            activates("2345-6789-ABCD", LATER[0])
    with pytest.raises(Refused, match="激活码不正确"):
        activates(code, LATER[0])  # locked: even the right one, with the same sentence
    session.refresh(officer)
    assert locks.is_locked(officer)
    activates(a_code(officer, keeper), LATER[0])
    assert logged_in(LATER[0]).username == "zhangsan"


# Codes on slips


def test_a_code_lasts_seven_days(officer: Staff, keeper: Staff, at: At) -> None:
    code = a_code(officer, keeper)
    at(NOON + rules.ACTIVATION_LASTS + timedelta(seconds=1))
    with pytest.raises(Refused, match="已过期"):
        activates(code, LATER[0])
    code = a_code(officer, keeper)
    at(clock.now() + rules.ACTIVATION_LASTS - timedelta(seconds=1))
    activates(code, LATER[0])


def test_a_new_code_voids_the_earlier_one_and_each_is_good_for_once(officer: Staff, keeper: Staff) -> None:
    lost, found = a_code(officer, keeper), a_code(officer, keeper)
    with pytest.raises(Refused, match="激活码不正确"):
        activates(lost, LATER[0])
    key = logged_in().key
    activates(found.lower().replace("-", " "), LATER[0])
    assert accounts.staff_at(key, HERE) is None  # whoever knew the old password is out
    with pytest.raises(Refused, match="已用过"):
        activates(found, LATER[1])


# What the worker clears away at night


def test_codes_that_nobody_used_are_taken_off_when_they_expire(officer: Staff, keeper: Staff, at: At) -> None:
    a_code(officer, keeper)
    assert activation.clear_away(by=NIGHTLY, now=clock.now() + rules.ACTIVATION_LASTS) == 0
    assert activation.clear_away(by=NIGHTLY, now=clock.now() + rules.ACTIVATION_LASTS + timedelta(seconds=1)) == 1
    session.refresh(officer)
    assert (officer.activation_hash, officer.activation_expires_at) == (None, None)
    last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None
    assert (last.actor_name, last.row_id, last.changes) == ("worker", officer.id, {"activation_hash": ["***", None]})


def test_log_ins_that_are_long_over_are_deleted(officer: Staff, at: At) -> None:
    logged_in()
    at(NOON + timedelta(days=60))
    logged_in()
    assert sessions.clear_away(by=NIGHTLY, now=NOON + sessions.KEPT) == 0
    assert sessions.have_come_from(HERE, [officer.id])
    assert sessions.clear_away(by=NIGHTLY, now=NOON + sessions.KEPT + timedelta(seconds=1)) == 1
    assert session.scalars(select(StaffSession.seen_at)).one() == NOON + timedelta(days=60)
    assert session.scalars(select(AuditEntry.changes).where(AuditEntry.action == "delete")).one() == {
        "rows": [None, "1"]
    }
