"""The embedded PostgreSQL starts, stops, survives `kill -9`, and says in one sentence why it cannot."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import create_engine, text

from bot import embedded
from bot.cluster import Cluster
from bot.embedded import EmbeddedServer
from bot.errors import Failure

Start = Callable[..., EmbeddedServer]

OWNER = """
import pathlib, signal, sys
from bot import embedded
signal.signal(signal.SIGINT, lambda number, frame: None)
server = embedded.start(pathlib.Path(sys.argv[1]), durable=False)
print(server.url, flush=True)
sys.stdin.read()
server.stop()
"""


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True)


def ask(url: str, query: str) -> tuple[object, ...]:
    with connect(url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row


def servers_of(data_dir: Path) -> list[psutil.Process]:
    """PostgreSQL's processes on this data folder, their workers among them."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if str(data_dir / "postgres") in (process.info["cmdline"] or ()):
            found += [process, *process.children()]
    return found


def failure(data_dir: Path) -> str:
    with pytest.raises(Failure) as caught:
        embedded.start(data_dir, durable=False)
    assert servers_of(data_dir) == []
    return str(caught.value)


@pytest.fixture
def start() -> Iterator[Start]:
    """`embedded.start`; whatever becomes of the test, its servers are stopped."""
    with ExitStack() as stack:

        def start_and_stop(data_dir: Path, *, durable: bool = False) -> EmbeddedServer:
            started = embedded.start(data_dir, durable=durable)
            stack.callback(started.stop)
            return started

        yield start_and_stop


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Another process that owns the data folder, and its address; it stops when its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    started = embedded.start(tmp_path_factory.mktemp("pg"), durable=False)
    yield started
    started.stop()


def test_the_bots_login_owns_its_database_and_is_no_superuser(server: EmbeddedServer) -> None:
    query = "SELECT current_user::text, current_database()::text, rolsuper, rolcreaterole, rolbypassrls FROM pg_roles"
    assert ask(server.url, f"{query} WHERE rolname = current_user") == ("scrum_bot", "scrum", False, True, False)
    owner = "SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = 'scrum'"
    assert ask(server.admin_url, owner) == ("scrum_bot",)


def test_text_is_unicode_and_time_is_utc(server: EmbeddedServer) -> None:
    query = "SELECT pg_encoding_to_char(encoding)::text, datlocale, upper('äß'), current_setting('timezone')"
    answer = ask(server.url, f"{query} FROM pg_database WHERE datname = current_database()")
    assert answer == ("UTF8", "C.UTF-8", "Äß", "UTC")


def test_it_listens_on_no_network_address(server: EmbeddedServer) -> None:
    assert ask(server.admin_url, "SELECT current_setting('listen_addresses')") == ("",)


def test_databases_are_made_from_a_template_and_dropped_with_people_in_them(server: EmbeddedServer) -> None:
    first = server.create_database("first")
    with connect(first) as connection:
        connection.execute("CREATE TABLE kept (id int)")
    copy = server.create_database("copy", template="first")
    with connect(copy) as connection:
        connection.execute("INSERT INTO kept VALUES (1)")
        server.drop_database("copy")
    server.drop_database("copy")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        connect(copy)


def test_data_stays_between_two_starts_and_nothing_is_left_running(tmp_path: Path, start: Start) -> None:
    data_dir = tmp_path / "not yet there"
    first = start(data_dir, durable=True)
    with connect(first.url) as connection:
        connection.execute("CREATE TABLE kept (id int)")
        assert connection.execute("SELECT current_setting('fsync')").fetchone() == ("on",)
        first.stop()
    first.stop()
    assert servers_of(data_dir) == []
    second = start(data_dir)
    assert ask(second.url, "SELECT count(*) FROM kept") == (0,)
    second.stop()
    assert servers_of(data_dir) == []


@pytest.mark.parametrize("folder", ["ä b@c:d%20e", "with, comma", "long" * 40])
def test_a_data_folder_may_have_any_name(tmp_path: Path, folder: str, start: Start) -> None:
    server = start(tmp_path / folder)
    assert ask(server.url, "SELECT 1") == (1,)
    engine = create_engine(server.url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()
    socket_folder = Path(str(engine.url.query["host"]))
    server.stop()
    assert socket_folder == tmp_path / folder / "postgres" or not socket_folder.exists()


def test_variables_for_other_postgres_clients_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: Start
) -> None:
    monkeypatch.setenv("PGPORT", "6543")
    monkeypatch.setenv("PGDATA", "/nowhere")
    monkeypatch.setenv("LC_ALL", "xx_YY.UTF-8")
    assert ask(start(tmp_path).url, "SELECT current_user::text") == ("scrum_bot",)


def test_ctrl_c_in_the_terminal_leaves_the_server_running_until_it_is_stopped(
    tmp_path: Path, owner: tuple[subprocess.Popen[str], str]
) -> None:
    process, url = owner
    with connect(url) as connection:
        # What a terminal does: the whole group that runs in front hears it, sessions of PostgreSQL would be ended.
        os.killpg(process.pid, signal.SIGINT)
        assert all(os.getsid(one.pid) != process.pid for one in servers_of(tmp_path))
        assert connection.execute("SELECT 1").fetchone() == (1,)
    process.communicate()
    assert process.returncode == 0
    assert servers_of(tmp_path) == []


