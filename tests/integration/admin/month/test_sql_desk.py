import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final

import pytest
import pytest_asyncio
from clickhouse_connect.driver.client import Client

from services.admin.clickhouse import Database, StatementRefused
from services.admin.questions import shipped, span
from services.admin.sql import AnalystDesk, Export, NotAllowed, Statement, open_desk
from services.chassis.errors import ServiceUnavailable
from tests.support.usage_answers.asked import FROM, UNTIL

pytestmark = pytest.mark.asyncio(loop_scope="package")
SECRET: Final = "the-token-of-the-bot"
# %F is a file with a secret, %D a folder to write to, %U an address that tells who came.
ATTACKS: Final = (
    # Writing
    "INSERT INTO requests SELECT * FROM requests",
    "ALTER TABLE requests DELETE WHERE 1",
    "DROP TABLE requests",
    "TRUNCATE TABLE requests",
    "CREATE TABLE t (a UInt8) ENGINE = Memory",
    "CREATE TEMPORARY TABLE t (a UInt8)",
    "RENAME TABLE requests TO t",
    "OPTIMIZE TABLE requests FINAL",
    "DELETE FROM requests WHERE 1",
    "UPDATE requests SET model = '' WHERE 1",
    "DETACH TABLE requests",
    "CREATE FUNCTION f AS (x) -> x",
    "CREATE USER u",
    "GRANT ALL ON *.* TO u",
    "EXCHANGE TABLES a AND b",
    "SELECT 1; DROP TABLE requests",
    "SELECT 1 PARALLEL WITH DROP TABLE requests",
    "SELECT 1 -- \n; DROP TABLE requests",
    "SELECT 1 /* */ ; TRUNCATE TABLE requests",
    # Files
    "SELECT * FROM file('%F', 'CSV', 'a String')",
    "SELECT file('%F')",
    "SELECT FILE('%F')",
    "SELECT * FROM '%F'",
    "SELECT * FROM `%F`",
    "SELECT * FROM sqlite('%D/x.db', 't')",
    "SELECT 1 FROM `%F` AS v_requests",
    "SELECT * FROM requests, `%F`",
    "SELECT * FROM filesystem('%D')",
    "SELECT * FROM fileCluster('c', '%F')",
    "INSERT INTO FUNCTION file('%D/out.csv', 'CSV', 'a UInt8') VALUES (1)",
    "SELECT 1 INTO OUTFILE '%D/out.csv' FORMAT CSV",
    "SELECT 1 INTO OUTFILE '%D/out.csv'",
    "SELECT 1 FORMAT CSV",
    "INSERT INTO requests FROM INFILE '%F' FORMAT CSV",
    "BACKUP TABLE requests TO File('%D/backup')",
    "SELECT * FROM (SELECT * FROM file('%F', 'CSV', 'a String'))",
    "SELECT (SELECT file('%F'))",
    "WITH x AS (SELECT file('%F')) SELECT * FROM x",
    "SELECT arrayMap(x -> file(x), ['%F'])",
    "SELECT 1 ORDER BY file('%F')",
    "SELECT if(1, file('%F'), '')",
    "SELECT * REPLACE (file('%F') AS model) FROM requests",
    "SELECT * APPLY file FROM (SELECT '%F')",
    "SELECT COLUMNS('a') APPLY(x -> file(x)) FROM (SELECT '%F' AS a)",
    "SELECT sum(1) OVER (PARTITION BY file('%F'))",
    "SELECT count() FROM requests WHERE model IN file('%F')",
    "SELECT 1 LIMIT length(file('%F'))",
    "SELECT 1 WHERE 1 IN (SELECT length(file('%F')))",
    "SELECT [file('%F')][1]",
    "SELECT 1 UNION ALL SELECT length(file('%F'))",
    "SELECT 1 GROUP BY file('%F')",
    "SELECT tuple(file('%F')).1",
    # The network
    "SELECT * FROM url('%U', 'CSV', 'a String')",
    "SELECT * FROM url('%U')",
    "DESCRIBE TABLE url('%U')",
    "SELECT * FROM s3('%U/bucket/x.csv', 'CSV', 'a String')",
    "SELECT * FROM remote('127.0.0.1', system.one)",
    "SELECT * FROM mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
    "SELECT * FROM cluster('default', system.one)",
    "SELECT * FROM postgresql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
    "SELECT * FROM mongodb('127.0.0.1:1', 'a', 'b', 'c', 'd', 'e')",
    "SELECT * FROM redis('127.0.0.1:1', 'a', 'a String')",
    "SELECT * FROM hdfs('hdfs://127.0.0.1:1/x', 'CSV', 'a String')",
    "SELECT * FROM iceberg('%U')",
    "SELECT * FROM deltaLake('%U')",
    "SELECT * FROM urlCluster('c', '%U')",
    "SELECT * FROM v_requests WHERE model IN (SELECT * FROM url('%U', 'CSV', 'a String'))",
    "SELECT aiGenerate('%U')",
    "SELECT reverseDNSQuery('127.0.0.1')",
    "SELECT * FROM azureBlobStorage('%U')",
    # Programs
    "SELECT * FROM executable('x.sh', 'CSV', 'a String')",
    "SELECT * FROM python('os')",
    "SELECT * FROM Python(os)",
    "SELECT * FROM eval('SELECT 1')",
    "SELECT * FROM input('a String')",
    "SELECT * FROM jdbc('x', 'y')",
    # The system
    "SELECT * FROM system.users",
    "SELECT * FROM `system`.`settings`",
    "SELECT * FROM SYSTEM.processes",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM INFORMATION_SCHEMA.columns",
    "SHOW TABLES",
    "SELECT 1 WHERE 'a' IN system.users",
    "SELECT 1 WHERE 'a' IN (system.users)",
    "SELECT 1 WHERE in('a', system.users)",
    "SELECT * FROM merge('system', '.*')",
    "SELECT * FROM view(SELECT * FROM system.users)",
    "SHOW CREATE TABLE requests",
    "SELECT * FROM loop(system.users)",
    "SELECT * FROM (EXPLAIN SELECT 1)",
    "EXPLAIN SELECT 1",
    "SHOW GRANTS",
    "SELECT dictGet('d', 'a', 1)",
    "SELECT joinGet('system.users', 'name', 1)",
    "SELECT * FROM dictionary('d')",
    "SELECT hasColumnInTable('system', 'users', 'name')",
    "SELECT getSetting('max_threads')",
    "SELECT currentUser()",
    "SELECT hostName()",
    "SELECT getMacro('x')",
    "SELECT version()",
    "SELECT @@version",
    "SELECT serverUUID()",
    "SELECT getServerSetting('path')",
    "SELECT filesystemAvailable()",
    "SELECT addressToLine(1)",
    "SELECT logTrace('x')",
    "SYSTEM SHUTDOWN",
    "SYSTEM FLUSH LOGS",
    "KILL QUERY WHERE 1",
    "USE system",
    "EXISTS TABLE system.users",
    "SELECT * FROM schema_migrations",
    "SELECT * FROM another.table",
    "SELECT * FROM nothing",
    # Settings
    "SET readonly = 0",
    "SET max_memory_usage = 0",
    "SELECT 1 SETTINGS readonly = 0",
    "SELECT 1 SETTINGS max_execution_time = 0",
    "SELECT * FROM (SELECT 1 SETTINGS max_memory_usage = 0)",
    "SELECT * FROM numbers(1) SETTINGS max_threads = 8",
    # Parameters
    "SELECT * FROM {t:Identifier}",
    "SELECT {from:String}",
    "SELECT {x:UInt8}",
)


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def desk(database: Database) -> AsyncIterator[AnalystDesk]:
    async with open_desk(database.home, database.name, seconds=1.0, memory_bytes=200_000_000) as opened:
        assert opened is not None
        yield opened


