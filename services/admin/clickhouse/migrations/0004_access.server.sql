-- Who may do what on a server. The embedded engine has neither users nor roles.
-- People and dashboards get the role, such as
--   CREATE USER grafana IDENTIFIED WITH sha256_password BY '...' DEFAULT ROLE ${database}_analyst

CREATE ROLE IF NOT EXISTS ${database}_writer $on_cluster;
GRANT $on_cluster SELECT, INSERT, CREATE TABLE, CREATE VIEW, ALTER, OPTIMIZE ON $database.* TO ${database}_writer;

-- Grafana's driver sets max_execution_time itself, and could not ask anything if it might not.
CREATE SETTINGS PROFILE IF NOT EXISTS ${database}_analyst_profile $on_cluster SETTINGS
    readonly = 1,
    max_execution_time = 30 MAX 60 CHANGEABLE_IN_READONLY,
    max_memory_usage = 4000000000,
    max_rows_to_read = 2000000000,
    max_result_rows = 1000000,
    do_not_merge_across_partitions_select_final = 1;

CREATE ROLE IF NOT EXISTS ${database}_analyst $on_cluster SETTINGS PROFILE '${database}_analyst_profile';

-- Views read with the rights of whoever asks, so that the row policies below hold for them, too.
GRANT $on_cluster SELECT ON $database.* TO ${database}_analyst;

-- Dashboards show what tables take on disk. Each role is told only of the tables that it may read.
GRANT $on_cluster SELECT ON system.parts TO ${database}_analyst;

CREATE QUOTA IF NOT EXISTS ${database}_analyst_quota $on_cluster
    FOR INTERVAL 1 minute MAX queries = 300, execution_time = 120 TO ${database}_analyst;

CREATE ROW POLICY IF NOT EXISTS ${database}_production $on_cluster
    ON $database.requests, $database.model_calls, $database.job_changes, $database.feedback, $database.refusals, $database.rollup_hour, $database.rollup_user_day
    USING environment = 'production' TO ${database}_analyst;

-- With a policy on a table, whoever has none of their own would see nothing on older servers.
CREATE ROW POLICY IF NOT EXISTS ${database}_everything $on_cluster
    ON $database.requests, $database.model_calls, $database.job_changes, $database.feedback, $database.refusals, $database.rollup_hour, $database.rollup_user_day
    USING 1 TO ALL EXCEPT ${database}_analyst;
