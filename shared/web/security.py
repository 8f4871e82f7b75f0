"""What every answer of both doors carries: strict headers, a nonce for our scripts, no caching of personal pages."""

import secrets
from http import HTTPStatus

from flask import Flask, Response, abort, g, request
from flask_wtf.csrf import CSRFProtect

from shared.config import Settings

_DIRECTIVES = (
    "default-src 'none'",
    "script-src 'self' 'nonce-{nonce}'",
    "style-src 'self' 'nonce-{nonce}'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
CSP = "; ".join(_DIRECTIVES)
HSTS = "max-age=31536000; includeSubDomains"
STATIC_SECONDS = 86_400

csrf = CSRFProtect()


def csp_nonce() -> str:
    """The nonce of this request, for the few scripts and styles that stand in a page."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def init_app(app: Flask, settings: Settings) -> None:
    """Protect every form of the app and every answer."""
    csrf.init_app(app)
    app.jinja_env.globals["csp_nonce"] = csp_nonce

    @app.before_request
    def refuse_nul() -> None:
        # No person types it, and PostgreSQL cannot store it.
        sent = [*request.args.items(multi=True), *request.form.items(multi=True)]
        if any("\x00" in part for pair in sent for part in pair):
            abort(HTTPStatus.BAD_REQUEST)

    @app.after_request
    def protect(response: Response) -> Response:
        headers = response.headers
        headers["Content-Security-Policy"] = CSP.format(nonce=csp_nonce())
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers.setdefault("Referrer-Policy", "same-origin")  # a page with a secret in its address asks for more
        headers["Permissions-Policy"] = "geolocation=(), microphone=(), payment=()"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if settings.production:
            headers["Strict-Transport-Security"] = HSTS
        if request.endpoint and request.endpoint.endswith("static") and response.status_code == HTTPStatus.OK:
            headers["Cache-Control"] = f"public, max-age={STATIC_SECONDS}"
        else:
            headers["Cache-Control"] = "no-store"  # schools share computers (S18)
        return response
