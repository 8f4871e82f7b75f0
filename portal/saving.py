"""What each kind of page shows as its form, and which verb keeps it."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash
from flask import session as cookie
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField

from portal import kept, sheets
from portal.forms import AccountForm, NoticeForm, PhotoForm
from portal.lookups import Names, choices
from portal.sheets import Sheet
from portal.steps import Form, Page
from shared.models.kinds import IdKind
from shared.rules import certificate, identity
from shared.rules.checks import Problem
from shared.rules.fields import BY_NAME, Field, shown, words
from shared.rules.form import normalised
from shared.services import additions, applications, campaigns, finding, photos
from shared.services.errors import Refused
from shared.text import Text, _
from shared.web import forms, login
from shared.web.found import Found
from shared.web.login import by

NEW_EDITION = _("这份文字刚刚更新过，请重新阅读")
STALE = _("申请刚才在另一个页面改动过，本页还没有保存。请核对后再点一次按钮，以本页为准")


ONLY_ONE = 2  # choices: the blank one, and the one there is


class OwnForm(FlaskForm):
    """A page of the application in hand; `version` tells two tabs apart, `owner` whose page it is."""

    version = HiddenField()
    owner = HiddenField()


def asked(page: Page, sheet: Sheet) -> list[Field]:
    """The fields that are entered here: not what the ID number or the registry says, nor the account's own number."""
    return [field for field in page.fields if not _is_settled(field, sheet)]


def fixed(page: Page, sheet: Sheet) -> list[tuple[Field, str]]:
    """Fields that are shown but not entered, with their values in words."""
    return [(field, _in_words(field, sheet.answers[field.name])) for field in page.fields if _is_settled(field, sheet)]


def _is_settled(field: Field, sheet: Sheet) -> bool:
    if sheet.answers.get(field.name) in (None, ""):
        return False
    if field.registered:
        return sheet.registered
    account = sheet.application is not None and field.name in ("id_kind", "id_number", "email")
    return account or (field.derived and _says_itself(sheet.answers))


def _in_words(field: Field, value: Any) -> str:  # noqa: ANN401  a value of the field's own type
    return finding.name_of(field, value) if field.entries else words(field, value)


def _says_itself(answers: Mapping[str, Any]) -> bool:
    kind, number = answers.get("id_kind"), answers.get("id_number")
    return bool(kind and number and identity.born(kind, number))


def read_off(page: Page, sheet: Sheet) -> list[tuple[Text, str]]:
    """What the certificate's number says, beside the fields that must agree with it."""
    answers = sheet.answers
    number = answers.get("certificate_number") or ""
    parts = certificate.decode(number, id_number=answers.get("id_number") or "")
    if parts is None or BY_NAME["certificate_issued_on"] not in page.fields:
        return []
    kind = finding.name_of(BY_NAME["qualification_type_code"], parts.type_code) or parts.type_code
    return [
        (BY_NAME["certificate_number"].label, number),
        (_("号码中的发证年份"), str(parts.year)),
        (_("号码中的资格种类"), kind),
    ]


def empty(page: Page, sheet: Sheet) -> FlaskForm:
    """The form as it is opened: with what is known."""
    made = _class(page, sheet)(formdata=None)
    forms.fill(made, {"id_kind": IdKind.RESIDENT, **sheet.answers})
    if "point_id" in made and made.point_id.data is None and len(made.point_id.choices) == ONLY_ONE:
        made.point_id.data = int(made.point_id.choices[-1].value)
    _mark(made, page, sheet)
    return made


def form_of(page: Page, sheet: Sheet, typed: Mapping[str, str] | None = None) -> FlaskForm:
    """The form as it was sent, or as it was kept when a log-in ran out."""
    if typed is None:
        return _class(page, sheet)()
    made = _class(page, sheet)(formdata=MultiDict(typed))
    _mark(made, page, sheet)
    return made


def _mark(form: FlaskForm, page: Page, sheet: Sheet) -> None:
    if "version" in form:
        form.version.data = str(sheet.version)
        form.owner.data = kept.owner()
    if page.form is Form.NOTICE:
        notice = campaigns.notice(page.notice)
        form.notice.data = str(notice.id) if notice else ""


def is_stale(refusal: Refused) -> bool:
    """Whether it was refused only because something else was saved after the page had been opened."""
    return any(problem.code == "stale" for problem in refusal.problems)


def renew(form: FlaskForm, sheet: Sheet) -> None:
    """Keep what was typed and let the next press save it, now that the present state is known."""
    form.version.data = str(sheet.version)
    form.form_errors.append(STALE)


def differences(form: FlaskForm, page: Page, sheet: Sheet) -> list[tuple[Text, str]]:
    """What is stored, in words, for the fields in which the page would overwrite it."""
    fields = asked(page, sheet)
    application = sheet.application
    if application is None:
        return []
    typed = normalised({**sheet.answers, **forms.answers_of(form, fields)})
    changed = [f for f in fields if sheet.answers.get(f.name) not in (None, "", typed.get(f.name))]
    return [(field.label, shown(field, application, masked=False)) for field in changed]


