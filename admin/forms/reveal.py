"""Why somebody wants to see personal values in full."""

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Optional

from admin.forms.tables import Offered
from shared.models.kinds import RevealReason
from shared.text import _
from shared.web.forms import AtMost, one_line

LONGEST_NOTE = 100
NOTE = _("说明")


class RevealForm(FlaskForm):  # type: ignore[misc]
    """One of the usual reasons; any other is written down."""

    reason = RadioField(
        _("查看理由"),
        [InputRequired(_("请选择查看理由")), Offered()],
        choices=[SelectChoice(one.value, one.label) for one in RevealReason],
        validate_choice=False,
    )
    note = StringField(
        NOTE,
        [Optional(), AtMost(LONGEST_NOTE, NOTE)],
        filters=[one_line],
        render_kw={"maxlength": LONGEST_NOTE, "autocomplete": "off"},
    )
