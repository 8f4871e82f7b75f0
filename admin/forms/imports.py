"""The form by which a file is sent in."""

from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField
from wtforms.validators import InputRequired

from admin.forms.tables import options
from shared.text import _

ACCEPTED = ".xlsx,.xlsm,.xls,.ods,.csv,.txt"


class SendForm(FlaskForm):  # type: ignore[misc]
    file = FileField(_("文件"), validators=[FileRequired(_("请选择要导入的文件"))])


def send_form(*, campaigns: dict[int, str] | None, accept: str = ACCEPTED) -> Any:  # noqa: ANN401
    """The form; `campaigns` to choose one from, where the rows belong to one."""
    fields: dict[str, Any] = {}
    if campaigns is not None:
        usual = next(iter(campaigns), None)
        fields["campaign"] = SelectField(
            _("注册批次"),
            choices=options(campaigns),
            default=str(usual) if usual else None,
            validators=[InputRequired(_("请选择注册批次"))],
        )
    form = type("SendForm", (SendForm,), fields)()
    form.file.render_kw = {"accept": accept}
    return form
