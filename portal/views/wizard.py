"""The one view of the eight steps: GET shows a page, POST saves it and goes on."""

from typing import Any

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from portal import door, kept, overview, reading, saving, sheets, steps
from portal.sheets import Sheet
from portal.steps import Form, Page
from portal.texts import clock_time, in_words
from shared.rules.checks import Problem
from shared.rules.fields import BY_NAME
from shared.services import applications, campaigns, finding, status
from shared.services.campaigns import Round
from shared.services.errors import Refused
from shared.text import Text, _
from shared.web import errors, forms
from shared.web.found import LONGEST_NAME

blueprint = Blueprint("wizard", __name__)

Answer = Response | str | tuple[str, int]
BACK = "back"  # the value of the button that leads to the page before
TOLD = "told"  # in the cookie: the doubts that have been told, each of them once
LARGEST_READ, CHUNK = 200 * 1024 * 1024, 256 * 1024  # no camera's photo is larger
LOCKED = _("申请现在不能修改，当前状态见下方")
EXPIRED_HERE = _("页面停留太久，没有保存。您填写的内容都还在下面，请再点一次按钮")
KEPT = _("登录已过期，请重新登录；您填写的内容已保存，登录后会恢复")
EXPIRED_LOG_IN = _("登录已过期，请重新登录后再操作一次")
ALREADY_SUBMITTED = _("您已经提交过了，不需要再次提交")
ALREADY_OPEN = _("账号已经开通，请接着填写")


@blueprint.get("/apply/")
def resume() -> Response:
    """Where the applicant left off."""
    return redirect(url_for(".show", slug=sheets.in_hand().first_unfinished().slug))


@blueprint.get("/apply/<slug>")
def show(slug: str) -> Answer:
    page = steps.BY_SLUG.get(slug) or abort(404)
    sheet, batch = sheets.in_hand(page), campaigns.current()
    elsewhere = _elsewhere(page, sheet)
    if elsewhere is not None:
        return elsewhere
    if _is_closed(sheet, batch, page):
        return render_template("wizard/closed.html", batch=batch), 403
    typed = sheet.typed_on(page)
    form = saving.empty(page, sheet) if typed is None else saving.form_of(page, sheet, typed)
    return _render(page, sheet, batch, form, restored=typed is not None)


@blueprint.post("/apply/<slug>")
def save(slug: str) -> Answer:
    page = steps.BY_SLUG.get(slug) or abort(404)
    if page.own and not current_user.is_authenticated:
        return _keep_and_log_in(page)
    sheet, batch = sheets.in_hand(page), campaigns.current()
    elsewhere = _elsewhere(page, sheet)
    if elsewhere is not None:
        return elsewhere
    if request.form.get("go") == BACK:
        _hold(page, sheet)
        return redirect(url_for(".show", slug=(steps.before(page) or page).slug), code=303)
    form = saving.form_of(page, sheet)
    if _is_closed(sheet, batch, page):
        _hold(page, sheet)
        form.form_errors.append(_closed_sentence(batch))
        return _render(page, sheet, batch, form), 403
    return _save(page, sheet, batch, form)


@blueprint.post("/apply/<slug>/hold")
def hold(slug: str) -> Answer | tuple[dict[str, str], int]:
    """Hold what is being typed, now and then, before the page is saved; answer when."""
    page = steps.BY_SLUG.get(slug) or abort(404)
    sheet = sheets.in_hand()
    if page.form is not Form.FIELDS or saving.version_of(request.form) != sheet.version:
        return {}, 409  # an older tab: what is stored meanwhile is shown to it when it is sent
    moment = sheet.hold(page, kept.texts(page, request.form))
    return ({"held": clock_time(moment)}, 200) if moment else ({}, 409)


@blueprint.get("/apply/find/<name>")
def find(name: str) -> dict[str, list[str]]:
    """Names for a field that is found by typing, while somebody types."""
    field, sheet = BY_NAME.get(name), sheets.in_hand()
    if field is None or not field.searched or sheet.owner is None:
        abort(404)
    return {"names": finding.suggest(field, request.args.get("q", "")[:LONGEST_NAME], sheet.answers)}


