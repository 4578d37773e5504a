"""Settings are read from the environment and a `.env` file, and everything wrong with them is told at once."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import Settings, SettingsError, load_settings

KEY = "-----BEGIN RSA PRIVATE KEY-----\\nc2FtcGxl\\n-----END RSA PRIVATE KEY-----"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def problems(*needs: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load_settings(needs)  # type: ignore[arg-type]
    return caught.value.problems


def test_nothing_is_needed_to_run_on_one_machine(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings == Settings()
    assert settings.database_url is None
    assert settings.data_dir == tmp_path / ".data"
    assert (settings.host, settings.port, settings.sandbox_port) == ("127.0.0.1", 8080, 3000)
    assert settings.slack_api_url == "https://slack.com/api/"
    assert (settings.db_pool_size, settings.db_max_overflow, settings.db_pool_recycle) == (5, 10, 3600)


def test_the_environment_wins_over_the_file_and_an_empty_value_counts_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text('PORT=9000\nLOG_FORMAT=json\nGITHUB_TOKEN="pa$$word${HOME}"\nUNKNOWN=1\n')
    monkeypatch.setenv("PORT", "9001")
    monkeypatch.setenv("LOG_FORMAT", "")
    settings = load_settings()
    assert (settings.port, settings.log_format) == (9001, "json")
    assert settings.github_token is not None
    assert settings.github_token.get_secret_value() == "pa$$word${HOME}"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_postgres_address_is_made_one_for_psycopg(scheme: str) -> None:
    settings = Settings(database_url=f"{scheme}://ana:p%40ss@db.example.com:6432/scrum?sslmode=require")
    assert settings.database_url is not None
    expected = "postgresql+psycopg://ana:p%40ss@db.example.com:6432/scrum?sslmode=require"
    assert settings.database_url.get_secret_value() == expected


def test_addresses_end_as_their_clients_join_them() -> None:
    settings = Settings(
        slack_api_url="http://127.0.0.1:3000/api",
        github_api_url="https://ghe.example.com/api/v3/",
        public_url="https://b/",
    )
    assert settings.slack_api_url == "http://127.0.0.1:3000/api/"
    assert settings.github_api_url == "https://ghe.example.com/api/v3"
    assert settings.public_url == "https://b"


def test_a_private_key_may_have_its_line_ends_written_out() -> None:
    settings = Settings(github_app_id=7, github_private_key=KEY)
    assert settings.github_private_key is not None
    assert settings.github_private_key.get_secret_value().splitlines()[1] == "c2FtcGxl"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("PORT", "abc", 'PORT is "abc": it must be a port number'),
        ("PORT", "65536", 'PORT is "65536"'),
        ("SANDBOX_PORT", "-1", 'SANDBOX_PORT is "-1"'),
        ("DB_POOL_SIZE", "0", "a whole number of connections from 1, for example DB_POOL_SIZE=5"),
        ("DB_POOL_PRE_PING", "perhaps", "it must be true or false"),
        ("DB_POOL_TIMEOUT", "nan", "a number of seconds greater than 0"),
        ("STOP_SECONDS", "0", "a number of seconds greater than 0"),
        ("LOG_LEVEL", "loud", "DEBUG, INFO, WARNING, ERROR or CRITICAL"),
        ("LOG_FORMAT", "xml", "text or json"),
        ("DATE_ORDER", "YDM", "DMY, MDY or YMD"),
        ("DEFAULT_ROLE", "boss", "developer, designer, tester, project_manager or admin"),
        ("REQUIRE_CONFIRMED_ROLE", "2", "true or false"),
        ("HOST", "two words", 'HOST is "two words"'),
        ("PUBLIC_URL", "bot.example.com", "starts with http:// or https://"),
        ("GITHUB_URL", "https://", "starts with http:// or https://"),
        ("SLACK_API_URL", "ftp://slack.com/api", "starts with http:// or https://"),
        ("GITHUB_APP_ID", "my-app", "the GitHub App's number"),
    ],
)
def test_a_malformed_value_is_named_with_what_is_allowed_and_an_example(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, shown: str
) -> None:
    monkeypatch.setenv(name, value)
    told = " ".join(problems())
    assert shown in told
    assert f"for example {name}=" in told


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://ana:hush-hush@db/scrum"),
        ("DATABASE_URL", "hush-hush"),
        ("DATABASE_URL", "postgresql://ana:hush-hush@db"),
        ("DATABASE_DIRECT_URL", "postgresql+asyncpg://ana:hush-hush@db/scrum"),
        ("SLACK_BOT_TOKEN", "xoxp-hush-hush"),
        ("SLACK_BOT_TOKEN", "xoxb-hush hush"),
        ("SLACK_APP_TOKEN", "xoxb-hush-hush"),
        ("SLACK_SIGNING_SECRET", "hush-hush!"),
        ("GITHUB_TOKEN", "hush hush"),
    ],
)
def test_a_malformed_secret_is_named_and_not_shown(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    (told,) = caught.value.problems
    assert told.startswith(f"{name} is set to something else: it must be ")
    assert "hush" not in "".join(traceback.format_exception(caught.value))


def test_secrets_do_not_show_in_the_object() -> None:
    settings = Settings(
        database_url="postgresql://ana:hush@db/scrum",
        slack_bot_token="xoxb-hush",
        slack_app_token="xapp-hush",
        slack_signing_secret="hush",
        github_token="hush",
        github_client_secret="hush",
        github_webhook_secret="hush",
    )
    assert "hush" not in repr(settings)
    assert "hush" not in str(settings)


def test_everything_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "abc")
    monkeypatch.setenv("SLACK_APP_TOKEN", "nonsense")
    monkeypatch.setenv("GITHUB_APP_ID", "7")
    monkeypatch.setenv("GITHUB_CLIENT_SECRET", "s")
    told = problems("slack")
    named = {sentence.split()[0] for sentence in told}
    assert named == {"PORT", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "GITHUB_PRIVATE_KEY", "GITHUB_CLIENT_ID"}
    assert len(told) == 5


def test_slack_is_asked_for_only_by_those_who_need_it(monkeypatch: pytest.MonkeyPatch) -> None:
    load_settings()
    bot_token, connection = problems("slack")
    assert bot_token.startswith("SLACK_BOT_TOKEN is missing")
    assert "SLACK_APP_TOKEN (Socket Mode) and SLACK_SIGNING_SECRET (HTTP) are both missing" in connection
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxe.xoxb-1")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "0a1b2c")
    assert load_settings({"slack"}).slack_app_token is None


def test_two_ways_to_be_on_github_are_one_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"GITHUB_TOKEN": "t", "GITHUB_APP_ID": "7", "GITHUB_PRIVATE_KEY": KEY}.items():
        monkeypatch.setenv(name, value)
    (told,) = problems()
    assert "GITHUB_TOKEN and GITHUB_APP_ID are both set" in told


def test_a_settings_file_that_is_no_text_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"PORT=\xff\xfe")
    assert problems() == ("The settings file .env cannot be read: it is not UTF-8 text.",)


def test_every_setting_can_say_what_it_must_be() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.examples, name


def test_settings_are_frozen_and_know_their_names() -> None:
    settings = Settings()
    with pytest.raises(ValidationError, match="frozen"):
        settings.port = 1  # type: ignore[misc]
    with pytest.raises(ValidationError, match="Extra inputs"):
        Settings(prot=1)  # type: ignore[call-arg]
