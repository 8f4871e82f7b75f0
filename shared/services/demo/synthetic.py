"""People who do not exist: names, ID numbers and certificate numbers that obey every rule, the same on each run.

Everything about teacher number `index` follows from that number, so a later run can go on where an earlier one ended.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from shared.models.kinds import IdKind, Sex

_COMMON_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董"
_OTHER_SURNAMES = "袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方"
_DOUBLE_SURNAMES = ("欧阳", "诸葛", "司马", "上官")
_MALE = "伟强磊军洋勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林欢东建国志远"
_FEMALE = "芳娜敏静丽艳娟霞秀燕玲桂英红云莉梅琴萍倩雪慧颖婷璐洁琳丹佳怡欣悦文思雨"
# GB 18030-2022 has them and many fonts do not; a system that prints names must.
_RARE = ("䶮", "㼆", "堃", "喆", "翀", "赟", "玥", "旻")
_RARE_EVERY = 40

_AREAS = ("320102", "320104", "320105", "320106", "320111", "320113", "320114", "320115", "320116", "320124", "320125")
_FORMER_AREAS = ("320103", "320107")
_FIRST_BIRTH = date(1968, 1, 1)
_BIRTHS = 12_000  # days: born between 1968 and 2000
_STRIDE = 4567  # has no factor in common with _BIRTHS, so neighbours differ and none repeats before all are used
_SEQUENCES = 500
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"

_GRADUATION_AGE = 22
_FIRST_CERTIFICATES = 1996
_LAST_LEGACY_YEAR = 2000
_NEW_SEX_DIGITS_FROM = 2009


@dataclass(frozen=True)
class Someone:
    """A synthetic teacher."""

    index: int
    name: str
    sex: Sex
    birth_date: date
    id_number: str

    id_kind = IdKind.RESIDENT


def someone(index: int) -> Someone:
    """Teacher number `index`."""
    random = Random(f"person {index}")  # noqa: S311  has to be repeatable, not secret
    sex = random.choices((Sex.FEMALE, Sex.MALE), (7, 3))[0]
    days = index * _STRIDE % _BIRTHS
    birth = _FIRST_BIRTH + timedelta(days=days)
    sequence = (index // _BIRTHS + days * 13) % _SEQUENCES * 2 + (sex is Sex.MALE)
    area = random.choice(_AREAS if birth.year > 1980 else _AREAS + _FORMER_AREAS)  # noqa: PLR2004  before the mergers
    body = f"{area}{birth:%Y%m%d}{sequence:03d}"
    return Someone(index, _name(random, sex, index), sex, birth, body + check_character(body))


def check_character(body: str) -> str:
    """The last character of an ID number (GB 11643-1999)."""
    return _CHECK_CHARACTERS[sum(w * int(digit) for w, digit in zip(_WEIGHTS, body, strict=True)) % 11]


def staff_name(index: int) -> str:
    """A name for member of staff number `index`."""
    random = Random(f"staff {index}")  # noqa: S311
    return _name(random, random.choice((Sex.FEMALE, Sex.MALE)), index)


def certificate_year(someone: Someone, random: Random, last_year: int) -> int:
    """The year of the certificate: when most people get it, and never before certificates existed."""
    first = max(someone.birth_date.year + _GRADUATION_AGE, _FIRST_CERTIFICATES)
    return min(first + random.choice((0, 0, 0, 1, 1, 2, 5)), last_year)


def certificate_number(someone: Someone, year: int, type_code: str, authority_division: str) -> str:
    """A number in the layout of its year, its sex digit as it was meant then."""
    man = someone.sex is Sex.MALE
    if year <= _LAST_LEGACY_YEAR:
        return f"{year}{someone.id_number[:6]}{type_code}{0 if man else 1}{someone.index % 100_000:05d}"
    digit = (1 if man else 2) if year >= _NEW_SEX_DIGITS_FROM else (0 if man else 1)
    return f"{year}32{authority_division[3:]}{type_code}{digit}{someone.index % 1_000_000:06d}"


def _name(random: Random, sex: Sex, index: int) -> str:
    rare = random.random() < 0.01  # noqa: PLR2004  one in a hundred
    surname = random.choice(_DOUBLE_SURNAMES if rare else _COMMON_SURNAMES + _OTHER_SURNAMES)
    given = "".join(random.choices(_MALE if sex is Sex.MALE else _FEMALE, k=random.choice((1, 2, 2))))
    if index % _RARE_EVERY == 2:  # noqa: PLR2004  the third, and then one in forty
        given = given[0] + _RARE[index // _RARE_EVERY % len(_RARE)] if len(given) > 1 else _RARE[index % 2]
    return surname + given
