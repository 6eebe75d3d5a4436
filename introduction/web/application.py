"""Builds the Flask app from its parts."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, abort, current_app, g, request
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from introduction.domain.process.loading import Catalogue
from introduction.settings import Settings, bundled
from introduction.web import (
    amounts,
    analyses,
    analysis_compare,
    analysis_files,
    analysis_view,
    application_order,
    application_words,
    application_writing,
    applications,
    attachments,
    board,
    calendar,
    cases,
    claims,
    database,
    errors,
    events,
    follow_up,
    forecasts,
    funds,
    grants,
    handover,
    identity,
    jobs,
    landing,
    ledger,
    messages,
    money,
    my_unit,
    net_prices,
    net_readers,
    notice_words,
    nouns,
    operations,
    outcomes,
    own_savings,
    pages,
    permission,
    portfolio,
    processes,
    profile,
    recommendations,
    savings,
    sent,
    session,
    starting,
    submissions,
    tasks,
    words,
    work,
)
from introduction.web import language as language_pages

#: The most that a form may carry, and that a request with files may carry, in bytes.
MAX_FORM = 1024 * 1024
MAX_REQUEST = 2 * 1024 * 1024
MAX_FIELDS = 1000

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
#: Beside it on the page that has a script of ours, in a file; no other page may run any.
SCRIPT_POLICY = f"{CONTENT_POLICY}; script-src 'self'; connect-src 'self'"


def build(settings: Settings, catalogue: Catalogue) -> Flask:
    """The app, ready to serve. Raises UnguardedRoute when a route names no permission."""
    app = Flask("introduction", static_folder="static", template_folder=str(bundled("templates")))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TESTING=settings.testing,
        MAX_CONTENT_LENGTH=MAX_REQUEST,
        MAX_FORM_MEMORY_SIZE=MAX_FORM,
        MAX_FORM_PARTS=MAX_FIELDS,
        SESSION_COOKIE_NAME="introduction",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=10),
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(hours=1),
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_DEFAULT_LOCALE="sv",
        BABEL_TRANSLATION_DIRECTORIES="translations",
    )
    app.extensions["catalogue"] = catalogue
    app.extensions["settings"] = settings
    app.jinja_env.loader = ChoiceLoader(
        [
            FileSystemLoader(bundled("templates")),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    database.set_up(app, settings)
    app.before_request(database.mark_time)
    app.before_request(_refuse_large_forms)
    app.before_request(_refuse_nul_in_addresses)
    identity.set_up(app)
    app.before_request(attachments.let_a_file_in)
    Babel(app, locale_selector=language_pages.choose)
    CSRFProtect(app)
    words.set_up(app)
    amounts.set_up(app)
    analysis_view.set_up(app)
    application_words.set_up(app)
    notice_words.set_up(app)
    events.set_up(app)
    errors.set_up(app)
    nouns.register(app)
    for part in (
        pages, session, profile, language_pages, work, money, calendar, messages, sent, board, cases, tasks, starting,
        recommendations, processes, operations, jobs, portfolio, savings, submissions, landing,
        analyses, analysis_compare, analysis_files, net_prices, net_readers,
        outcomes, follow_up, forecasts, attachments, funds, grants,
        applications, application_writing, own_savings, application_order,
        handover, my_unit, claims, ledger,
    ):  # fmt: skip
        app.register_blueprint(part.blueprint)
    app.after_request(_headers)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
    permission.demand_permissions(app)
    return app


def _refuse_large_forms() -> None:
    """Fields may hold one megabyte in all; werkzeug itself counts only those of multipart forms."""
    urlencoded = request.mimetype == "application/x-www-form-urlencoded"
    if urlencoded and (request.content_length or 0) > MAX_FORM:
        raise RequestEntityTooLarge


def _refuse_nul_in_addresses() -> None:
    """No page has such an address, and PostgreSQL takes no NUL in a comparison."""
    if "\x00" in request.path or any("\x00" in value for value in request.args.values()):
        abort(404)


def _headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", SCRIPT_POLICY if g.get("script") else CONTENT_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Cookie")  # type: ignore[attr-defined]
    return response