def _keep_and_log_in(page: Page) -> Response:
    flash(str(KEPT if kept.keep(page, request.form) else EXPIRED_LOG_IN), "warning")
    return redirect(url_for("account.log_in", next=url_for("wizard.show", slug=page.slug)), code=303)


def _save(page: Page, sheet: Sheet, batch: Round | None, form: FlaskForm) -> Answer:
    if not form.validate():
        saving.say_the_rest(form, page, sheet)
        _hold(page, sheet)
        return _render(page, sheet, batch, form), 422
    try:
        warnings = saving.SAVE[page.form](page, sheet, form)
    except Refused as refusal:
        _hold(page, sheet)
        if saving.is_stale(refusal):
            return _ask_again(page, batch, form), 422
        if page.form is not Form.CHECK:  # which lists them with the way to each page
            forms.show(refusal.problems, form)
        return _render(page, sheet, batch, form, refusal.problems), 422
    following = _next(page)
    if following is not steps.CHECK:  # which shows every doubt itself
        _flash_doubts(warnings, page)
    return redirect(url_for(".show", slug=following.slug), code=303)


def _hold(page: Page, sheet: Sheet) -> None:
    """What could not be saved is still there when the page is opened again, from wherever."""
    if page.form is Form.FIELDS:
        sheet.hold(page, kept.texts(page, request.form))


def _ask_again(page: Page, batch: Round | None, form: FlaskForm) -> str:
    """The page of an older tab: with what was typed, what is stored instead, and a button that saves."""
    sheet = sheets.in_hand(page)
    saving.renew(form, sheet)
    return _render(page, sheet, batch, form)


def _flash_doubts(doubts: list[Problem], page: Page) -> None:
    """Tell on the next page what is newly doubtful, on which page it was entered and how to get back there."""
    before, cookie[TOLD] = cookie.get(TOLD, []), [problem.code for problem in doubts]
    for problem in (problem for problem in doubts if problem.code not in before):
        text = str(_("{title}：{text}", title=page.title, text=problem.text))
        flash({"text": text, "back": url_for(".show", slug=page.slug)}, "notice")


def _next(page: Page) -> Page:
    """The page that follows; the check page for somebody who came back from it to mend something."""
    following = steps.after(page)
    sheet = sheets.in_hand()
    if sheet.application is None or page.form in (Form.CHECK, Form.ACCOUNT):
        return following
    if following.form is Form.ACCOUNT:  # which is made once, and there is one
        following = steps.after(following)
    return steps.CHECK if sheet.reaches(steps.CHECK) else following


def _elsewhere(page: Page, sheet: Sheet) -> Response | None:
    """Where somebody must go who cannot be on this page now; with a sentence that says why."""
    if sheet.application is None and current_user.is_authenticated:
        return redirect(url_for("status.show"), code=303)
    if page.own and sheet.application is None:
        return _go_on(sheet) if sheet.token else door.to_log_in()
    if page.form is Form.ACCOUNT and sheet.application is not None:
        return _to(sheet.first_unfinished(), ALREADY_OPEN)
    if page.form is Form.DONE and not sheet.to_be_submitted:
        return None
    if sheet.application is not None and not sheet.editable:
        flash(str(LOCKED), "warning")
        return redirect(url_for("status.show"), code=303)
    if page.form is Form.CHECK and request.method == "POST" and not sheet.to_be_submitted:
        return _to(steps.DONE, ALREADY_SUBMITTED)
    return None if sheet.reaches(page) else _go_on(sheet)


def _go_on(sheet: Sheet) -> Response:
    page = sheet.first_unfinished()
    return _to(page, _("请先完成“{title}”，再填写后面的内容", title=page.title))


def _to(page: Page, sentence: Text) -> Response:
    flash(str(sentence), "warning")
    return redirect(url_for(".show", slug=page.slug), code=303)


