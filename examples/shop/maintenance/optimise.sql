-- Speeds the shop up while it is open: each statement lets people read and write, and none waits
-- for long in front of them. Run it outside of a transaction block; when it gives up, run it again.
SET lock_timeout = '300ms';
SET maintenance_work_mem = '64MB';
VACUUM (ANALYZE) orders;
REINDEX TABLE CONCURRENTLY products;
-- An earlier try that failed may have left it behind, unfinished.
DROP INDEX CONCURRENTLY IF EXISTS orders_placed_at_idx;
CREATE INDEX CONCURRENTLY orders_placed_at_idx ON orders (placed_at);
