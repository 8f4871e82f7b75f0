"""Which paper is printed of the applications on a list, and how far the printer is off."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, StringField, ValidationError
from wtforms.validators import InputRequired

from admin.forms.tables import Offered
from shared.services.printing.kinds import PAPERS, Paper
from shared.services.printing.stickers import MOST_OFFSET
from shared.text import Text, _
from shared.web.forms import one_line

ALIGNED = {one.name for one in PAPERS if one.is_aligned}
_WITHIN = _("请填-{most}到{most}之间的毫米数", most=MOST_OFFSET)


def print_form(papers: Sequence[Paper], counts: Mapping[str, int]) -> type[FlaskForm]:
    """The form for a reader who may print these papers of so many applications."""
    choices = [
        SelectChoice(
            one.name, _("{label}（{count}件）：{hint}", label=one.label, hint=one.hint, count=counts[one.name])
        )
        for one in papers
    ]
    fields: dict[str, Any] = {
        "paper": RadioField(
            _("打印什么"), [InputRequired(_("请选择其中一项")), Offered()], choices=choices, validate_choice=False
        )
    }
    if any(one.is_aligned for one in papers):
        fields["right"] = _offset(_("结论贴向右偏移（毫米）"))
        fields["down"] = _offset(_("结论贴向下偏移（毫米）"))
    return type("PrintForm", (FlaskForm,), fields)


def _labelled(paper: Paper, count: int) -> Text:
    return _("{label}（{count}件）：{hint}", label=paper.label, hint=paper.hint, count=count)


def _offset(label: Text) -> StringField:
    return StringField(label, [_is_within], filters=[one_line], default="0", render_kw={"inputmode": "decimal"})


def _is_within(form: FlaskForm, field: Any) -> None:  # noqa: ANN401
    if form.paper.data not in ALIGNED:
        field.data = "0"  # only sheets of labels lie a little differently
        return
    try:
        is_right = abs(float(field.data or "")) <= MOST_OFFSET
    except ValueError:
        is_right = False
    if not is_right:
        raise ValidationError(str(_WITHIN))
