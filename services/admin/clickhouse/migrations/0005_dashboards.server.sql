-- Dashboards show what tables take on disk. ClickHouse tells each role only of the tables that it may read.
GRANT $on_cluster SELECT ON system.parts TO ${database}_analyst;

-- Days of users are of production only, too.
CREATE ROW POLICY IF NOT EXISTS ${database}_production_days $on_cluster
    ON $database.rollup_user_day USING environment = 'production' TO ${database}_analyst;

CREATE ROW POLICY IF NOT EXISTS ${database}_everything_of_days $on_cluster
    ON $database.rollup_user_day USING 1 TO ALL EXCEPT ${database}_analyst;
