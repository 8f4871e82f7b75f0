"""Every address of the back office × every role (and nobody) × own and foreign rows, against routes_table.py.

A new address fails here until somebody has written down who may do what with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.routing import Rule

from shared.db import Base, session
from shared.models.kinds import Role
from tests.admin import world
from tests.admin.world import City
from tests.conftest import Database
from tests.every.routes_table import ACTIONS, ALL, MOVE_OF, PAGES, TABLES, A, Table


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
        has_row = action in ("details_view", "history_view", "edit_view", "delete_view", "ajax_update", "action_view")
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
            key=city.application,
            wanted="return",
            staff=city.rows["staff"],
            session_id=city.rows["staff_sessions"],
        )
        if role is None:
            right = page.nobody
        elif role not in page.roles:
            right = page.others
        elif foreign and (role is not A or rule.endpoint != "applications.photo"):
            right = page.foreign
        else:
            right = page.status
        yield Call(rule.endpoint, method, role, foreign, address, page.data, frozenset({right}))


def _table_call(rule: Rule, method: str, row: int, role: Role | None, *, foreign: bool) -> Call:
    view, _dot, action = rule.endpoint.rpartition(".")
    table = TABLES[view]
    address, data = _address(rule, export_type="csv"), {}
    if action in ("details_view", "history_view", "edit_view", "delete_view"):
        address += f"?id={row}"
        data = {"version": "0"}
    elif action == "ajax_update":
        data = {"id": str(row), "name": table.inline, "value": "", "version": "0"}
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
        return {302} if foreign else {200, 422}  # nothing of a foreign row is chosen
    allowed, good = {
        "details_view": (table.view, {200}),
        "history_view": (table.history, {200}),
        "edit_view": (table.edit, {200} if method == "GET" else {409, 422}),
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


def _state() -> dict[str, tuple[int, int | None]]:
    """How many rows each table has, and the greatest version: what no GET may change."""
    found = {}
    for table in Base.metadata.sorted_tables:
        version = table.c.get("version")
        columns = [func.count(), func.max(version) if version is not None else func.max(table.c.id)]
        rows, greatest = session.execute(select(*columns).select_from(table)).one()
        found[table.name] = (rows, greatest)
    session.rollback()
    return found


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
    for call in list(_calls(app, here, there, role)):
        with world.kept(database):
            status = _ask(_client(app, here, role), call)
        if status not in call.right:
            wrong.append(f"{call}: {status}, not {sorted(call.right)}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", ALL, ids=str)
def test_looking_at_pages_changes_nothing(database: Database, cities: tuple[City, City], role: Role) -> None:
    app = world.the_app(database)
    client = _client(app, cities[0], role)
    before = _state()
    for call in list(_calls(app, *cities, role)):
        if call.method == "GET":
            _ask(client, call)
    assert _state() == before


def test_nothing_is_written_without_a_token(database: Database, cities: tuple[City, City]) -> None:
    app = world.the_app(database, csrf=True)
    clients = {role: _client(app, cities[0], role) for role in (Role.SUPERUSER, Role.POINT)}
    before, accepted = _state(), []
    for role, client in clients.items():
        posts = [call for call in _calls(app, *cities, role) if call.method == "POST"]
        accepted += [str(call) for call in posts if _ask(client, call) != 400]
    assert not accepted, accepted
    assert _state() == before


def test_nobody_learns_which_addresses_exist(database: Database) -> None:
    client = world.the_app(database).test_client()
    assert client.get("/no-such-page", headers={"Accept": "text/html"}).status_code == 302
    assert client.get("/applications/", headers={"Accept": "application/json"}).status_code == 401
