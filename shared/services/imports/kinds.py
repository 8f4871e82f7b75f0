"""The imports about people, each a declaration. Those of reference tables follow from the back office's views."""

from shared.models import Certificate, RosterEntry
from shared.models.kinds import IdKind
from shared.rules import spellings
from shared.rules.importing import As
from shared.rules.rights import Can
from shared.services.imports import deciding, operators, portraits, yearly
from shared.services.imports.columns import ID_KIND, ID_NUMBER, NAME, id_number_is_right, may
from shared.services.imports.formats import Format
from shared.services.imports.tables import Rules, TableTarget, column_of
from shared.services.imports.unapplied import UNAPPLIED
from shared.text import _

SCHOOL = column_of(RosterEntry, "school_id", _("学校"), aliases=spellings.SCHOOL)

ROSTER_COLUMNS = (SCHOOL, NAME, ID_KIND, ID_NUMBER)
ROSTER = Format(
    "roster_entries",
    _("应注册人员底册"),
    ROSTER_COLUMNS,
    ("id_number",),
    TableTarget(
        RosterEntry,
        ("campaign_id", "id_kind", "id_number"),
        ROSTER_COLUMNS,
        Rules(
            checks=(id_number_is_right,),
            fixed=lambda run: {"campaign_id": run.campaign_id},
            defaults={"id_kind": IdKind.RESIDENT},
        ),
    ),
    may(RosterEntry, Can.CREATE),
    hint=_("本批次应当注册的在编在岗教师，由人事部门提供；学校和各级据此核对谁还没有申报"),
    per_campaign=True,
)

CERTIFICATE_COLUMNS = (
    column_of(Certificate, "number", _("证书号码"), holds=As.NUMBER_TEXT, aliases=spellings.CERTIFICATE),
    NAME,
    ID_NUMBER,
    column_of(Certificate, "sex", _("性别")),
    column_of(Certificate, "qualification_type_code", _("资格种类")),
    column_of(Certificate, "subject_code", _("任教学科"), aliases=spellings.SUBJECT),
    column_of(Certificate, "authority_id", _("认定机构"), aliases=spellings.AUTHORITY),
    column_of(Certificate, "issued_on", _("签发日期"), aliases=spellings.ISSUED_ON),
)
CERTIFICATES = Format(
    "certificates",
    _("教师资格证书信息"),
    CERTIFICATE_COLUMNS,
    ("number",),
    TableTarget(Certificate, ("number",), CERTIFICATE_COLUMNS, Rules(checks=(id_number_is_right,))),
    may(Certificate, Can.CREATE),
    hint=_("2008年及以后认定的证书；导入后，申报时这些证书的信息自动填入并锁定"),
)

FORMATS = (*operators.FORMATS, ROSTER, CERTIFICATES, UNAPPLIED, *deciding.FORMATS, *yearly.FORMATS, *portraits.FORMATS)
