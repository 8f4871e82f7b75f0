"""What somebody wants of a list as a file: rows, columns, format, and whether personal values are masked."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, SelectMultipleField, StringField, ValidationError
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from admin.forms.reveal import LONGEST_NOTE, NOTE
from admin.forms.tables import Offered
from shared.models.kinds import RevealReason
from shared.services.exports import AT_ONCE, CSV, XLSX
from shared.text import Text, _
from shared.web.forms import AtMost, one_line

if TYPE_CHECKING:
    from admin.views.exporting import Exporting
    from admin.views.rows import Asked

MOST_COUNTED = 10_000  # as a list counts
FILTERED, ALL = "filtered", "all"
CHOSEN, IMPORTABLE = "chosen", "importable"
MASKED, FULL = "masked", "full"
ROWS = {FILTERED: _("列表中现在的记录：{count}"), ALL: _("我范围内的全部记录：{count}")}
COUNTED = _("{count}行")
CAPPED_AT = _("{most}行以上", most=f"{MOST_COUNTED:,}")
LONG = _("超过{most}行的在后台生成，可以离开页面，完成后在“导出的文件”中下载。", most=f"{AT_ONCE:,}")
COLUMNS = {CHOSEN: _("勾选的列"), IMPORTABLE: _("全部可导入的列（改好后可以再导入）")}
FORMATS = {XLSX: _("Excel工作簿（.xlsx）"), CSV: _("CSV（.csv）")}
PERSONAL = {MASKED: _("遮盖"), FULL: _("完整显示（记入审计）")}


class _Ticks(SelectMultipleField):  # type: ignore[misc]
    widget, option_widget = ListWidget(prefix_label=False), CheckboxInput()


class ExportForm(FlaskForm):  # type: ignore[misc]
    """The choices of every list."""

    def validate_columns(self, field: Any) -> None:  # noqa: ANN401
        """At least one, where they are chosen one by one."""
        known = {choice.value for choice in field.choices}
        if known.isdisjoint(field.data) and ("what" not in self or self.what.data != IMPORTABLE):
            raise ValidationError(str(_("请至少勾选一列")))


def export_form(view: "Exporting", asked: "Asked", counts: Mapping[str, int]) -> type[FlaskForm]:
    """The form for one list: as it is shown now. `counts` of its rows, and of all where it is narrowed."""
    offered = {name: Text(ROWS[name].message, {"count": _in_words(count)}) for name, count in counts.items()}
    fields: dict[str, Any] = {"rows": _radio(_("记录"), offered, next(iter(offered)), LONG)}
    if view.importable:
        fields["what"] = _radio(_("列"), COLUMNS, CHOSEN)
    ticked = view.columns_of(asked)
    fields["columns"] = _Ticks(
        _("要导出的列"),
        choices=[SelectChoice(name, view.label_of(name)) for name in view.exportable],
        default=[name for name in view.exportable if name in ticked],
        validate_choice=False,
    )
    if view.may_export_in_full:
        fields["personal"] = _radio(_("证件号码、电话等个人信息"), PERSONAL, MASKED)
        reasons = {one.value: one.label for one in RevealReason}
        fields["reason"] = RadioField(
            _("完整显示的理由"),
            [_NeededInFull(), Offered()],
            choices=[SelectChoice(value, label) for value, label in reasons.items()],
            validate_choice=False,
        )
        fields["note"] = StringField(
            NOTE,
            [Optional(), AtMost(LONGEST_NOTE, NOTE)],
            filters=[one_line],
            render_kw={"maxlength": LONGEST_NOTE, "autocomplete": "off"},
        )
    fields["file_format"] = _radio(
        _("文件格式"),
        FORMATS,
        XLSX,
        _("含证件号码等长数字的，请用.xlsx：Excel打开CSV时会改变长数字。"),
    )
    return type("ExportForm", (ExportForm,), fields)


def _in_words(count: int) -> Text:
    return Text(COUNTED.message, {"count": f"{count:,}"}) if count <= MOST_COUNTED else CAPPED_AT


def _radio(label: Text, choices: dict[str, Text], default: str, description: Text | str = "") -> RadioField:
    return RadioField(
        label,
        [InputRequired(_("请选择其中一项")), Offered()],
        choices=[SelectChoice(value, text) for value, text in choices.items()],
        default=default,
        validate_choice=False,
        description=description,
    )


class _NeededInFull:
    """A reason, where personal values are wanted in full."""

    def __call__(self, form: Any, field: Any) -> None:  # noqa: ANN401
        if form.personal.data == FULL and not field.data:
            raise ValidationError(str(_("请选择完整显示的理由")))
