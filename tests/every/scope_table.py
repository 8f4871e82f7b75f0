"""Which role may do what, written out a second time: a line that slips into SCOPE, or out of it, is noticed."""

STAFF = "school point district city province superuser auditor"
CODES = (
    "Alias Authority CalendarDay Degree Division Education Ethnicity Institution NoticeText PoliticalStatus"
    " PutonghuaGrade QualificationType ReasonCode Subject Title"
)

RECORDS = ("AuditEntry", "Batch", "Event", "Export", "Import", "Mail")

# Model: role: actions. What is not here is denied.
TABLE: dict[str, dict[str, str]] = {
    "Application": {
        "teacher": "view submit amend withdraw change_point print",
        "school": "view edit export check return print write photograph",
        "point": "view export reveal print return confirm undo_confirm change_point correct write photograph",
        "district": "view export reveal print preliminary undo_confirm change_point request_revocation "
        "hold assign write",
        "city": "view export reveal print review request_revocation decide_revocation "
        "preliminary undo_confirm change_point hold assign write",
        "province": "view export reveal print final decide_revocation hold assign write",
        "superuser": "view export",
        "auditor": "view export",
    },
    "Person": dict.fromkeys(["school", "district"], "refer reset_password")
    | dict.fromkeys(["point", "city", "province"], "refer")
    | dict.fromkeys(["superuser", "auditor"], "refer view"),
    "Hold": dict.fromkeys(["district", "city", "province", "superuser", "auditor"], "view") | {"point": "refer"},
    "SavedView": dict.fromkeys(STAFF.split(), "view create edit delete")
    | {"superuser": "view create edit delete share"},
    "StaffSession": dict.fromkeys(STAFF.split(), "view delete"),
    "Export": dict.fromkeys(STAFF.split(), "view edit"),
    "Import": dict.fromkeys(STAFF.split(), "view edit") | {"auditor": "view"},
    "Batch": dict.fromkeys(["school", "point", "district", "city", "province"], "view edit") | {"auditor": "view"},
    "Event": dict.fromkeys(["teacher", *STAFF.split()], "view"),
    "Receipt": dict.fromkeys(["teacher", *STAFF.split()], "view"),
    "Print": dict.fromkeys(["teacher", *STAFF.split()], "view"),
    "Message": dict.fromkeys(["teacher", *STAFF.split()], "view"),
    "AssessmentYear": dict.fromkeys(STAFF.split(), "view export"),
    "TeachingBreak": dict.fromkeys(STAFF.split(), "view export"),
    "RevocationRequest": dict.fromkeys(STAFF.split(), "view export")
    | dict.fromkeys(["city", "province"], "view export decide_revocation"),
    "Bureau": dict.fromkeys(["school", "point"], "refer")
    | dict.fromkeys(["district", "city", "province", "auditor"], "refer view export")
    | {"superuser": "refer view export create edit"},
    "School": {"point": "refer", "school": "refer view"}
    | dict.fromkeys(["district", "city", "province", "auditor"], "refer view export")
    | {"superuser": "refer view export create edit merge"},
    "ConfirmationPoint": dict.fromkeys(["school", "point"], "refer")
    | dict.fromkeys(["district", "city", "province", "auditor"], "refer view export")
    | {"superuser": "refer view export create edit"},
    "PointSchool": dict.fromkeys(["district", "city", "province", "auditor"], "view export")
    | {"superuser": "view export create delete"},
    "Publicity": dict.fromkeys(["city", "province", "superuser", "auditor"], "view export")
    | {"district": "view export create edit"},
    "Objection": dict.fromkeys(["city", "province", "superuser", "auditor"], "view export")
    | {"district": "view export create edit"},
    "StaffRequest": dict.fromkeys(["district", "city", "province", "auditor"], "view export")
    | {"superuser": "view export edit", "teacher": "view"},
    "CertificateRequest": dict.fromkeys(["district", "city", "province", "superuser", "auditor"], "view export"),
    "RosterEntry": dict.fromkeys(["city", "province", "auditor"], "view export")
    | {"superuser": "view export create edit"}
    | {"school": "view reveal export", "district": "view export reveal create edit"},
    "Staff": dict.fromkeys(STAFF.split(), "refer")
    | {"superuser": "refer view create edit export reveal", "auditor": "refer view"},
    "Certificate": {"superuser": "view create edit", "auditor": "view"},
    "Mail": {"auditor": "view"},
    "AuditEntry": dict.fromkeys(STAFF.split(), "refer") | {"auditor": "refer view export"},
    "Campaign": dict.fromkeys(STAFF.split(), "view")
    | dict.fromkeys("district city province auditor".split(), "view export")
    | {"superuser": "view create edit export"},
    "Window": {"superuser": "view create edit delete export", "auditor": "view export"},
    "Material": {"superuser": "view create edit delete export", "auditor": "view export"},
} | {
    code: dict.fromkeys(STAFF.split(), "refer")
    | {"superuser": "refer view create edit export", "auditor": "refer view export"}
    for code in CODES.split()
}
TABLE["Alias"]["superuser"] += " delete"
for _merged in ("Authority", "Institution", "Subject"):
    TABLE[_merged]["superuser"] += " merge"
for _model, _roles in TABLE.items():
    for _keeper in ("superuser", "auditor"):
        if "view" in _roles.get(_keeper, "").split() and _model not in RECORDS:
            _roles[_keeper] += " history"
for _officer in ("district", "city", "province"):
    TABLE["Application"][_officer] += " history"
