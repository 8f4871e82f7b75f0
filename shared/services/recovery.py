"""Back into an account without its password: by a link in a mail, or a code from the school; and the mail's address."""

import time
from dataclasses import dataclass
from datetime import datetime

from shared import clock
from shared.adapters import qr
from shared.db import session, transaction
from shared.models import Application, Person
from shared.models.kinds import LinkKind, Role
from shared.rules import accounts as rules
from shared.rules import form, masking
from shared.rules.checks import Problem
from shared.rules.fields import Step
from shared.rules.rights import Actor, Can
from shared.services import access, accounts, audit, letters, links, locks, notify, passwords, throttle
from shared.services.errors import NotYours, Refused
from shared.text import _

MOMENT = "%Y-%m-%d %H:%M"
SECONDS_TO_ANSWER = 0.1  # longer than it takes to write a mail, so that nobody learns from the time who has an account
NEW_PASSWORD_PAGE, VERIFY_PAGE, FORGOTTEN_PAGE = "/account/new-password/", "/account/verify/", "/account/forgotten"
PEOPLE = Person.__tablename__
WRONG_CODE = Problem(
    "code", "code", _("证件号码或重设码不正确，请逐字核对。重设码24小时内有效；连续输错5次将锁定30分钟")
)
GIVEN = Problem("stale", "", _("刚刚已发放过重设码。没有记下的，请重新打开本页，再发放一个新的"))
TOO_MANY = Problem("often", "", _("一小时内最多发送3封验证邮件。请先检查收件箱和垃圾邮件，一小时后再试"))


@dataclass(frozen=True)
class Contact:
    """Whose account it is, its address, and the one that waits for its link to be followed; numbers masked."""

    name: str
    id_number: str
    email: str
    verified_at: datetime | None
    waiting: str


@dataclass(frozen=True)
class Slip:
    """What the school hands to a teacher: shown once, kept nowhere."""

    name: str
    code: str
    address: str
    picture: bytes  # the address as a QR code
    forgotten: str
    until: datetime


def ask_for_new_password(id_number: str, *, by: Actor, portal_url: str) -> None:
    """Mail a link to whoever has this number; answer and time are the same whether anybody has."""
    throttle.refuse_busy(by=by)
    began = time.monotonic()
    _ask(id_number, by=by, portal_url=portal_url)
    _answer_in_time(began)


def _answer_in_time(began: float) -> None:
    time.sleep(max(0.0, began + SECONDS_TO_ANSWER - time.monotonic()))


@transaction
def _ask(id_number: str, *, by: Actor, portal_url: str) -> None:
    found = accounts.people_with(id_number)
    _note(throttle.PASSWORD_ASKED, found, by)
    for key in found:
        person = links.locked(key)
        if person.email and links.mailed_lately(key, LinkKind.NEW_PASSWORD) < rules.MOST_MAILS_AN_HOUR:
            _mail_new_password(person, by=by, portal_url=portal_url)


def _tell(person: Person, name: str, *, to: str, by: Actor, **facts: object) -> None:
    """Put a mail about the account into the outbox; it names its reader only in part."""
    at = clock.local(clock.now()).strftime(MOMENT)
    times = {key: clock.local(value).strftime(MOMENT) for key, value in facts.items() if isinstance(value, datetime)}
    whose = {"applicant": masking.name(person.name), "id_number": masking.id_number(person.id_number)}
    notify.queue(to, *letters.write(name, at=at, **(facts | times | whose)), by=by)


def _mail_new_password(person: Person, *, by: Actor, portal_url: str) -> None:
    kind, secret = LinkKind.NEW_PASSWORD, links.new_secret()
    until = links.make(kind, person, secret, email=person.email, lasts=rules.MAILED_LINK_LASTS)
    address = portal_url + NEW_PASSWORD_PAGE + secret
    _tell(person, "new_password", to=person.email, by=by, address=address, until=until)


@transaction
def give_code(application_id: int, *, by: Actor, portal_url: str, last: int) -> Slip:
    """A code for the applicant, whose identity card `by` has seen; earlier codes are void from now on.

    `last` is what `links.last_code` said when the page was opened: a form that is sent twice gives no second code.
    """
    application = access.one(Application, application_id, by=by)
    person = access.one(Person, application.person_id, by=by, to=Can.RESET_PASSWORD, lock=True)
    if links.last_code(person.id) != last:
        raise Refused(GIVEN)
    links.end([link for link in links.open_links(person.id, LinkKind.NEW_PASSWORD) if not link.email])
    code = links.new_code()
    until = links.make(LinkKind.NEW_PASSWORD, person, code, email="", lasts=rules.CODE_LASTS)
    locks.unlock(person)  # whoever comes has mostly tried too often before, and must be able to type the code
    audit.record("give_code", PEOPLE, person.id, by=by)
    if person.email:
        officer = f"{by.role.label if by.role else ''}{by.name}"
        _tell(person, "code_given", to=person.email, by=by, officer=officer, until=until)
    return _slip(person, code, until, portal_url)


def _slip(person: Person, code: str, until: datetime, portal_url: str) -> Slip:
    address = portal_url + NEW_PASSWORD_PAGE + code
    return Slip(
        name=person.name,
        code=rules.spelled(code),
        address=address,
        picture=qr.png(address),
        forgotten=portal_url + FORGOTTEN_PAGE,
        until=until,
    )