def _class(page: Page, sheet: Sheet) -> type[FlaskForm]:
    if page.form is Form.FIELDS:
        # A list is narrowed by what other pages asked, never by a neighbour that may change while the page is open.
        here = {field.name for field in page.fields}
        known = {name: value for name, value in sheet.answers.items() if name not in here}
        inputs = forms.form_for(
            asked(page, sheet),
            lambda field: choices(field, known),
            look_up=lambda field: Names(field, {**known, field.name: sheet.answers.get(field.name)}),
        )
        return type("PageForm", (OwnForm, inputs), {})
    return {Form.NOTICE: NoticeForm, Form.ACCOUNT: AccountForm, Form.PHOTO: PhotoForm}.get(page.form, OwnForm)


def say_the_rest(form: FlaskForm, page: Page, sheet: Sheet) -> None:
    """Beside what is wrong with single inputs also what the rules say of the others: everything at once."""
    if page.form is not Form.FIELDS:
        return
    fields = asked(page, sheet)
    typed = forms.answers_of(form, fields)
    values = {field.name: None if form[field.name].errors else typed[field.name] for field in fields}
    found = applications.problems_of({**sheet.answers, **values}, page.asks, sheet.application)
    forms.show([p for p in found if p.blocks and p.field in form and not form[p.field].errors], form)


def version_of(sent: Mapping[str, str]) -> int:
    """The version that a form was opened with; -1, which none has, for anything else."""
    text = sent.get("version") or ""
    return int(text) if text.isdecimal() and len(text) < 10 else -1  # noqa: PLR2004  no version is that long


def _version(form: FlaskForm) -> int:
    return version_of({"version": form.version.data or ""})


def _notice(page: Page, sheet: Sheet, form: FlaskForm) -> list[Problem]:
    notice = campaigns.notice(page.notice)
    if notice is None:
        return []
    if form.notice.data != str(notice.id):
        form.notice.data = str(notice.id)
        raise Refused(NEW_EDITION)
    if page.must_tick and not form.accept.data:
        raise Refused(Problem("terms", "accept", _("同意条款后才能继续，请勾选“我已阅读并同意”")))
    if not sheet.agreed_to(notice.id):
        sheet.agree(notice)
    return []


def _fields(page: Page, sheet: Sheet, form: FlaskForm) -> list[Problem]:
    values = forms.answers_of(form, asked(page, sheet))
    added = {name: _add(form[name], sheet, {**sheet.answers, **values}) for name in values if _adds(form[name])}
    problems = sheet.save(page, values | added, _version(form))
    for name in added:
        flash(str(_("已添加“{text}”，等待工作人员核实，不影响您继续申报", text=form[name].text)), "success")
    _tell_completed_number(form)
    return [problem for problem in problems if not problem.blocks]


def _adds(field: Any) -> bool:  # noqa: ANN401  any WTForms field
    return isinstance(field, Found) and field.adds


def _add(field: Found, sheet: Sheet, values: Mapping[str, Any]) -> Any:  # noqa: ANN401  a key
    return additions.add(field.field, field.text or "", values, sheet.owner or sheet.found_token(), by=by())


def _tell_completed_number(form: FlaskForm) -> None:
    """An early number of 15 digits gets the century that its year needs, before everybody's eyes."""
    if "certificate_number" not in form:
        return
    typed = form.certificate_number.data or ""
    number = certificate.normalise(typed)
    if len(number) > len(certificate.plain(typed)):
        flash(str(_("15位证书号码已自动补全为17位：{number}，请核对", number=number)), "info")


def _account(_page: Page, sheet: Sheet, form: FlaskForm) -> list[Problem]:
    token = sheet.token or ""
    account = applications.open_account(token, email=form.email.data, password=form.password.data, by=by())
    login.enter(account)
    cookie.pop(sheets.DRAFT, None)
    flash(str(_("账号已开通，以后用证件号码和密码登录，在哪台设备上都能接着填写")), "success")
    return []


def _photo(_page: Page, sheet: Sheet, form: FlaskForm) -> list[Problem]:
    original = form.photo.data.read() if form.photo.data else b""
    if original and sheet.application is not None:
        photos.put(sheet.application.id, original, by=by(), crop=form.chosen_part())
    elif not sheet.has_photo:
        raise Refused(Problem("missing", "photo", _("请选择一张照片")))
    return []


def _check(_page: Page, sheet: Sheet, form: FlaskForm) -> list[Problem]:
    if sheet.application is not None:
        applications.submit(sheet.application.id, by=by(), version=_version(form))
    return []


def _nothing(_page: Page, _sheet: Sheet, _form: FlaskForm) -> list[Problem]:
    return []


SAVE: dict[Form, Callable[[Page, Sheet, FlaskForm], list[Problem]]] = {
    Form.NOTICE: _notice,
    Form.FIELDS: _fields,
    Form.ACCOUNT: _account,
    Form.PHOTO: _photo,
    Form.CHECK: _check,
    Form.DONE: _nothing,
}
