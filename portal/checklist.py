"""What to have at hand before the form is begun (S1): said once, for the front page and for the check."""

from shared.text import Text, _

AT_HAND: tuple[tuple[Text, Text], ...] = (
    (_("教师资格证书原件"), _("先核对姓名、性别、资格种类、学科、证书号码、发证机关和日期有没有错")),
    (_("第二代居民身份证"), _("18位号码")),
    (_("普通话水平等级"), _("看普通话水平测试等级证书")),
    (_("户籍所在地"), _("与户口簿一致，写到区县，如南京市鼓楼区")),
    (_("正面免冠证件照"), _("近6个月内，最好由学校统一拍；系统会裁成114×156像素")),
    (_("常用电子邮箱"), _("以后找回密码要用")),
)
