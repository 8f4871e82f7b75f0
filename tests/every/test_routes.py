"""Every address of the back office × every role (and nobody) × own and foreign rows, against routes_table.py.

A new address fails here until somebody has written down who may do what with it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from shared.db import Base, session
from shared.models.kinds import Role
from tests.admin import world
from tests.admin.exporting import EVERYTHING
from tests.admin.world import City
from tests.conftest import Database
from tests.every.routes_table import ACTIONS, ALL, MOVE_OF, PAGES, TABLES, A, Table

# The auditor reads everything.
READ_EVERYWHERE = ("applications.photo", "batches.progress", "batches.rows", "batches.download", "exports.progress")
READ_EVERYWHERE += ("imports.progress", "imports.rows")
OF_A_ROW = ("details_view", "history_view", "edit_view", "delete_view", "retire_view")


@dataclass(frozen=True)
class Call:
    """One request of the walk, and the statuses that are right."""

    endpoint: str
    method: str
    role: Role | None
    foreign: bool
    address: str
    data: dict[str, Any]
    right: frozenset[int]

    def __str__(self) -> str:
        whose = "foreign" if self.foreign else "own"
        return f"{self.method} {self.endpoint} as {self.role or 'nobody'}, {whose} row"


def _rules(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def _known(endpoint: str, method: str) -> bool:
    view, _dot, action = endpoint.rpartition(".")
    return (endpoint, method) in PAGES or (view in TABLES and action in ACTIONS)


def _calls(app: Flask, here: City, there: City, role: Role | None) -> Iterator[Call]:
    for rule, method in _rules(app):
        view, _dot, action = rule.endpoint.rpartition(".")
        has_row = action in (*OF_A_ROW, "reveal", "ajax_update", "action_view")
        if (rule.endpoint, method) in PAGES:
            yield from _page_calls(rule, method, here, there, role)
            continue
        table = TABLES[view]
        foreign_too = has_row and not table.shared_rows
        for city in (here, there) if foreign_too else (here,):
            yield _table_call(rule, method, city.rows[view], role, foreign=city is there)


def _page_calls(rule: Rule, method: str, here: City, there: City, role: Role | None) -> Iterator[Call]:
    page = PAGES[rule.endpoint, method]
    for city in (here, there) if {"key", "staff", "session_id"} & rule.arguments else (here,):
        foreign = city is there
        address = page.address or _address(
            rule,
            key=city.rows[page.row],
            wanted="return",
            what="plain",
            use="file",
            kind="schools",
            staff=city.rows["staff"],
            session_id=city.rows["staff_sessions"],
        )
        if role is None:
            right = page.nobody
        elif role not in page.roles:
            right = page.others
        elif foreign and (role is not A or rule.endpoint not in READ_EVERYWHERE):
            right = page.foreign
        else:
            right = page.status
        yield Call(rule.endpoint, method, role, foreign, address, page.data, frozenset({right}))


def _table_call(rule: Rule, method: str, row: int, role: Role | None, *, foreign: bool) -> Call:
    view, _dot, action = rule.endpoint.rpartition(".")
    table = TABLES[view]
    address, data = _address(rule, key=row), {}
    if action in OF_A_ROW:
        address += f"?id={row}"
        data = {"version": "0"}
    elif action == "ajax_update":
        data = {"id": str(row), "name": table.inline, "value": "", "version": "0"}
    elif action == "reveal":
        data = {"reason": "contact"}
    elif action == "export":
        data = EVERYTHING | {
            "columns": "name code day at point campaign raised_at application".split()
        }  # one that it has
    elif action == "ajax_lookup":
        address += f"?name={table.lookup}&query="
    elif action == "action_view":
        data = {"move": MOVE_OF[role] if role else "", "rowid": str(row)}
    right = _right(table, action, method, role, foreign=foreign)
    return Call(rule.endpoint, method, role, foreign, address, data, frozenset(right))


def _right(table: Table, action: str, method: str, role: Role | None, *, foreign: bool) -> set[int]:
    if role is None:
        return {302} if method == "GET" else {401}
    done = {"GET": {200}, "POST": {422}}[method]
    if action == "index_view":
        return {200} if role in table.view else {404}
    if action == "find_view":
        return {302} if role in table.view else {404}
    if action == "create_view":
        return done if role in table.create else {404}
    if action == "export":
        return {200} if role in table.export else {404}
    if action == "ajax_lookup":
        allowed = table.view if table.look_up is None else table.look_up
        return {200} if table.lookup and role in allowed else {404}
    if action == "action_view":
        if role not in table.act:
            return {404}
        return {302}  # to the preview; of a foreign row nothing is chosen, and the list says so
    allowed, good = {
        "details_view": (table.view if table.pages is None else table.pages, {200}),
        "history_view": (table.history, {200}),
        "reveal": (table.reveal, {200}),
        "edit_view": (table.edit, {200} if method == "GET" else {409, 422}),
        "retire_view": (table.edit, {200} if method == "GET" else {409}),
        "delete_view": (table.delete, {200} if method == "GET" else {409}),
        "ajax_update": (table.edit if table.inline else (), {409, 422}),
    }[action]
    seen = not foreign or (role is A and action in ("details_view", "history_view"))
    return good if role in allowed and seen else {404}


def _address(rule: Rule, **values: Any) -> str:
    used = {name: values[name] for name in rule.arguments if name != "filename"}
    _host, path = rule.build(used, append_unknown=False) or ("", str(rule))
    return path


def _ask(client: FlaskClient, call: Call) -> int:
    headers = {"Accept": "text/html"}
    data = call.data if call.method == "POST" else None
    with client.open(call.address, method=call.method, data=data, headers=headers) as answer:
        return answer.status_code


def _client(app: Flask, city: City, role: Role | None) -> FlaskClient:
    return world.logged_in(app, city.staff[role]) if role else app.test_client()


# What a look at a page may leave behind: that somebody was there.
STAMPS = {"staff_sessions": {"seen_at"}}
Contents = dict[str, list[tuple[Any, ...]]]


def _contents() -> Contents:
    """Every value of every row of every table, but for the stamps: what no GET and no refused POST may change."""
    found = {}
    for table in Base.metadata.sorted_tables:
        columns = [column for column in table.columns if column.name not in STAMPS.get(table.name, ())]
        rows = session.execute(select(*columns).order_by(*table.primary_key.columns))
        found[table.name] = [tuple(row) for row in rows]
    session.rollback()
    return found


def _changed(before: Contents) -> list[str]:
    return [name for name, rows in _contents().items() if rows != before[name]]


@pytest.fixture
def cities(database: Database) -> tuple[City, City]:
    return world.a_city(), world.a_city()


def test_every_address_is_written_down() -> None:
    app = world.make()
    unknown = {f"{method} {rule.endpoint}" for rule, method in _rules(app) if not _known(rule.endpoint, method)}
    assert not unknown, f"say in TABLES or PAGES who may do this: {sorted(unknown)}"
    known = {rule.endpoint for rule, _method in _rules(app)}
    gone = {endpoint for endpoint, _method in PAGES if endpoint not in known}
    gone |= {view for view in TABLES if f"{view}.index_view" not in known}
    assert not gone, f"nothing answers any more: {sorted(gone)}"


@pytest.mark.parametrize("role", [*ALL, None], ids=str)
def test_every_address_answers_its_reader_as_written(
    database: Database, cities: tuple[City, City], role: Role | None
) -> None:
    app, wrong = world.the_app(database), []
    here, there = cities
    client = _client(app, here, role)
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    for call in list(_calls(app, here, there, role)):
        client = app.test_client()  # a post may end the session; each call has the one that was begun
        if cookie:
            client.set_cookie(name, cookie.value)
        with world.kept(database):
            status = _ask(client, call)
        if status not in call.right:
            wrong.append(f"{call}: {status}, not {sorted(call.right)}")
    assert not wrong, "\n".join(wrong)


def test_the_walk_goes_everywhere(database: Database, cities: tuple[City, City]) -> None:
    app = world.the_app(database)
    here, there = cities
    walked = {(call.endpoint, call.method): call for call in _calls(app, here, there, Role.AUDITOR)}
    assert set(walked) == {(rule.endpoint, method) for rule, method in _rules(app)}
    assert {method for _endpoint, method in walked} == {"GET", "POST"}
    foreign = {call.endpoint for call in _calls(app, here, there, Role.AUDITOR) if call.foreign}
    shared = {name for name, table in TABLES.items() if table.shared_rows}
    with_row = {
        rule.endpoint
        for rule, _method in _rules(app)
        if "key" in rule.arguments and rule.endpoint.partition(".")[0] not in shared
    }
    with_row |= {f"{name}.details_view" for name, table in TABLES.items() if not table.shared_rows}
    assert with_row <= foreign
    assert all(here.rows[name] != there.rows[name] for name, table in TABLES.items() if not table.shared_rows)


@pytest.mark.parametrize("role", ALL, ids=str)
def test_looking_at_pages_changes_nothing_and_each_is_strict_about_scripts(
    database: Database, cities: tuple[City, City], role: Role
) -> None:
    app, loose = world.the_app(database), []
    client = _client(app, cities[0], role)
    before, guilty = _contents(), []
    looks = [call for call in _calls(app, *cities, role) if call.method == "GET"]
    for call in looks:
        with client.get(call.address, headers={"Accept": "text/html"}) as answer:
            loose += [f"{call}: {fault}" for fault in _laxities(answer)]
    if _changed(before):  # only then one by one: who was it?
        guilty = [str(call) for call in looks if _changes_something(client, call)]
    assert _changed(before) == [], guilty
    assert loose == []


def _changes_something(client: FlaskClient, call: Call) -> bool:
    before = _contents()
    _ask(client, call)
    return bool(_changed(before))


def _laxities(answer: Any) -> list[str]:
    policy = answer.headers.get("Content-Security-Policy", "")
    found = [word for word in ("unsafe-", " *", "http:", "https:") if word in policy]
    found += [word for word in ("default-src 'none'", "form-action 'self'", "'nonce-") if word not in policy]
    if answer.mimetype == "text/html":
        nonce = re.findall(r"'nonce-([^']+)'", policy)[:1]
        tags = re.findall(r"<(?:script|style)\b[^>]*>", answer.text)
        found += [tag for tag in tags if "src=" not in tag and not (nonce and f'nonce="{nonce[0]}"' in tag)]
        found += re.findall(r"<[^>]*\s(?:on[a-z]+|style)=[^>]*>", re.sub(r'"[^"]*"', '""', answer.text))
    return found


# What a foreign page can send along with somebody's cookies, or without them; none of it is our token.
TRICKS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "our own address as the referrer": {"headers": {"Referer": "http://localhost/", "Origin": "http://localhost"}},
    "a token that we never gave": {"data": {"csrf_token": "IjEyMyI.aaaa.bbbb"}},
    "a token in the address": {"query": "csrf_token=IjEyMyI.aaaa.bbbb"},
    "a method in disguise": {"headers": {"X-HTTP-Method-Override": "GET", "X-Requested-With": "XMLHttpRequest"}},
}


def test_nothing_is_written_without_a_token(database: Database, cities: tuple[City, City]) -> None:
    app = world.the_app(database, csrf=True)
    clients = {role: _client(app, cities[0], role) for role in (Role.SUPERUSER, Role.POINT, None)}
    before, accepted, asked = _contents(), [], set()
    for role, client in clients.items():
        for call in _calls(app, *cities, role):
            if call.method == "POST":
                asked.add(call.endpoint)
                tricks = [name for name, trick in TRICKS.items() if _tricked(client, call, trick) != 400]
                accepted += [f"{call} with {name}" for name in tricks]
    assert not accepted, accepted
    assert asked == {rule.endpoint for rule, method in _rules(app) if method == "POST"}
    assert _changed(before) == []


def _tricked(client: FlaskClient, call: Call, trick: dict[str, Any]) -> int:
    data = call.data | trick.get("data", {})
    headers = {"Accept": "text/html"} | trick.get("headers", {})
    address = f"{call.address}{'&' if '?' in call.address else '?'}{trick.get('query', '')}"
    with client.post(address, data=data, headers=headers) as answer:
        return answer.status_code


def test_somebody_elses_token_is_none_and_the_own_one_is(database: Database, cities: tuple[City, City]) -> None:
    app = world.the_app(database, csrf=True)
    mine, other = (_client(app, city, Role.SUPERUSER) for city in cities)
    address = f"/schools/edit/?id={cities[0].rows['schools']}"
    own, foreign = (_token(client) for client in (mine, other))
    assert mine.post(address, data={"version": "0", "csrf_token": foreign}).status_code == 400
    assert mine.post(address, data={"version": "0", "csrf_token": own}).status_code in (409, 422)


def _token(client: FlaskClient) -> str:
    return re.findall(r'name="csrf-token" content="([^"]+)"', client.get("/").text)[0]


def test_nobody_learns_which_addresses_exist(database: Database) -> None:
    client = world.the_app(database).test_client()
    assert client.get("/no-such-page", headers={"Accept": "text/html"}).status_code == 302
    assert client.get("/applications/", headers={"Accept": "application/json"}).status_code == 401
