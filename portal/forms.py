"""The portal's own forms: log-in, passwords, a tick, a photo. Those of the application are made from FIELDS."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired

from shared.rules.accounts import LONGEST
from shared.rules.fields import BY_NAME
from shared.text import _
from shared.web.forms import AtMost, Same, many_lines, one_line

_EMAIL, _PHOTO = BY_NAME["email"], BY_NAME["photo"]
NEW_PASSWORD_HINT = _("8至128个字符，须包含大写字母、小写字母、数字、符号中的至少三种，不能包含证件号码")
NEW = {"autocomplete": "new-password"}


class NoticeForm(FlaskForm):
    """Agreement to a text; `notice` is the number of the edition that was shown."""

    notice = HiddenField()
    accept = BooleanField(_("我已阅读并同意以上条款"))


class LogInForm(FlaskForm):
    id_number = StringField(
        _("证件号码"),
        [DataRequired(_("请填写证件号码"))],
        filters=[one_line],
        description=_("申报时填写的证件号码"),
        render_kw={"autocomplete": "username", "autocapitalize": "characters", "spellcheck": "false"},
    )
    password = PasswordField(_("密码"), [DataRequired(_("请填写密码"))], render_kw={"autocomplete": "current-password"})


class NewPasswordForm(FlaskForm):
    password = PasswordField(
        _("登录密码"),
        [DataRequired(_("请填写密码")), AtMost(LONGEST, _("登录密码"))],
        description=NEW_PASSWORD_HINT,
        render_kw=NEW,
    )
    password_again = PasswordField(
        _("再次输入密码"),
        [DataRequired(_("请再次输入密码")), Same("password", _("两次输入的密码不一致，请重新输入"))],
        render_kw=NEW,
    )


class AccountForm(NewPasswordForm):
    email = EmailField(
        _EMAIL.label,
        [DataRequired(_("请填写{label}", label=_EMAIL.label)), AtMost(_EMAIL.longest, _EMAIL.label)],
        filters=[one_line],
        description=_EMAIL.hint,
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )


class ChangePasswordForm(NewPasswordForm):
    old_password = PasswordField(
        _("原密码"), [DataRequired(_("请填写原密码"))], render_kw={"autocomplete": "current-password"}
    )


class PhotoForm(FlaskForm):
    photo = FileField(
        _PHOTO.label,
        description=_PHOTO.hint,
        render_kw={"accept": "image/jpeg,image/png", "data-preview": "preview"},
    )


class WithdrawForm(FlaskForm):
    version = HiddenField()
    reason = TextAreaField(
        _("放弃的原因"), [AtMost(200, _("放弃的原因"))], filters=[many_lines], render_kw={"rows": "3"}
    )


class PointForm(FlaskForm):
    """Another confirmation point; the choices are those that serve the school."""

    version = HiddenField()
    point = RadioField(_("新的确认点"), [InputRequired(_("请选择一个确认点"))], coerce=int, validate_choice=False)