@contextmanager
def _address() -> Iterator[tuple[str, list[str]]]:
    """An address in the network, and who came to it."""
    visits: list[str] = []

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            visits.append(self.path)
            self.send_error(404)

        do_HEAD = do_POST = do_PUT = do_GET  # noqa: N815 - the standard library's names

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/x", visits
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def _total(database: Database) -> int:
    answer = await database.query("SELECT sum(cityHash64(*)) FROM requests")
    return int(answer.rows[0][0])


def _query(sql: str, client: Client) -> None:
    client.query(sql)


def _asked(sql: str) -> Statement:
    return Statement(sql, span(FROM, UNTIL))


async def test_no_attack_writes_reads_files_reaches_the_network_or_lifts_a_limit(
    desk: AnalystDesk, database: Database, tmp_path: Path
) -> None:
    secret, folder = tmp_path / "secret.csv", tmp_path / "folder"
    secret.write_text(SECRET)
    folder.mkdir()
    before = await _total(database)
    with _address() as (address, visits):
        for attack in ATTACKS:
            sql = attack.replace("%F", str(secret)).replace("%D", str(folder)).replace("%U", address)
            for asked in (desk.show(_asked(sql)), desk.export(_asked(sql), Export.CSV)):
                with pytest.raises(NotAllowed) as refused:
                    await asked
                assert SECRET not in str(refused.value), attack

    assert await _total(database) == before
    assert list(folder.iterdir()) == []
    assert visits == []


