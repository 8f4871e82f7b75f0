"""What an installation begins with arrives whole, once, and never over what staff have changed."""

from datetime import date

from sqlalchemy import func, select

from shared.db import session
from shared.models import (
    AuditEntry,
    Authority,
    CalendarDay,
    Division,
    NoticeText,
    Subject,
    Title,
)
from shared.models.kinds import BureauLevel, EntryStatus
from shared.services import access, campaigns
from shared.services.calendar import is_workday
from shared.services.seeding import TABLES, seed
from tests import build

BY = access.system("seed")


def counts():
    return {table.__tablename__: session.scalar(select(func.count()).select_from(table)) for table in TABLES}


def entry(model, code):
    return session.scalars(select(model).where(model.code == code)).one()


def test_every_code_table_is_filled(database):
    seed(by=BY)
    assert all(count > 3 for count in counts().values())


def test_a_second_run_changes_nothing(database):
    seed(by=BY)
    before, entries = counts(), session.scalar(select(func.count(AuditEntry.id)))
    added = seed(by=BY)
    assert not any(added.values())
    assert counts() == before
    assert session.scalar(select(func.count(AuditEntry.id))) == entries


def test_a_row_that_staff_edited_stays_as_it_is(database):
    seed(by=BY)
    build.change(entry(Subject, "120"), name="综合实践", status=EntryStatus.RETIRED)
    seed(by=BY)
    assert (entry(Subject, "120").name, entry(Subject, "120").status) == ("综合实践", EntryStatus.RETIRED)


def test_an_abolished_district_is_retired_and_names_its_successor(database):
    seed(by=BY)
    baixia = entry(Division, "320103")
    assert baixia.status is EntryStatus.RETIRED
    assert baixia.successor_code == "320104"
    assert baixia.level is BureauLevel.COUNTY


def test_empty_cells_are_null_and_dates_are_dates(database):
    seed(by=BY)
    assert entry(Authority, "320115-1").valid_from == date(2000, 12, 21)
    assert entry(Authority, "320115-1").valid_to is None


def test_old_titles_stay_for_old_papers_but_are_no_longer_offered(database):
    seed(by=BY)
    assert entry(Title, "901").status is EntryStatus.RETIRED
    assert entry(Title, "103").status is EntryStatus.ACTIVE


def test_subjects_know_the_certificates_they_may_stand_on(database):
    seed(by=BY)
    assert entry(Subject, "101").qualification_types == "1"
    assert entry(Subject, "000").qualification_types == ""


def test_the_texts_of_the_wizard_are_published_and_say_what_the_law_asks_for(database):
    seed(by=BY)
    texts = {key: campaigns.notice(key) for key in ("must_read", "terms", "attention")}
    assert all(text is not None and text.edition == 1 for text in texts.values())
    for owed in ("处理者", "目的", "种类", "保存期限", "权利", "敏感个人信息"):  # PIPL articles 17 and 30
        assert owed in texts["terms"].body
    assert "114×156" in texts["must_read"].body


def test_a_text_that_has_a_newer_edition_is_not_published_again(database):
    seed(by=BY)
    old = session.scalars(select(NoticeText).where(NoticeText.key == "terms")).one()
    build.change(old, edition=2, body="新的条款")
    seed(by=BY)
    assert campaigns.notice("terms").body == "新的条款"


def test_holidays_and_make_up_days_of_the_known_years_are_in_the_calendar(database):
    seed(by=BY)
    assert not is_workday(date(2024, 10, 1))
    assert is_workday(date(2024, 10, 12))  # a Saturday worked for the holiday
    assert session.scalar(select(func.count(CalendarDay.id)).where(CalendarDay.day < date(2024, 1, 1))) == 0