def test_a_server_left_behind_by_kill_9_is_taken_over_with_its_data(
    tmp_path: Path, owner: tuple[subprocess.Popen[str], str], start: Start
) -> None:
    process, url = owner
    with connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS id")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    left_behind = servers_of(tmp_path)
    assert left_behind != []
    server = start(tmp_path)
    assert ask(server.url, "SELECT id FROM kept") == (7,)
    assert not any(process.is_running() for process in left_behind)
    server.stop()
    assert servers_of(tmp_path) == []


def test_a_killed_server_recovers_at_the_next_start(tmp_path: Path, start: Start) -> None:
    server = start(tmp_path, durable=True)
    with connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS id")
        (postmaster, *workers) = servers_of(tmp_path)
        postmaster.kill()
    server.stop()
    _, alive = psutil.wait_procs([postmaster, *workers], timeout=10)
    assert alive == []
    assert ask(start(tmp_path).url, "SELECT id FROM kept") == (7,)


def test_a_process_number_given_to_another_program_since_is_no_obstacle(tmp_path: Path, start: Start) -> None:
    start(tmp_path).stop()
    stale = [str(os.getpid()), str(tmp_path / "postgres"), "1700000000", "5432", str(tmp_path), "", "", "ready"]
    (tmp_path / "postgres" / "postmaster.pid").write_text("\n".join(stale) + "\n")
    assert ask(start(tmp_path).url, "SELECT 1") == (1,)


def test_a_second_process_is_told_of_the_first(
    tmp_path: Path, owner: tuple[subprocess.Popen[str], str], start: Start
) -> None:
    process, url = owner
    with pytest.raises(Failure) as caught:
        start(tmp_path)
    told = f"Another scrum-bot is already running with the data folder {tmp_path} (process {process.pid}): stop it"
    assert str(caught.value).startswith(told)
    assert ask(url, "SELECT 1") == (1,)
    process.communicate()
    start(tmp_path).stop()


def test_an_interrupted_first_start_leaves_nothing_half_made(tmp_path: Path, start: Start) -> None:
    unfinished = tmp_path / "postgres.new"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    (tmp_path / "postgres").mkdir()
    assert ask(start(tmp_path).url, "SELECT 1") == (1,)
    assert not unfinished.exists()


def test_a_file_in_the_folders_place_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    told = failure(tmp_path / "file" / "data")
    assert told.startswith(f"The data folder {tmp_path}/file/data cannot be used (Not a directory): set DATA_DIR")


def test_a_folder_that_may_not_be_written_to_is_one_sentence() -> None:
    # Even root may make no folder here.
    assert failure(Path("/sys/scrum-bot")).startswith("The data folder /sys/scrum-bot cannot be written to: give it to")


def test_the_database_of_another_version_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("16\n")
    told = failure(tmp_path)
    assert f"{tmp_path}/postgres is a database of PostgreSQL 16, and this is PostgreSQL 18: restore" in told
    assert [path.name for path in (tmp_path / "postgres").iterdir()] == ["PG_VERSION"]


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "holiday.jpg").write_text("")
    assert "is not a PostgreSQL database (it has no PG_VERSION): move it away" in failure(tmp_path)
    assert (tmp_path / "postgres" / "holiday.jpg").exists()


def test_a_damaged_database_is_named_with_postgres_own_reason_and_its_log(tmp_path: Path, start: Start) -> None:
    start(tmp_path).stop()
    (tmp_path / "postgres" / "global" / "pg_control").write_bytes(b"\0" * 8192)
    told = failure(tmp_path)
    assert told.startswith(f"PostgreSQL does not start with the data folder {tmp_path} (")
    assert "(database files are incompatible with server)" in told
    assert f"{tmp_path}/postgres.log; restore a backup" in told
    # Nothing holds the folder any more: the same words come again, not "already running".
    assert failure(tmp_path) == told


@pytest.mark.parametrize(
    "said",
    [
        "initdb: error: could not write to file: No space left on device",
        'FATAL:  could not write lock file "postmaster.pid": No space left on device\nLOG:  shutting down',
    ],
)
def test_a_full_disk_is_one_sentence(tmp_path: Path, said: str) -> None:
    told = Cluster(tmp_path, None).why_not(said)
    assert told == f"The disk is full, and PostgreSQL needs room in {tmp_path}: free some, or set DATA_DIR."


def test_the_log_quotes_no_rows(tmp_path: Path, start: Start) -> None:
    server = start(tmp_path)
    with connect(server.url) as connection:
        connection.execute("CREATE TABLE words (text text PRIMARY KEY)")
        connection.execute("INSERT INTO words VALUES ('hush')")
        with pytest.raises(psycopg.errors.UniqueViolation, match="hush"):
            connection.execute("INSERT INTO words VALUES ('hush')")
    server.stop()
    log = (tmp_path / "postgres.log").read_text()
    assert "duplicate key" in log
    assert "hush" not in log
