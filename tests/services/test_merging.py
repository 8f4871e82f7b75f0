"""Merging duplicates: everything follows, the old name is understood, nothing is lost."""

import pytest
from sqlalchemy import select

from shared.db import Base, session
from shared.models import (
    Alias,
    Application,
    AuditEntry,
    Authority,
    Bureau,
    Certificate,
    Institution,
    PointSchool,
    RosterEntry,
    School,
    Staff,
    StaffRequest,
    Subject,
)
from shared.models.kinds import EntryStatus, IdKind, RequestKind, Role, Sex
from shared.rules.fields import BY_NAME
from shared.rules.rights import Actor
from shared.services import aliases, finding, merging, pointers, reference
from shared.services.aliases import MERGEABLE
from shared.services.errors import NotYours, Refused
from shared.services.reference import STALE
from tests import build
from tests.actors import codes
from tests.build import an_actor
from tests.conftest import Database


@pytest.fixture
def keeper(database: Database) -> Actor:
    """A superuser of the province."""
    nanjing = build.a_nanjing()
    return an_actor(Role.SUPERUSER, nanjing.province)


def merge(model: type, away: list[Base], keep: Base, by: Actor) -> int:
    rows = [keep, *away]
    versions = {row.id: row.version for row in rows}
    return merging.merge(model, [row.id for row in away], keep.id, by=by, versions=versions)


def district() -> Bureau:
    return session.scalars(select(Bureau).where(Bureau.name == "南京市鼓楼区教育局")).one()


def test_a_merged_row_stays_out_of_use_whichever_form_is_sent(keeper: Actor) -> None:
    keep, away = two_schools()
    merge(School, [away], keep, keeper)
    with pytest.raises(Refused) as refused:
        reference.change(School, away.id, {"status": EntryStatus.ACTIVE}, by=keeper, version=away.version)
    assert codes(refused.value) == {"merged"}
    reference.change(School, away.id, {"name": "旧名中学"}, by=keeper, version=away.version)


def two_schools() -> tuple[School, School]:
    return build.a_school("宁海中学", bureau=district()), build.a_school("南京宁海中学", bureau=district())


def test_everything_that_points_to_a_merged_school_points_to_the_one_that_stays(keeper: Actor) -> None:
    keep, away = two_schools()
    point = build.a_point(serving=[keep, away])
    application = build.an_application(school=away, point=point)
    officer = build.staff(Role.SCHOOL, away)
    entry = RosterEntry(
        campaign_id=application.campaign_id,
        school_id=away.id,
        id_kind=IdKind.RESIDENT,
        id_number=build.an_id_number(),
        name="李明",
    )
    build.add(entry)
    before = application.version
    preview = merging.preview(School, [away.id], keep.id, by=keeper)
    assert {pointer.table.name: count for pointer, count in preview.moves} == {
        "applications": 1, "staff": 1, "roster_entries": 1, "point_schools": 1
    }  # fmt: skip
    assert preview.names == ["南京宁海中学"]
    assert merge(School, [away], keep, keeper) == 3
    assert session.get_one(Application, application.id).school_id == keep.id
    assert session.get_one(Application, application.id).version == before + 1
    assert session.get_one(Staff, officer.id).school_id == keep.id
    assert session.get_one(RosterEntry, entry.id).school_id == keep.id
    served = session.scalars(select(PointSchool.school_id).where(PointSchool.point_id == point.id)).all()
    assert served == [keep.id], "the point serves it once"
    gone = session.get_one(School, away.id)
    assert (gone.status, gone.merged_into_id) == (EntryStatus.RETIRED, keep.id)
    assert pointers.counts(School, [gone]) == []