async def test_even_what_would_pass_the_look_through_cannot_write_or_change_settings(
    desk: AnalystDesk,
) -> None:
    lane = desk._shown

    for sql in (
        "TRUNCATE TABLE requests",
        "SELECT 1 SETTINGS max_threads = 8",
        "CREATE TEMPORARY TABLE t (a UInt8)",
    ):
        with pytest.raises((ServiceUnavailable, StatementRefused)):
            await lane.run(partial(_query, sql))


async def test_every_question_of_the_release_can_be_started_from(desk: AnalystDesk) -> None:
    for question in shipped().values():
        sheet = await desk.show(_asked(question.sql))
        assert sheet.columns


@pytest.mark.parametrize(
    "sql",
    [
        "WITH d AS (SELECT toDate(ts) AS day, count() AS n FROM requests GROUP BY day) SELECT avg(n) FROM d",
        "SELECT model, SUM(cost_usd), quantileTDigestIf(0.9)(total_ms, is_async) FROM v_requests GROUP BY 1",
        "SELECT service, row_number() OVER (PARTITION BY service ORDER BY ts) FROM v_requests LIMIT 3",
        "SELECT * EXCEPT (model) FROM v_model_calls WHERE user_key IN (SELECT user_key FROM requests)",
        "SELECT arrayMap(x -> x * 2, groupArray(toUInt64(number))) FROM numbers(10)",
        "SELECT uniqMerge(users) FROM v_rollup_hour UNION ALL SELECT 1",
        "(SELECT 1) UNION ALL (SELECT 2)",
        "SELECT CASE WHEN total_ms > 1000 THEN 'slow' ELSE 'fast' END, count() FROM requests GROUP BY 1",
        "SELECT toDate(ts) AS d, CAST(count() AS Float64) FROM requests GROUP BY d ORDER BY d WITH FILL",
        "SELECT * FROM v_jobs_between(from = {from:DateTime}, until = {until:DateTime})",
        "SELECT 'file(1); --' AS \"system.users\"",
    ],
)
async def test_what_analysts_write_is_answered(desk: AnalystDesk, sql: str) -> None:
    assert (await desk.show(_asked(sql))).rows


async def test_a_long_answer_is_cut_and_says_so(desk: AnalystDesk) -> None:
    sheet = await desk.show(_asked("SELECT number FROM numbers(5000)"))

    assert (len(sheet.rows), sheet.is_cut, sheet.columns) == (1000, True, ("number",))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1",
        "SELECT groupArray(number) FROM numbers(1000000000)",
        "SELECT repeat('x', 10000000000)",
        "SELECT repeat('x', 50000000)",
        "SELECT repeat('x', 1000000) FROM numbers(500)",
    ],
)
async def test_a_question_that_takes_too_much_ends_and_the_next_one_is_answered(
    desk: AnalystDesk, sql: str
) -> None:
    with pytest.raises((ServiceUnavailable, StatementRefused)):
        await desk.show(_asked(sql))

    assert (await desk.show(_asked("SELECT 1"))).rows == [(1,)]


async def test_a_mistake_is_told_in_clickhouse_s_words(desk: AnalystDesk) -> None:
    with pytest.raises(NotAllowed, match="Syntax error"):
        await desk.show(_asked("SELECT FROM WHERE"))
    with pytest.raises(StatementRefused, match="no_such_column"):
        await desk.show(_asked("SELECT no_such_column FROM v_requests"))


async def test_nesting_without_end_is_refused(desk: AnalystDesk) -> None:
    for sql in ("SELECT " + "(" * 900 + "1" + ")" * 900, "SELECT " + "[" * 3000, "SELECT 1" + " + 1" * 6000):
        with pytest.raises((NotAllowed, StatementRefused)):
            await desk.show(_asked(sql))


async def test_an_answer_can_be_taken_home(desk: AnalystDesk) -> None:
    statement = _asked("SELECT number AS n, toString(number) AS name FROM numbers(3)")

    assert await desk.export(statement, Export.CSV) == b'"n","name"\n0,"0"\n1,"1"\n2,"2"\n'
    parquet = await desk.export(statement, Export.PARQUET)
    assert io.BytesIO(parquet).read(4) == parquet[-4:] == b"PAR1"


async def test_who_asks_meanwhile_waits_and_is_answered(desk: AnalystDesk) -> None:
    sheets = await asyncio.gather(*(desk.show(_asked(f"SELECT {number}")) for number in range(5)))

    assert [sheet.rows for sheet in sheets] == [[(number,)] for number in range(5)]
