import re

from services.admin.clickhouse.migration import Place, shipped, statements

ALONE = Place("quartet")
CLUSTER = Place("quartet", cluster="main", is_server=True)


def test_migrations_are_numbered_without_gaps() -> None:
    assert [migration.version for migration in shipped()] == [*range(1, len(shipped()) + 1)]


def test_on_one_server_tables_are_plain() -> None:
    for migration in shipped():
        for statement in migration.statements(ALONE):
            assert "$" not in statement
            assert "ON CLUSTER" not in statement
            assert "Replicated" not in statement


def test_on_a_cluster_every_statement_reaches_every_replica_and_tables_are_replicated() -> None:
    for migration in shipped():
        for statement in migration.statements(CLUSTER):
            assert "ON CLUSTER main" in statement
            if "ENGINE" in statement:
                assert "ENGINE = ReplicatedReplacingMergeTree(" in statement


def test_every_statement_may_be_done_again() -> None:
    for migration in shipped():
        for statement in migration.statements(CLUSTER):
            assert re.match(r"(CREATE|ALTER|DROP) .*?IF (NOT )?EXISTS|GRANT", statement, re.DOTALL)


def test_comments_and_empty_statements_are_left_out() -> None:
    text = "-- What it is, and why\nCREATE TABLE a $on_cluster\n-- the key\n(b Int8);\n\n;\nSELECT 1;\n"
    assert statements(text, ALONE) == ["CREATE TABLE a \n(b Int8)", "SELECT 1"]


def test_the_checksum_tells_of_a_change() -> None:
    sums = {migration.checksum for migration in shipped()}
    assert len(sums) == len(shipped())
