"""Settings: the environment and an optional `.env` file → one frozen object.

`Settings(...)` itself reads nothing, so a composition root and a test can build one from values of their own;
`load_settings` reads the environment. Everything missing or malformed is told at once, never a secret.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import Failure

Role = Literal["developer", "designer", "tester", "project_manager", "admin"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
Need = Literal["slack"]

_Port = Annotated[int, Field(ge=0, le=65535)]
_Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]

_DATABASE = "a PostgreSQL address that names a database"
_DATABASE_EXAMPLE = "postgresql://scrum_bot:password@localhost/scrum"
_WEB = "an address that starts with http:// or https://"
_PORT = "a port number from 0 to 65535, where 0 takes any free one"
_SECONDS = "a number of seconds greater than 0"
_SWITCH = "true or false"


class SettingsError(Failure):
    """Settings are missing or malformed; `problems` holds one sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        opening = ["Some settings need attention:"] if len(problems) > 1 else []
        super().__init__("\n".join([*opening, *problems]))
        self.problems = tuple(problems)


class Settings(BaseModel):
    """What the operator decides. Each attribute is the environment variable of the same name in capitals.

    A field's description completes the sentence "it must be …"; its example follows "for example NAME=".
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    # PostgreSQL. Without `database_url` the embedded server under `data_dir` is used.
    database_url: SecretStr | None = Field(None, description=_DATABASE, examples=[_DATABASE_EXAMPLE])
    database_direct_url: SecretStr | None = Field(
        None, description=f"{_DATABASE} and does not pass through PgBouncer", examples=[_DATABASE_EXAMPLE]
    )
    db_pool_size: int = Field(5, ge=1, description="a whole number of connections from 1", examples=["5"])
    db_max_overflow: int = Field(10, ge=0, description="a whole number of connections from 0", examples=["10"])
    db_pool_recycle: int = Field(3600, ge=1, description="a whole number of seconds from 1", examples=["3600"])
    db_pool_pre_ping: bool = Field(True, description=_SWITCH, examples=["true"])
    db_pool_timeout: _Seconds = Field(2.5, description=_SECONDS, examples=["2.5"])

    # Slack. An app token means Socket Mode, a signing secret HTTP.
    slack_bot_token: SecretStr | None = Field(
        None, description="the bot token of the Slack app, which starts with xoxb-", examples=["xoxb-…"]
    )
    slack_app_token: SecretStr | None = Field(
        None, description="the app-level token of the Slack app, which starts with xapp-", examples=["xapp-…"]
    )
    slack_signing_secret: SecretStr | None = Field(
        None, description="the signing secret of the Slack app, letters and digits only", examples=["0a1b2c…"]
    )
    slack_api_url: str = Field("https://slack.com/api/", description=_WEB, examples=["https://slack.com/api/"])

    # GitHub, by a token or as a GitHub App.
    github_token: SecretStr | None = Field(
        None, description="a GitHub access token, without spaces", examples=["github_pat_…"]
    )
    github_app_id: int | None = Field(
        None, ge=1, description="the GitHub App's number, from its settings page", examples=["123456"]
    )
    github_private_key: SecretStr | None = Field(
        None,
        description="the GitHub App's private key in PEM form, its line ends may be written as \\n",
        examples=['"-----BEGIN RSA PRIVATE KEY-----\\n…"'],
    )
    github_client_id: str | None = Field(
        None, description="the GitHub App's client ID, without spaces", examples=["Iv1.0a1b2c…"]
    )
    github_client_secret: SecretStr | None = Field(
        None, description="the GitHub App's client secret, without spaces", examples=["0a1b2c…"]
    )
    github_webhook_secret: SecretStr | None = Field(
        None, description="the secret entered for the GitHub webhook", examples=["a-long-random-text"]
    )
    github_api_url: str = Field("https://api.github.com", description=_WEB, examples=["https://api.github.com"])
    github_url: str = Field("https://github.com", description=_WEB, examples=["https://github.com"])

    # This process.
    public_url: str | None = Field(None, description=_WEB, examples=["https://bot.example.com"])
    host: str = Field("127.0.0.1", description="a host name or an IP address", examples=["0.0.0.0"])
    port: _Port = Field(8080, description=_PORT, examples=["8080"])
    sandbox_port: _Port = Field(3000, description=_PORT, examples=["3000"])
    data_dir: Path = Field(
        Path(".data"), validate_default=True, description="a folder", examples=["/var/lib/scrum-bot"]
    )
    log_level: LogLevel = Field("INFO", description="DEBUG, INFO, WARNING, ERROR or CRITICAL", examples=["INFO"])
    log_format: Literal["text", "json"] = Field("text", description="text or json", examples=["json"])
    stop_seconds: _Seconds = Field(10.0, description=_SECONDS, examples=["10"])

    # The product.
    default_role: Role = Field(
        "developer",
        description="developer, designer, tester, project_manager or admin",
        examples=["developer"],
    )
    require_confirmed_role: bool = Field(False, description=_SWITCH, examples=["true"])
    date_order: Literal["DMY", "MDY", "YMD"] = Field("DMY", description="DMY, MDY or YMD", examples=["DMY"])

    @field_validator("database_url", "database_direct_url")
    @classmethod
    def _for_psycopg(cls, secret: SecretStr | None) -> SecretStr | None:
        """Name the driver: hosting providers write `postgres://`, which SQLAlchemy does not know."""
        if secret is None:
            return None
        try:
            url = make_url(secret.get_secret_value())
        except ArgumentError as malformed:
            raise ValueError("not an address") from malformed
        if url.drivername not in {"postgres", "postgresql", "postgresql+psycopg"} or not url.database:
            raise ValueError("not a PostgreSQL address")
        return SecretStr(url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False))

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, secret: SecretStr | None) -> SecretStr | None:
        # A token that Slack rotates has xoxe. in front: docs.slack.dev/authentication/using-token-rotation
        return _starting_with(("xoxb-", "xoxe.xoxb-"), secret)

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, secret: SecretStr | None) -> SecretStr | None:
        return _starting_with(("xapp-",), secret)

    @field_validator("slack_signing_secret")
    @classmethod
    def _signing_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not secret.get_secret_value().isalnum():
            raise ValueError("not letters and digits")
        return secret

    @field_validator("github_token", "github_client_secret")
    @classmethod
    def _one_word_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        return _starting_with(("",), secret)

    @field_validator("github_client_id", "host")
    @classmethod
    def _one_word(cls, text: str | None) -> str | None:
        if text is not None and len(text.split()) != 1:
            raise ValueError("not one word")
        return text

    @field_validator("github_private_key")
    @classmethod
    def _pem(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is None:
            return None
        key = secret.get_secret_value().replace("\\n", "\n").strip()
        if not key.startswith("-----BEGIN "):
            raise ValueError("not PEM")
        return SecretStr(key + "\n")

    @field_validator("slack_api_url", "github_api_url", "github_url", "public_url")
    @classmethod
    def _web_address(cls, address: str | None) -> str | None:
        if address is None:
            return None
        scheme, _, rest = address.partition("://")
        if scheme not in {"http", "https"} or not rest.strip("/") or len(address.split()) != 1:
            raise ValueError("not a web address")
        return address.rstrip("/")

    @field_validator("slack_api_url")
    @classmethod
    def _with_slash(cls, address: str) -> str:
        # Slack's client joins the method's name on as it is.
        return address + "/"

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, folder: Path) -> Path:
        return folder.expanduser().absolute()

    @field_validator("log_level", "date_order", mode="before")
    @classmethod
    def _in_capitals(cls, word: object) -> object:
        return word.upper() if isinstance(word, str) else word

    @field_validator("log_format", "default_role", mode="before")
    @classmethod
    def _in_small_letters(cls, word: object) -> object:
        return word.lower() if isinstance(word, str) else word

    def with_values(self, **values: object) -> Self:
        """A copy with these values instead, checked as at the start. Raises pydantic's ValidationError."""
        return type(self).model_validate({name: getattr(self, name) for name in type(self).model_fields} | values)


