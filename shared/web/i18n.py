"""Chinese as written in the code, English from the catalogue; the reader's choice is kept in a cookie."""

from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, has_request_context, request
from flask_babel import Babel, get_locale, gettext

from shared import text

CHINESE, ENGLISH = "zh_Hans_CN", "en"
COOKIE = "lang"
CHOICES = {"zh": CHINESE, "en": ENGLISH}
CATALOGUES = Path(__file__).parents[1] / "translations"


def chosen() -> str:
    """The language of this request: as asked for in the address, else as chosen before, else Chinese."""
    if not has_request_context():
        return CHINESE
    asked = request.args.get(COOKIE) or request.cookies.get(COOKIE) or ""
    return CHOICES.get(asked, CHINESE)


def _translate(message: str) -> str:
    return str(gettext(message)) if has_request_context() else message


def same_page(language: str) -> str:
    """The address of the present page in another language; after a form was sent, of the door's front."""
    path = request.path if request.method == "GET" else "/"
    # What was searched for may be an ID number, and is not written once more.
    kept = {name: values for name, values in request.args.to_dict(flat=False).items() if name != "q"}
    return f"{request.script_root}{path}?{urlencode({**kept, COOKIE: [language]}, doseq=True)}"


def html_language() -> str:
    """The value of the page's lang attribute."""
    return "en" if str(get_locale()) == ENGLISH else "zh-CN"


def init_app(app: Flask) -> None:
    """Let texts be translated; remember a language that was asked for."""
    app.config["BABEL_DEFAULT_LOCALE"] = CHINESE
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(CATALOGUES)
    Babel(app, locale_selector=chosen)
    app.jinja_env.globals.update(html_language=html_language, same_page=same_page)
    text.translate_with(_translate)

    @app.after_request
    def remember(response):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        if request.args.get(COOKIE) in CHOICES:
            response.set_cookie(COOKIE, request.args[COOKIE], max_age=31_536_000, samesite="Lax", httponly=True)
        return response
