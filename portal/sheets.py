"""The form in hand: a draft found by the cookie's token, or the application of whoever is logged in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import session as cookie
from flask_login import current_user

from portal.steps import BY_SLUG, PAGES, Form, Page
from shared.models.kinds import Stage
from shared.rules.checks import Problem
from shared.rules.form import normalised
from shared.services import applications, campaigns, photos
from shared.services.campaigns import Notice
from shared.web.login import by

if TYPE_CHECKING:
    from shared.models import Application

DRAFT = "draft"
READ = "read"  # in the cookie: the application for which every text was agreed to
OPEN_STAGES = (Stage.DRAFT, Stage.RETURNED)  # still to be handed in
EDITABLE = (*OPEN_STAGES, Stage.SUBMITTED, Stage.SCHOOL_CHECKED)


@dataclass
class Sheet:
    """What is filled in so far, and the one way to add to it. Without an application it is a draft."""

    answers: Mapping[str, Any]
    application: "Application | None" = None
    token: str | None = None
    _agreed: set[int] | None = None
    _unread: list[str] | None = None
    _has_photo: bool | None = field(default=None)

    @property
    def version(self) -> int:
        return self.application.version if self.application else 0

    @property
    def stage(self) -> Stage:
        return self.application.stage if self.application else Stage.DRAFT

    @property
    def editable(self) -> bool:
        return self.stage in EDITABLE

    @property
    def to_be_submitted(self) -> bool:
        return self.stage in OPEN_STAGES

    @property
    def was_submitted(self) -> bool:
        return self.application is not None and self.application.form_version > 0

    @property
    def has_photo(self) -> bool:
        if self._has_photo is None:
            found = self.application is not None and photos.get(self.application.id, by=by()) is not None
            self._has_photo = found
        return self._has_photo

    def agreed_to(self, notice: Notice | None) -> bool:
        """Whether this edition was agreed to for the form in hand; one that was submitted is not asked again."""
        if notice is None or self.was_submitted:
            return True
        if self._agreed is None:
            begun = self.application is not None or self.token is not None
            self._agreed = applications.agreed(by=by(), token=self.token) if begun else set()
        return notice.id in self._agreed

    @property
    def unread(self) -> list[str]:
        """The texts still to be agreed to; that there are none is remembered, because every later page asks."""
        if self._unread is None:
            known = self.application is not None and cookie.get(READ) == self.application.id
            asking = [] if known or self.was_submitted else [page.notice for page in PAGES if page.form is Form.NOTICE]
            self._unread = [key for key in asking if not self.agreed_to(campaigns.notice(key))]
            if self.application is not None and not self._unread:
                cookie[READ] = self.application.id
        return self._unread

    def save(self, page: Page, values: Mapping[str, Any], version: int) -> list[Problem]:
        """Keep what a page asked for; return warnings, raise `Refused`."""
        if self.application is not None:
            return applications.save(self.application.id, values, by=by(), version=version, step=page.asks)
        return applications.save_draft(self._found_token(), values, by=by(), step=page.asks)

    def agree(self, notice: Notice) -> None:
        """Note that a text was agreed to; the first one begins the draft."""
        if self.application is not None:
            applications.agree(notice.id, by=by())
        else:
            applications.agree(notice.id, by=by(), token=self._found_token())

    def _found_token(self) -> str:
        if self.token is None:
            self.token = cookie[DRAFT] = applications.begin(by=by())
        return self.token

    def finished(self, page: Page) -> bool:
        """Whether everything that `page` must know is there."""
        if page.form is Form.NOTICE:
            return page.notice not in self.unread
        if page.form is Form.FIELDS:
            return all(self.answers.get(f.name) not in (None, "") for f in page.fields if f.required)
        if page.form is Form.ACCOUNT:
            return self.application is not None
        if page.form is Form.PHOTO:
            return self.has_photo
        return page.form is Form.CHECK and not self.to_be_submitted

    def unfinished(self) -> Iterator[Page]:
        """The pages still to be filled in, in order."""
        return (page for page in PAGES if not self.finished(page))

    def first_unfinished(self) -> Page:
        """Where to go on."""
        return next(self.unfinished(), BY_SLUG["done"])

    def reaches(self, page: Page) -> bool:
        """Whether nothing before `page` is still open."""
        return all(self.finished(earlier) for earlier in PAGES[: PAGES.index(page)])


def in_hand(page: Page | None = None) -> Sheet:
    """The sheet of this request; with all that it points to where `page` shows the whole form."""
    if current_user.is_authenticated:
        application = applications.mine(by=by(), whole=page is not None and page.form is Form.CHECK)
        return Sheet(applications.of_application(application), application) if application else Sheet({})
    token = cookie.get(DRAFT)
    answers = applications.draft(token) if token else None
    if answers is None:
        return Sheet({})
    return Sheet(normalised(answers), token=token)
