"""Which paper is printed of the applications on a list, and how far the printer is off."""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, StringField, ValidationError
from wtforms.validators import InputRequired

from admin.forms.tables import Offered
from shared.services.printing.kinds import Paper
from shared.services.printing.stickers import MOST_OFFSET
from shared.text import Text, _
from shared.web.forms import one_line

LABELLED = _("{label}：{hint}")
_WITHIN = _("请填-{most}到{most}之间的毫米数", most=MOST_OFFSET)


def print_form(papers: Sequence[Paper]) -> type[FlaskForm]:
    """The form for a reader who may print these."""
    choices = [SelectChoice(one.name, Text(LABELLED.message, {"label": one.label, "hint": one.hint})) for one in papers]
    fields: dict[str, Any] = {
        "paper": RadioField(
            _("打印什么"), [InputRequired(_("请选择其中一项")), Offered()], choices=choices, validate_choice=False
        )
    }
    if any(one.is_aligned for one in papers):
        fields["right"] = _offset(_("结论贴向右偏移（毫米）"))
        fields["down"] = _offset(_("结论贴向下偏移（毫米）"))
    return type("PrintForm", (FlaskForm,), fields)


def _offset(label: Text) -> StringField:
    return StringField(label, [_is_within], filters=[one_line], default="0", render_kw={"inputmode": "decimal"})


def _is_within(_form: FlaskForm, field: Any) -> None:  # noqa: ANN401
    try:
        is_right = abs(float(field.data or "")) <= MOST_OFFSET
    except ValueError:
        is_right = False
    if not is_right:
        raise ValidationError(str(_WITHIN))
