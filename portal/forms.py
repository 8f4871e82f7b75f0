"""The portal's own forms: log-in, passwords, a tick, a photo. Those of the application are made from FIELDS."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired

from shared.rules.accounts import LONGEST
from shared.rules.checks import Problem
from shared.rules.fields import BY_NAME
from shared.services.errors import Refused
from shared.text import _
from shared.web.forms import AtMost, Same, many_lines, one_line

_EMAIL, _PHOTO = BY_NAME["email"], BY_NAME["photo"]
NEW_PASSWORD_HINT = _("8至128个字符，须包含大写字母、小写字母、数字、符号中的至少三种，不能包含证件号码")
NEW = {"autocomplete": "new-password"}
TYPED_EXACTLY = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


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
        render_kw={"accept": "image/jpeg,image/png,image/heic,image/heif,.heic,.heif"},
    )
    crop = HiddenField()

    def chosen_part(self) -> tuple[float, float, float, float] | None:
        """x, y, width and height in fractions of the upright picture; None where nobody has chosen."""
        if not self.crop.data:
            return None
        try:
            x, y, width, height = map(float, self.crop.data.split(","))
        except ValueError:
            raise Refused(Problem("crop", "photo", _("裁剪范围无法识别，请重新选择照片并裁剪。"))) from None
        return x, y, width, height


class WithdrawForm(FlaskForm):
    version = HiddenField()
    reason = TextAreaField(
        _("放弃的原因"), [AtMost(200, _("放弃的原因"))], filters=[many_lines], render_kw={"rows": "3"}
    )


class ForgottenForm(FlaskForm):
    id_number = StringField(
        _("证件号码"), [DataRequired(_("请填写证件号码"))], filters=[one_line], render_kw=TYPED_EXACTLY
    )


class PaperForm(FlaskForm):
    """What a printed form bears, for whoever asks whether it still counts."""

    number = StringField(
        _("报名号"),
        [DataRequired(_("请填写报名号"))],
        filters=[one_line],
        render_kw={**TYPED_EXACTLY, "inputmode": "numeric"},
    )
    code = StringField(
        _("核验码"),
        [DataRequired(_("请填写核验码"))],
        filters=[one_line],
        description=_("申请表最下面一行的8位字母和数字，如ABCD-EFGH；不分大小写，横线可以不填"),
        render_kw=TYPED_EXACTLY,
    )


class CodeForm(FlaskForm):
    """Beside the form above on one page; the prefix keeps their fields apart."""

    id_number = StringField(
        _("证件号码"), [DataRequired(_("请填写证件号码"))], filters=[one_line], render_kw=TYPED_EXACTLY
    )
    code = StringField(
        _("重设码"),
        [DataRequired(_("请填写重设码"))],
        filters=[one_line],
        description=_("学校给您的12位字母和数字，如ABCD-EFGH-JKMN；不分大小写，横线可以不填"),
        render_kw={**TYPED_EXACTLY, "autocomplete": "one-time-code"},
    )


class ChangeEmailForm(FlaskForm):
    email = EmailField(
        _("新的电子邮箱"),
        [DataRequired(_("请填写新的电子邮箱")), AtMost(_EMAIL.longest, _("新的电子邮箱"))],
        filters=[one_line],
        description=_("请填写您常用、自己能收信的邮箱"),
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )
    password = PasswordField(
        _("登录密码"), [DataRequired(_("请填写密码"))], render_kw={"autocomplete": "current-password"}
    )


class PointForm(FlaskForm):
    """Another confirmation point; the choices are those that serve the school."""

    version = HiddenField()
    point = RadioField(_("新的确认点"), [InputRequired(_("请选择一个确认点"))], coerce=int, validate_choice=False)