def check_code(id_number: str, code: str, *, by: Actor) -> str:
    """The plain code, if it is good and its person has this number; a wrong one counts as a failed log-in does."""
    throttle.refuse_busy(by=by)
    began, plain = time.monotonic(), rules.read_code(code)
    if not _check_code(id_number, plain, by=by):
        _answer_in_time(began)
        raise Refused(WRONG_CODE)
    return plain


@transaction
def _check_code(id_number: str, code: str, *, by: Actor) -> bool:
    found = accounts.people_with(id_number)
    open_to = [person for person in map(links.locked, found) if not locks.is_locked(person)]
    link = links.find(LinkKind.NEW_PASSWORD, code) if code else None
    if link is not None and link.person_id in {person.id for person in open_to}:
        return True
    for person in open_to:
        locks.count_failure(person)
    _note(throttle.CODE_FAILED, found, by)
    return False


def _note(action: str, found: list[int], by: Actor) -> None:
    """In the audit stands also what was tried with a number that nobody has."""
    for key in found:
        audit.record(action, PEOPLE, key, by=by)
    if not found:
        audit.record(action, PEOPLE, None, by=by)


def whose(kind: LinkKind, secret: str) -> str:
    """The masked name behind a link that may be followed; `Refused` with what to do where it may not."""
    return masking.name(session.get_one(Person, links.require(kind, secret).person_id).name)


@transaction
def set_new_password(secret: str, password: str, *, by: Actor) -> None:
    """Follow a link: a new password, every session ended, the lock lifted, all links of the person used up."""
    person, link = links.follow(LinkKind.NEW_PASSWORD, secret, by=by)
    accounts.renew(person, password)
    links.use(person.id, LinkKind.NEW_PASSWORD)
    if link.email == person.email and person.email_verified_at is None:
        person.email_verified_at = clock.now()  # its mail has been read
    audit.record("new_password", PEOPLE, person.id, by=audit.actor())


def contact(*, by: Actor) -> Contact:
    """What the account page shows."""
    person = session.get_one(Person, by.id)
    return Contact(
        name=person.name,
        id_number=masking.id_number(person.id_number),
        email=masking.email(person.email),
        verified_at=person.email_verified_at,
        waiting=masking.email(_waiting(person)),
    )


def _waiting(person: Person) -> str:
    """The address that a link was mailed to and that is not the account's yet; "" for none."""
    sent = links.open_links(person.id, LinkKind.VERIFY_EMAIL)
    return next((link.email for link in sent if link.email != person.email), "")


@transaction
def change_email(new: str, password: str, *, by: Actor, portal_url: str) -> str:
    """Mail a link to the `new` address, which is stored when it is followed; return that address, masked."""
    person = links.locked(by.id)
    if not passwords.matches(person, password):
        raise Refused(Problem("password.old", "password", _("登录密码不正确，请重新输入")))
    address = str(form.normalised({"email": new})["email"])
    found = form.problems_with({"email": address}, Step.MATERIALS, today=clock.today(), facts=form.FormFacts())
    problems = [problem for problem in found if problem.field == "email"]
    if address == person.email:
        problems.append(Problem("email.same", "email", _("这就是您现在的邮箱，请填写另一个")))
    if problems:
        raise Refused.because(problems)
    if not _mail_verification(person, address, by=by, portal_url=portal_url):
        raise Refused(TOO_MANY)
    return masking.email(address)


@transaction
def send_again(*, by: Actor, portal_url: str) -> None:
    """Once more to the address that waits, else to the present one."""
    person = links.locked(by.id)
    waiting = _waiting(person)
    sent = (
        _mail_verification(person, waiting, by=by, portal_url=portal_url)
        if waiting
        else send_verification(person.id, by=by, portal_url=portal_url)
    )
    if not sent:
        raise Refused(TOO_MANY)


@transaction
def send_verification(person_id: int, *, by: Actor, portal_url: str) -> bool:
    """Mail a link that proves the person's present address; False if too many went out within the hour.

    For an address that was stored without a link: those that wait at other addresses are void from now on.
    """
    if by.role is Role.TEACHER and by.id != person_id:
        raise NotYours
    person = links.locked(person_id)
    if not person.email or person.email_verified_at is not None:
        return True
    return _mail_verification(person, person.email, by=by, portal_url=portal_url)


def _mail_verification(person: Person, address: str, *, by: Actor, portal_url: str) -> bool:
    kind, secret = LinkKind.VERIFY_EMAIL, links.new_secret()
    if links.mailed_lately(person.id, kind) >= rules.MOST_MAILS_AN_HOUR:
        return False
    links.end([link for link in links.open_links(person.id, kind) if link.email != address])
    until = links.make(kind, person, secret, email=address, lasts=rules.ADDRESS_LINK_LASTS)
    _tell(person, "verify_email", to=address, by=by, address=portal_url + VERIFY_PAGE + secret, until=until)
    return True


@transaction
def verify_email(secret: str, *, by: Actor) -> str:
    """Follow a link: its address is the account's now, and proved; the old one is told. Return it, masked."""
    person, link = links.follow(LinkKind.VERIFY_EMAIL, secret, by=by)
    old = person.email
    links.use(person.id, LinkKind.VERIFY_EMAIL)
    person.email, person.email_verified_at = link.email, clock.now()
    if old and old != link.email:
        _leave(old, person, by=by)
    return masking.email(link.email)


def _leave(old: str, person: Person, *, by: Actor) -> None:
    """Whoever reads mail at the old address is told, and gets in no more."""
    links.end([link for link in links.open_links(person.id, LinkKind.NEW_PASSWORD) if link.email == old])
    _tell(person, "email_changed", to=old, by=by, email=masking.email(person.email))
