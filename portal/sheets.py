"""The form in hand: a draft found by the cookie's token, or the application of whoever is logged in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import session as cookie
from flask_login import current_user

from portal.steps import BY_SLUG, PAGES, Form, Page
from shared.models.kinds import Stage
from shared.rules.checks import Problem
from shared.rules.form import normalised
from shared.services import applications, campaigns, drafts, photos
from shared.services.campaigns import Notice
from shared.services.drafts import Kept, Owner, Typed
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
    kept: Kept | None = None
    _agreed: set[int] | None = None
    _unread: list[str] | None = None
    _has_photo: bool | None = None
    _registered: bool | None = None

    @property
    def version(self) -> int:
        """What tells an older tab from a newer one."""
        if self.application is not None:
            return self.application.version
        return self.kept.saves if self.kept else 0

    @property
    def owner(self) -> Owner | None:
        """Where drafts keep what is typed: the application, or the draft of somebody without an account."""
        return self.application.id if self.application else self.token

    @property
    def saved_at(self) -> datetime | None:
        return self.kept.saved_at if self.kept else None

    def typed_on(self, page: Page) -> Typed | None:
        """What was typed on a page and never saved."""
        return self.kept.typed.get(page.slug) if self.kept else None

    @property
    def registered(self) -> bool:
        """Whether the registry knows the certificate: then it is not entered a second time (S19)."""
        if self._registered is None:
            self._registered = applications.is_registered(self.answers)
        return self._registered

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

    def agreed_to(self, notice_id: int | None) -> bool:
        """Whether this edition was agreed to for the form in hand; one that was submitted is not asked again."""
        if notice_id is None or self.was_submitted:
            return True
        if self._agreed is None:
            kept = {int(key) for key in self.kept.agreed} if self.kept else set()
            self._agreed = applications.agreed(self.application.id, by=by()) if self.application else kept
        return notice_id in self._agreed

    @property
    def unread(self) -> list[str]:
        """The texts still to be agreed to; that there are none is remembered, because every later page asks."""
        if self._unread is None:
            known = self.application is not None and cookie.get(READ) == self.application.id
            asking = [] if known or self.was_submitted else [page.notice for page in PAGES if page.form is Form.NOTICE]
            newest = campaigns.editions(asking) if asking else {}
            self._unread = [key for key in asking if not self.agreed_to(newest.get(key))]
            if self.application is not None and not self._unread:
                cookie[READ] = self.application.id
        return self._unread

    def save(self, page: Page, values: Mapping[str, Any], version: int) -> list[Problem]:
        """Keep what a page asked for; return warnings, raise `Refused`."""
        if self.application is not None:
            return applications.save(
                self.application.id, values, by=by(), version=version, step=page.asks, page=page.slug
            )
        token = self.found_token()
        return applications.save_draft(token, values, by=by(), step=page.asks, page=page.slug, version=version)

    def hold(self, page: Page, typed: Mapping[str, str]) -> datetime | None:
        """Hold what is typed on a page until the page is saved; None where there is nothing to hold it beside."""
        if self.owner is None or not self.editable:
            return None
        return drafts.hold(self.owner, page.slug, typed, by=by())

    def agree(self, notice: Notice) -> None:
        """Note that a text was agreed to; the first one begins the draft."""
        if self.application is not None:
            applications.agree(notice.id, by=by())
        else:
            applications.agree(notice.id, by=by(), token=self.found_token())

    def found_token(self) -> str:
        """The draft of somebody without an account; the first call begins it."""
        if self.token is None:
            self.token = cookie[DRAFT] = drafts.begin(by=by())
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
        if application is None:
            return Sheet({})
        return Sheet(applications.of_application(application), application, kept=drafts.of(application.id))
    token = cookie.get(DRAFT)
    kept = drafts.of(token) if token else None
    if kept is None:
        return Sheet({})
    return Sheet(normalised(kept.answers), token=token, kept=kept)
