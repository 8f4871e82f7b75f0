"""Errors as sentences that say what to do. A fault of ours shows a number by which the log can be searched."""

import logging
import secrets
from http import HTTPStatus

from flask import Flask, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from shared.db import session
from shared.services.errors import NotYours, Refused
from shared.text import Text, _

log = logging.getLogger(__name__)

SENTENCES: dict[int, Text] = {
    HTTPStatus.BAD_REQUEST: _("请求不完整，请返回上一页重新操作"),
    HTTPStatus.FORBIDDEN: _("页面不存在，或您无权查看"),
    HTTPStatus.NOT_FOUND: _("页面不存在，或您无权查看"),
    HTTPStatus.METHOD_NOT_ALLOWED: _("请从页面上的按钮操作，不要直接输入地址"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _("文件太大：照片不能超过20 MB，请换一张再上传"),
    HTTPStatus.TOO_MANY_REQUESTS: _("操作太频繁，请稍等一分钟再试"),
}
BROKEN = _("系统出错了，您填写的内容没有丢失；请稍后重试，仍不行请把下面的编号告诉工作人员")
EXPIRED = _("页面停留太久，已失效。请返回上一页，刷新后再提交")


def page(status: int, text: Text, *, problems: list[str] | None = None, reference: str = "") -> Response:
    """The error page of the door we are at."""
    body = render_template("error.html", status=status, text=text, problems=problems or [], reference=reference)
    return make_response(body, status)


def init_app(app: Flask) -> None:
    """Give every error its page."""

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        if error.response is not None:
            return make_response(error.response)
        code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
        status = HTTPStatus.NOT_FOUND if code == HTTPStatus.FORBIDDEN else code
        return page(status, SENTENCES.get(code, BROKEN))

    @app.errorhandler(NotYours)
    def not_yours(_error: NotYours) -> Response:
        return page(HTTPStatus.NOT_FOUND, SENTENCES[HTTPStatus.NOT_FOUND])

    @app.errorhandler(Refused)
    def refused(error: Refused) -> Response:
        texts = [str(problem.text) for problem in error.problems]
        return page(HTTPStatus.CONFLICT, _("没有办成，原因如下"), problems=texts)

    @app.errorhandler(CSRFError)
    def expired(_error: CSRFError) -> Response:
        return page(HTTPStatus.BAD_REQUEST, EXPIRED)

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        reference = secrets.token_hex(4).upper()
        log.error("fault %s at %s %s", reference, request.method, request.path, exc_info=error)
        session.rollback()
        return page(HTTPStatus.INTERNAL_SERVER_ERROR, BROKEN, reference=reference)