def load_settings(needs: Collection[Need] = (), *, env_file: Path = Path(".env")) -> Settings:
    """Read the environment, and `env_file` where it exists; the environment wins. Empty counts as not set.

    `needs` names what the caller cannot do without: "slack" asks for the tokens to connect with.
    Raises SettingsError with a sentence for everything that is missing or malformed.
    """
    given = _given(env_file)
    problems = list(_missing_or_clashing(given.keys(), needs))
    try:
        settings = Settings.model_validate(given)
    except ValidationError as invalid:
        problems += [_malformed(str(error["loc"][0]), given) for error in invalid.errors()]
    if problems:
        # pydantic's error quotes what it was given; it must not appear in a traceback.
        raise SettingsError(problems) from None
    return settings


def _given(env_file: Path) -> dict[str, str]:
    try:
        # A secret may hold a dollar sign, which must stay as it is.
        filed = dotenv_values(env_file, interpolate=False)
    except (OSError, UnicodeError) as unreadable:
        reason = unreadable.strerror if isinstance(unreadable, OSError) else "it is not UTF-8 text"
        raise SettingsError([f"The settings file {env_file} cannot be read: {reason}."]) from None
    texts = {
        name: (os.environ.get(name.upper()) or filed.get(name.upper()) or "").strip() for name in Settings.model_fields
    }
    return {name: text for name, text in texts.items() if text}


def _missing_or_clashing(given: Collection[str], needs: Collection[Need]) -> Iterator[str]:
    if "slack" in needs:
        if "slack_bot_token" not in given:
            yield f"SLACK_BOT_TOKEN is missing: {_must_be('slack_bot_token')}"
        if "slack_app_token" not in given and "slack_signing_secret" not in given:
            yield (
                "SLACK_APP_TOKEN (Socket Mode) and SLACK_SIGNING_SECRET (HTTP) are both missing;"
                f" one is needed, and the first {_must_be('slack_app_token').removeprefix('it ')}"
            )
    for one, other in (
        ("github_app_id", "github_private_key"),
        ("github_private_key", "github_app_id"),
        ("github_client_secret", "github_client_id"),
    ):
        if one in given and other not in given:
            yield f"{other.upper()} is missing, which {one.upper()} needs beside it: {_must_be(other)}"
    if "github_token" in given and "github_app_id" in given:
        yield (
            "GITHUB_TOKEN and GITHUB_APP_ID are both set, and the bot would not know which account to act as:"
            " set one of them."
        )


def _malformed(name: str, given: dict[str, str]) -> str:
    if _is_secret(Settings.model_fields[name]):
        return f"{name.upper()} is set to something else: {_must_be(name)}"
    return f'{name.upper()} is "{given[name][:60]}": {_must_be(name)}'


def _must_be(name: str) -> str:
    field = Settings.model_fields[name]
    example = field.examples[0] if field.examples else ""
    return f"it must be {field.description}, for example {name.upper()}={example}"


def _is_secret(field: FieldInfo) -> bool:
    return SecretStr in get_args(field.annotation)


def _starting_with(openings: tuple[str, ...], secret: SecretStr | None) -> SecretStr | None:
    """The secret, if it is one word with one of these openings and something behind it. Raises ValueError."""
    if secret is None:
        return None
    text = secret.get_secret_value()
    if len(text.split()) != 1 or not text.startswith(openings) or text in openings:
        raise ValueError("another form")
    return secret
