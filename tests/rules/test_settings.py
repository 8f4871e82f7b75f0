"""Settings say everything that is wrong at once, and production takes nothing that was made for trying out."""

import pytest

from shared.config import (
    AdminSettings,
    PortalSettings,
    Settings,
    SettingsError,
    new_data_key,
)

LONG = "k3y-of-forty-characters-for-the-portal-00"


@pytest.fixture
def production(tmp_path):
    return {
        "APP_ENV": "production",
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": "postgresql://registration@db/registration",
        "DATA_KEY": new_data_key(),
        "SECRET_KEY_PORTAL": LONG,
        "SECRET_KEY_ADMIN": LONG[::-1],
        "PORTAL_URL": "https://registration.example.cn/",
        "ADMIN_URL": "https://office.example.cn",
        "MAIL_URL": "smtps://registration:pass@mail.example.cn:465",
    }


def faults(environ, kind=Settings):
    with pytest.raises(SettingsError) as refused:
        kind.read(environ)
    return refused.value.faults


def test_production_starts_when_everything_is_set(production):
    settings = PortalSettings.read(production)
    assert settings.production
    assert settings.portal_url == "https://registration.example.cn"


def test_development_starts_with_nothing_set_and_keeps_its_keys(tmp_path):
    first = AdminSettings.read({"VAR_DIR": str(tmp_path)})
    assert AdminSettings.read({"VAR_DIR": str(tmp_path)}).secret_key == first.secret_key
    assert (tmp_path / "keys.env").stat().st_mode & 0o077 == 0


def test_each_door_has_a_key_of_its_own(tmp_path):
    environ = {"VAR_DIR": str(tmp_path)}
    assert PortalSettings.read(environ).secret_key != AdminSettings.read(environ).secret_key


@pytest.mark.parametrize("name", ["DATA_KEY", "SECRET_KEY_PORTAL"])
def test_production_refuses_a_missing_key_by_its_name(production, name):
    assert [
        fault for fault in faults(production | {name: ""}, PortalSettings) if fault.startswith(f"{name} is missing")
    ]


def test_production_refuses_keys_made_for_development(production, tmp_path):
    PortalSettings.read({"VAR_DIR": str(tmp_path)})
    kept = dict(line.split("=", 1) for line in (tmp_path / "keys.env").read_text().splitlines())
    for name in ("DATA_KEY", "SECRET_KEY_PORTAL"):
        assert [
            fault for fault in faults(production | {name: kept[name]}, PortalSettings) if "development key" in fault
        ]


def test_all_faults_are_told_at_once(production):
    bad = {"DATA_KEY": "short", "TIME_ZONE": "Mars/Olympus", "PORTAL_URL": "http://registration.example.cn"}
    told = faults(production | bad)
    assert {fault.split()[0] for fault in told} == set(bad)


def test_a_short_session_key_is_refused(production):
    assert "SECRET_KEY_ADMIN is too short" in faults(production | {"SECRET_KEY_ADMIN": "short"}, AdminSettings)[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://localhost/x"),
        ("MAIL_URL", "gopher://localhost"),
        ("TRUSTED_PROXIES", "two"),
        ("APP_ENV", "prod"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(production, name, value):
    assert any(fault.startswith(f"{name} ") for fault in faults(production | {name: value}))


def test_two_data_keys_are_the_new_one_and_the_old(production):
    new, old = new_data_key(), new_data_key()
    keys = Settings.read(production | {"DATA_KEY": f"{new},{old}"}).data_keys
    assert keys == (
        Settings.read(production | {"DATA_KEY": new}).data_keys[0],
        Settings.read(production | {"DATA_KEY": old}).data_keys[0],
    )


def test_the_two_services_do_not_share_a_key(production):
    shared = production | {"SECRET_KEY_ADMIN": production["SECRET_KEY_PORTAL"]}
    assert "SECRET_KEY_PORTAL is the other service's key" in faults(shared, PortalSettings)[0]
    assert "SECRET_KEY_ADMIN is the other service's key" in faults(shared, AdminSettings)[0]


def test_a_key_of_one_repeated_character_is_refused(production):
    assert "repeats a few characters" in faults(production | {"SECRET_KEY_PORTAL": "a" * 40}, PortalSettings)[0]


def test_production_does_not_write_mail_into_a_folder(production):
    assert "MAIL_URL must be smtp" in faults(production | {"MAIL_URL": ""})[0]
