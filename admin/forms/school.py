"""The school's sheet as one form: ethics, probation, a grid of years, times without teaching, and the reason to return.

The cells are named by their line (`years-2-training_hours`), as the rules name what is wrong with them.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional

from admin.forms.moves import LONGEST_REASON
from admin.forms.tables import Offered, Whole, options
from admin.forms.typed import number_of
from shared.models.base import NAME
from shared.models.kinds import AssessmentGrade, EthicsGrade, Kind
from shared.rules.attestation import MOST_BREAKS, BreakLine, Sheet, YearLine
from shared.rules.checks import Problem
from shared.rules.fields import BY_NAME
from shared.text import Text, _
from shared.web.forms import AtMost, Lenient, many_lines, one_line

SPARE_BREAKS = 2  # blank lines to write on; a saved page has new ones


def _kind(label: Text, kinds: type[Kind]) -> SelectField:
    def read(value: Any) -> Any:  # noqa: ANN401
        return next((one for one in kinds if one.value == value), None if value in (None, "") else value)

    offered = options({one.value: one.label for one in kinds}, _("未填"))
    return SelectField(label, [Offered()], choices=offered, coerce=read, validate_choice=False)


def _day(label: Text) -> Lenient:
    return Lenient(label, [Optional()])


class YearForm(Form):  # type: ignore[misc]
    """One year of the cycle."""

    year = HiddenField()
    assessment = _kind(_("年度考核"), AssessmentGrade)
    ethics = _kind(_("师德考核"), EthicsGrade)
    training_hours = Whole(_("培训学时"), [Optional()], render_kw={"type": "text", "inputmode": "numeric"})
    note = StringField(_("备注"), [AtMost(NAME, _("备注"))], filters=[one_line])


class BreakForm(Form):  # type: ignore[misc]
    """One time without teaching; emptied, it goes."""

    key = HiddenField()
    begins_on = _day(_("开始日期"))
    ends_on = _day(_("结束日期"))
    reason = StringField(_("事由"), [AtMost(NAME, _("事由"))], filters=[one_line])
    approved = BooleanField(_("事由经批准"))


class SheetForm(FlaskForm):  # type: ignore[misc]
    """Everything that the officer enters, saved together."""

    version = HiddenField()
    ethics = _kind(BY_NAME["ethics"].label, EthicsGrade)
    probation_passed_on = _day(BY_NAME["probation_passed_on"].label)
    years = FieldList(FormField(YearForm), max_entries=20)
    breaks = FieldList(FormField(BreakForm), max_entries=MOST_BREAKS + SPARE_BREAKS)
    reason = TextAreaField(
        _("退回理由（申请人会看到）"),
        [AtMost(LONGEST_REASON, _("退回理由（申请人会看到）"))],
        filters=[many_lines],
        render_kw={"rows": 3},
    )

    @property
    def sheet(self) -> Sheet:
        """What was entered."""
        return Sheet(
            ethics=self.ethics.data,
            probation_passed_on=self.probation_passed_on.data,
            years=[_year(line.form) for line in self.years if number_of(line.form.year.data)],
            breaks=[_break(line.form) for line in self.breaks],
        )

    @property
    def cells(self) -> Iterator[Field]:
        """Every input of the form, in the order of the page."""
        yield self.ethics
        yield self.probation_passed_on
        for line in (*self.years, *self.breaks):
            yield from line.form
        yield self.reason

    @property
    def faults(self) -> list[tuple[Field, Any]]:
        """What is wrong, each with its cell."""
        return [(cell, error) for cell in self.cells for error in cell.errors]


def opened(sheet: Sheet, version: int) -> SheetForm:
    """The form as it is when the page is opened, with blank lines for more times without teaching."""
    return SheetForm(
        formdata=None,
        data={
            "version": version,
            "ethics": sheet.ethics,
            "probation_passed_on": sheet.probation_passed_on,
            "years": [vars(line) for line in sheet.years],
            "breaks": [vars(line) for line in (*sheet.breaks, *[BreakLine()] * SPARE_BREAKS)],
        },
    )


def show(problems: Iterable[Problem], form: SheetForm, *, beside: bool = True) -> None:
    """Put each problem at its cell, or at the head of the form; `beside`: also where a cell has a fault already."""
    cells = {cell.name: cell for cell in form.cells}
    for problem in problems:
        cell = cells.get(problem.field)
        if cell is None:
            form.form_errors.append(problem.text)
        elif beside or not cell.errors:
            cell.errors = [*cell.errors, problem.text]


def _year(line: YearForm) -> YearLine:
    graded = line.assessment.data, line.ethics.data, line.training_hours.data
    return YearLine(number_of(line.year.data) or 0, *graded, line.note.data or "")


def _break(line: BreakForm) -> BreakLine:
    days = line.begins_on.data, line.ends_on.data
    return BreakLine(number_of(line.key.data), *days, line.approved.data, line.reason.data or "")