def test_codes_follow_too(keeper: Actor) -> None:
    keep = session.scalars(select(Subject).where(Subject.code == "110")).one()
    away = build.add(Subject(code="T1", name="语文学科", qualification_types="1"))
    authority = session.scalars(select(Authority)).first()
    application = build.an_application(certificate_subject_code="T1", teaching_subject_code="T1")
    certificate = Certificate(
        number=build.a_certificate_number(), id_number=build.an_id_number(), name="李明", sex=Sex.MALE,
        qualification_type_code="3", subject_code="T1", authority_id=authority.id, issued_on=application.contract_from,
    )  # fmt: skip
    asked = StaffRequest(
        kind=RequestKind.ADD_SUBJECT, bureau_id=application.bureau_id, text="语文学科", raised_by="x",
        raised_at=application.created_at, entry_code="T1",
    )  # fmt: skip
    build.add(certificate, asked)
    assert merge(Subject, [away], keep, keeper) == 4
    found = session.get_one(Application, application.id)
    assert (found.certificate_subject_code, found.teaching_subject_code) == ("110", "110")
    assert session.get_one(Certificate, certificate.id).subject_code == "110"
    assert session.get_one(StaffRequest, asked.id).entry_code == "110"
    assert session.get_one(Subject, keep.id).qualification_types == "1;2;3;4;5"


def test_authorities_that_name_a_merged_one_as_successor_follow_but_none_succeeds_itself(keeper: Actor) -> None:
    same = {"level": district().level, "division_code": district().division_code}
    keep = build.add(Authority(code="a", name="鼓楼区教育局", **same))
    away = build.add(Authority(code="b", name="鼓楼教育局", **same))
    older = build.add(Authority(code="c", name="鼓楼区教育委员会", successor_code="b", **same))
    build.change(keep, successor_code="b")
    merge(Authority, [away], keep, keeper)
    assert session.get_one(Authority, older.id).successor_code == "a"
    assert session.get_one(Authority, keep.id).successor_code is None


def test_chains_collapse_and_every_old_name_leads_to_the_last(keeper: Actor) -> None:
    rows = [build.add(Institution(code=f"i{at}", name=name)) for at, name in enumerate(("甲师院", "乙师院", "丙师院"))]
    merge(Institution, [rows[0]], rows[1], keeper)
    merge(Institution, [session.get_one(Institution, rows[1].id)], rows[2], keeper)
    assert {row.merged_into_id for row in rows[:2]} == {rows[2].id}
    names = session.scalars(select(Alias.name).where(aliases.own(Institution, rows[2].id))).all()
    assert sorted(names) == ["乙师院", "甲师院"]
    assert session.scalars(select(Alias).where(Alias.row_id != rows[2].id)).all() == []
    assert aliases.resolve(Institution, "甲师院") == rows[2]
    assert aliases.resolve(Institution, "i0") == rows[2], "an import may still hold the old code"
    assert aliases.resolve(Institution, "丁师院") is None


def test_a_name_that_two_rows_carry_is_not_guessed(keeper: Actor) -> None:
    one, other = (build.add(Institution(code=code, name="师范学校")) for code in ("x1", "x2"))
    assert aliases.resolve(Institution, "师范学校") is None
    build.change(other, status=EntryStatus.RETIRED)
    assert aliases.resolve(Institution, "师范学校") == one, "what is offered goes before what is retired"
    found = aliases.resolve_many(Institution, ["x2", "师范学校", "没有", " x1 "])
    assert {text: row.id for text, row in found.items()} == {"x2": other.id, "师范学校": one.id, " x1 ": one.id}


def test_the_portal_finds_by_the_old_name_and_offers_only_what_stays(keeper: Actor) -> None:
    keep, away = two_schools()
    merge(School, [away], keep, keeper)
    answers = {"bureau_id": keep.bureau_id}
    assert finding.resolve(BY_NAME["school_id"], "南京宁海中学", answers).key == keep.id
    assert "宁海中学" in finding.suggest(BY_NAME["school_id"], "南京宁海", answers)
    assert "南京宁海中学" not in finding.suggest(BY_NAME["school_id"], "南京宁海", answers)
    institution = build.add(Institution(code="z1", name="南京师大"))
    whole = session.scalars(select(Institution).where(Institution.code == "10319")).one()
    merge(Institution, [institution], whole, keeper)
    assert finding.resolve(BY_NAME["institution_id"], "南京师大", {}).key == whole.id


