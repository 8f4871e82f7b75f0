"""What the review page asks for beside the moves: a hold, its lifting, a colleague, a message."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectChoice, SelectField, TextAreaField

from admin.forms.tables import Offered, options
from admin.forms.typed import number_of
from shared.services import assigning, messages
from shared.text import _
from shared.web.forms import AtMost, many_lines
from shared.web.login import by

LONGEST_REASON = 500


def _text(label: Any, longest: int, hint: Any = "") -> TextAreaField:  # noqa: ANN401  a text
    return TextAreaField(label, [AtMost(longest, label)], filters=[many_lines], description=hint, render_kw={"rows": 2})


class HoldForm(FlaskForm):  # type: ignore[misc]
    """Why nobody may decide for the time being."""

    reason = _text(_("暂停原因"), LONGEST_REASON, _("审核人员会看到，申请人看不到。"))


class LiftForm(FlaskForm):  # type: ignore[misc]
    """What was found."""

    hold = HiddenField()
    finding = _text(_("查实情况"), LONGEST_REASON)


class MessageForm(FlaskForm):  # type: ignore[misc]
    """To the applicant."""

    body = _text(_("留言内容"), messages.LONGEST, _("申请人在网上和邮件里都会看到。"))


def _colleagues() -> list[SelectChoice]:
    return options({row.id: row.name for row in assigning.colleagues(by=by())}, _("不分派"))


class LiftManyForm(FlaskForm):  # type: ignore[misc]
    """What was found, of many alike."""

    finding = _text(_("查实情况"), LONGEST_REASON)


def _colleagues_or_nobody() -> list[SelectChoice]:
    known = {row.id: row.name for row in assigning.colleagues(by=by())}
    return options(known | {assigning.NOBODY: _("不分派")})


class AssignManyForm(FlaskForm):  # type: ignore[misc]
    """A choice that is made, not found: nobody stands among the others."""

    assigned_to_id = SelectField(
        _("分派给"), [Offered()], choices=_colleagues_or_nobody, coerce=number_of, validate_choice=False
    )


class AssignForm(FlaskForm):  # type: ignore[misc]
    """Which colleague looks at it; nobody is a choice too."""

    assigned_to_id = SelectField(_("分派给"), [Offered()], choices=_colleagues, coerce=number_of, validate_choice=False)
