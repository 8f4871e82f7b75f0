"""What most tests of the back office begin with: a city, the app over its database, and whoever works there."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.models.kinds import Role
from tests.admin import world
from tests.admin.world import City
from tests.conftest import Database


@pytest.fixture
def city(database: Database) -> City:
    return world.a_city()


@pytest.fixture
def app(database: Database, city: City) -> Flask:
    return world.the_app(database)


@pytest.fixture
def keeper(app: Flask, city: City) -> FlaskClient:
    """The superuser, logged in."""
    return world.logged_in(app, city.staff[Role.SUPERUSER])


@pytest.fixture
def district(app: Flask, city: City) -> FlaskClient:
    """The district's officer, logged in."""
    return world.logged_in(app, city.staff[Role.DISTRICT])