def _is_closed(sheet: Sheet, batch: Round | None, page: Page) -> bool:
    """Before the first submission the teachers' window must be open; after it the moves' own windows decide."""
    if sheet.was_submitted:
        return False
    return page.form is not Form.DONE and (batch is None or not batch.is_open)


def _closed_sentence(batch: Round | None) -> Text:
    if batch is None or batch.next_opening is None:
        return _("网上申报现在没有开放，请留意所在区教育局的通知")
    return _("网上申报现在没有开放，下次开放时间：{when}。已保存的内容不会丢失", when=in_words(batch.next_opening))


def _render(
    page: Page,
    sheet: Sheet,
    batch: Round | None,
    form: FlaskForm,
    problems: list[Problem] | None = None,
    *,
    restored: bool = False,
) -> str:
    step = steps.STEP_OF[page.slug]
    given: dict[str, Any] = {
        "page": page,
        "step": step,
        "steps": steps.STEPS,
        "sheet": sheet,
        "batch": batch,
        "form": form,
        "problems": problems or [],
        "page_of_field": steps.PAGE_OF_FIELD,
        "back": steps.before(page),
        "restored": restored,
    }
    if page.form is Form.NOTICE:
        given["notice"] = campaigns.notice(page.notice)
    if page.form is Form.FIELDS:
        given["locked"] = sheet.registered and any(field.registered for field in page.fields)
        given["read_off"] = saving.read_off(page, sheet)
        given["differences"] = saving.differences(form, page, sheet) if saving.STALE in form.form_errors else []
        given["fixed"] = [(field.label, value) for field, value in saving.fixed(page, sheet)]
    if page.form is Form.CHECK and sheet.application is not None:
        given["returned"] = status.why_returned(sheet.application)
        given["blocks"] = overview.blocks(sheet.application)
        given["doubts"] = [p for p in applications.problems(sheet.application) if not p.blocks]
        given["is_void"], given["application"] = reading.is_void(sheet.application), sheet.application
    if page.form is Form.DONE and sheet.application is not None:
        given |= reading.finished(sheet.application)
    return render_template(f"wizard/{page.form.value}.html", **given)


def _is_sent_from_here() -> bool:
    """Whether the post comes from a page of this site; another site's must not fill in forms."""
    return request.headers.get("Origin", "") == request.host_url.rstrip("/")


def _read_to_the_end() -> None:
    """A browser that is cut off while it sends shows its own fault instead of our page."""
    left, source = LARGEST_READ, request.environ["wsgi.input"]
    while left > 0 and (part := source.read(CHUNK)):
        left -= len(part)


def init_app(app: Flask) -> None:
    """Nobody is stuck: not with a token that ran out, nor with a photo that is too large to be read."""

    @app.errorhandler(RequestEntityTooLarge)
    def too_large(error: RequestEntityTooLarge) -> Answer | Any:  # noqa: ANN401
        sentence = errors.SENTENCES[error.code]
        page = steps.BY_SLUG.get((request.view_args or {}).get("slug", ""))
        if request.endpoint != "wizard.save" or page is None or page.form is not Form.PHOTO:
            return errors.page(error.code, sentence)
        _read_to_the_end()
        return _to(page, sentence)

    @app.errorhandler(CSRFError)
    def expired(_error: CSRFError) -> Answer | Any:  # noqa: ANN401
        page = steps.BY_SLUG.get((request.view_args or {}).get("slug", ""))
        if request.endpoint != "wizard.save" or page is None or page.form not in (Form.FIELDS, Form.ACCOUNT):
            return errors.page(400, errors.EXPIRED)
        if page.own and not current_user.is_authenticated and _is_sent_from_here():
            return _keep_and_log_in(page)
        sheet = sheets.in_hand()
        form = saving.form_of(page, sheet)
        form.form_errors.append(EXPIRED_HERE)
        return _render(page, sheet, campaigns.current(), form), 400
