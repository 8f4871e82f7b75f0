"""The questions of the check before the form, and the situation that their answers describe. Nothing is stored."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.validators import InputRequired, Optional

from shared.models.kinds import Kind, TeachingStage
from shared.rules import certificate
from shared.rules.checks import Problem
from shared.rules.situation import (
    CertificateType,
    Fault,
    HeldCertificate,
    History,
    Post,
    Probation,
    Situation,
    Workplace,
)
from shared.text import Text, _
from shared.web.forms import CHOOSE, LONGEST_NUMBER, AtMost, Chosen, Lenient, one_line

PLACES = (1, 2, 3)  # nobody was seen with more than three certificates
FIRST_YEAR = 1996
LONGEST_PERIOD = timedelta(days=6 * 366)  # a registration is for five years; the rest is a slip of the finger
YEAR = re.compile(r"([0-9]{4})(?:[^0-9].*|[0-9]{4})?")


class AllChosen:
    """Every tick is one of those offered; the sentence does not tell what was sent."""

    def __call__(self, _form: object, field: SelectMultipleField) -> None:
        offered = {value for value, *_rest in field.choices}
        if any(str(value) not in offered for value in field.data or ()):
            raise ValidationError(_("请从列表中选择"))


def _options(kinds: type[Kind], *, with_blank: bool = False) -> list[SelectChoice]:
    members = [SelectChoice(member.value, member.label) for member in kinds]
    return [SelectChoice("", CHOOSE), *members] if with_blank else members


def _reader(kinds: type[Kind]) -> Any:  # noqa: ANN401
    def read(value: str) -> Any:  # noqa: ANN401
        if not value:
            return None
        return next((member for member in kinds if member.value == value), value)

    return read


def _one_of(kinds: type[Kind], label: Text, hint: Text | str = "") -> RadioField:
    asked = [InputRequired(_("请选择：{question}", question=label)), Chosen()]
    return RadioField(
        label, asked, choices=_options(kinds), coerce=_reader(kinds), validate_choice=False, description=hint
    )


def _listed(kinds: type[Kind], label: Text, *, required: bool, hint: Text | str = "") -> SelectField:
    presence = InputRequired(_("请选择{label}", label=label)) if required else Optional()
    return SelectField(
        label,
        [presence, Chosen()],
        choices=_options(kinds, with_blank=True),
        coerce=_reader(kinds),
        validate_choice=False,
        description=hint,
    )


def _text(label: Text, hint: Text | str = "", longest: int = 30, **attributes: str) -> StringField:
    kw = {"autocomplete": "off", **attributes}
    return StringField(label, [AtMost(longest, label)], filters=[one_line], description=hint, render_kw=kw)


def _subject(label: Text, hint: Text | str = "") -> StringField:
    return _text(label, hint, list="subjects")


class WorkForm(FlaskForm):
    """Everything but the certificates."""

    workplace = _one_of(Workplace, _("您在哪类学校工作"))
    post = _one_of(Post, _("您的岗位"))
    stage = _listed(TeachingStage, _("现在任教的学段"), required=True)
    subject = _subject(_("现在任教的学科"), _("教几门的，填与证书一致的那一门"))
    retires_on = Lenient(_("五年内退休的，退休日期"))
    history = _one_of(History, _("上次定期注册的结果"), _("证书后面贴有注册结论和有效期"))
    valid_until = Lenient(_("注册有效期到哪一天"))
    probation = _one_of(Probation, _("试用期"))
    passed_on = Lenient(_("试用期考核合格的日期"), description=_("记不清可以不填"))


def _certificate_fields(place: int) -> dict[str, Any]:
    faults = SelectMultipleField(
        _("这本证书有下列情况吗？没有就不选"),
        [AllChosen()],
        choices=_options(Fault),
        coerce=_reader(Fault),
        validate_choice=False,
    )
    return {
        f"type_{place}": _listed(CertificateType, _("资格种类"), required=place == 1, hint=_("照证书上写的选")),
        f"issued_{place}": _text(_("签发年份或日期"), _("如1998，或1998-07-01"), inputmode="text"),
        f"number_{place}": _text(
            _("证书号码"), _("填了可以帮您核对年份和资格种类；不会保存"), LONGEST_NUMBER, spellcheck="false"
        ),
        f"held_subject_{place}": _subject(_("证书上的任教学科"), _("证书上没有写学科的，填“无”")),
        f"faults_{place}": faults,
    }


CheckForm: type[FlaskForm] = type(
    "CheckForm", (WorkForm,), {name: each for place in PLACES for name, each in _certificate_fields(place).items()}
)


def mistakes(form: FlaskForm, today: date) -> list[Problem]:
    """What no single field can see: dates and years that cannot be, and answers that lack another."""
    found = []
    until, passed = form.valid_until.data, form.passed_on.data
    if form.history.data is History.VALID and until is None:
        text = _("请填写注册有效期；记不清的，上一个问题请选“记不清”")
        found.append(Problem("valid_until", "valid_until", text))
    if until is not None and until > today + LONGEST_PERIOD:
        found.append(Problem("valid_until", "valid_until", _("注册有效期是5年，请核对填写的年份")))
    if form.probation.data is Probation.PASSED and passed is not None and passed > today:
        found.append(Problem("passed_on", "passed_on", _("考核合格的日期不能晚于今天")))
    found += [problem for place in PLACES for problem in _certificate_mistakes(form, place, today)]
    return [problem for problem in found if not form[problem.field].errors]  # one sentence for each field is enough


def _certificate_mistakes(form: FlaskForm, place: int, today: date) -> Iterator[Problem]:
    entered = [form[f"{name}_{place}"].data for name in ("issued", "number", "held_subject", "faults")]
    if any(entered) and not form[f"type_{place}"].data and place > 1:
        yield Problem("type", f"type_{place}", _("第{place}本证书：请选择资格种类", place=place))
    issued, number = form[f"issued_{place}"].data, form[f"number_{place}"].data
    year = _year(issued)
    if issued and (year is None or not FIRST_YEAR <= year <= today.year):
        text = _("签发年份应是1996年至今年的四位数字，如1998")
        yield Problem("issued", f"issued_{place}", text)
    if number:
        for problem in certificate.problems_with(number):
            yield Problem(problem.code, f"number_{place}", problem.text)
        decoded = certificate.decode(number)
        if decoded and decoded.year > today.year:
            text = _("证书号码中的年份{year}还没有到，请对照证书核对", year=decoded.year)
            yield Problem("number", f"number_{place}", text)


def situation(form: FlaskForm) -> Situation:
    """What the answers of a valid form describe."""
    return Situation(
        workplace=form.workplace.data,
        post=form.post.data,
        probation=form.probation.data,
        history=form.history.data,
        stage=form.stage.data,
        subject=_subject_named(form.subject.data),
        passed_on=form.passed_on.data if form.probation.data is Probation.PASSED else None,
        valid_until=form.valid_until.data if form.history.data is History.VALID else None,
        retires_on=form.retires_on.data,
        certificates=tuple(_held(form, place) for place in PLACES if form[f"type_{place}"].data),
    )


def _held(form: FlaskForm, place: int) -> HeldCertificate:
    number = certificate.normalise(form[f"number_{place}"].data or "")
    decoded = certificate.decode(number)
    return HeldCertificate(
        kind=form[f"type_{place}"].data,
        year=_year(form[f"issued_{place}"].data) or (decoded.year if decoded else None),
        number=number,
        subject=_subject_named(form[f"held_subject_{place}"].data),
        faults=frozenset(form[f"faults_{place}"].data or ()),
    )


def _year(text: str | None) -> int | None:
    found = YEAR.fullmatch(unicodedata.normalize("NFKC", text or ""))
    return int(found.group(1)) if found else None


def _subject_named(text: str | None) -> str:
    return unicodedata.normalize("NFKC", text or "").replace(" ", "")