def test_a_draft_that_names_a_merged_school_goes_on_with_the_other(keeper: Actor) -> None:
    keep, away = two_schools()
    merge(School, [away], keep, keeper)
    assert aliases.followed({"school_id": away.id, "name": "x"}, [BY_NAME["school_id"], BY_NAME["ethnicity_code"]]) == {
        "school_id": keep.id, "name": "x"
    }  # fmt: skip


def test_every_changed_row_and_the_merge_itself_are_in_the_audit(keeper: Actor) -> None:
    keep, away = two_schools()
    application = build.an_application(school=away, point=build.a_point(serving=[keep, away]))
    merge(School, [away], keep, keeper)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.actor_id == keeper.id)).all()
    told = {(entry.action, entry.table_name, entry.row_id): entry.changes for entry in entries}
    assert told["update", "applications", application.id] == {"school_id": [str(away.id), str(keep.id)]}
    assert told["update", "schools", away.id]["merged_into_id"] == [None, str(keep.id)]
    assert told["merge", "schools", keep.id]["name"] == ["南京宁海中学", "宁海中学"]
    assert any(key[:2] == ("delete", "point_schools") for key in told)
    assert any(key[:2] == ("insert", "aliases") for key in told)


def test_what_changed_since_the_preview_is_not_merged(keeper: Actor) -> None:
    keep, away = two_schools()
    versions = {row.id: row.version for row in (keep, away)}
    build.change(away, name="南京市宁海中学")
    with pytest.raises(Refused) as refused:
        merging.merge(School, [away.id], keep.id, by=keeper, versions=versions)
    assert refused.value.problems == [STALE]
    assert session.get_one(School, away.id).merged_into_id is None


def refused(model: type, away: list[Base], keep: Base, by: Actor) -> set[str]:
    told = {problem.code for problem in merging.preview(model, [row.id for row in away], keep.id, by=by).problems}
    with pytest.raises(Refused) as found:
        merge(model, away, keep, by)
    assert codes(found.value) == told
    return told


def test_what_must_not_be_merged_says_why(keeper: Actor) -> None:
    keep, away = two_schools()
    elsewhere = build.a_school(bureau=build.a_bureau(parent=district().parent))
    assert refused(School, [], keep, keeper) == {"few"}
    assert refused(School, [elsewhere], keep, keeper) == {"bureau"}
    build.change(keep, status=EntryStatus.RETIRED)
    assert refused(School, [away], keep, keeper) == {"retired"}
    none, chinese = session.scalars(select(Subject).where(Subject.code.in_(("000", "110"))).order_by(Subject.code))
    assert refused(Subject, [none], chinese, keeper) == {"none"}
    build.change(keep, status=EntryStatus.ACTIVE)
    merge(School, [away], keep, keeper)
    assert refused(School, [session.get_one(School, away.id)], keep, keeper) == {"merged"}


def test_only_a_superuser_merges_and_only_in_the_own_area(keeper: Actor) -> None:
    keep, away = two_schools()
    officer = an_actor(Role.DISTRICT, district())
    stranger = an_actor(Role.SUPERUSER, build.a_nanjing().city)
    for by in (stranger, officer):
        with pytest.raises(NotYours):
            merge(School, [away], keep, by)


def test_no_column_that_names_a_row_is_forgotten() -> None:
    """Columns that look like a reference but have no foreign key, each with the reason why a merge may pass it by."""
    no_reference = {
        "entry_code": "declared in pointers.ASKED",
        "row_id": "audit keeps what was; aliases are moved by the merge itself",
        "actor_id": "a member of staff or a teacher",
        "number_code": "a number of the state's own",
        "reason_code": "of an event, as it was said",
        "owner_id": "an import or export, whose file it is",
    }
    bare = {
        column.name
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith(("_id", "_code")) and not column.foreign_keys
    }
    assert bare == set(no_reference)


def test_a_merge_meets_another_row_only_where_links_are_dissolved() -> None:
    met = {
        pointer.table.name
        for model in MERGEABLE
        for pointer in pointers.of(model)
        if pointers.unique_with(pointer.column)
    }
    assert met == set(pointers.LINKS)
