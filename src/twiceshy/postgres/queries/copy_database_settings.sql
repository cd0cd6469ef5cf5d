-- Give a clone the settings that its template has of its own; CREATE DATABASE leaves them behind.
INSERT INTO pg_db_role_setting
SELECT clone.oid, setrole, setconfig
FROM pg_db_role_setting
JOIN pg_database AS template ON template.oid = setdatabase AND template.datname = %s
JOIN pg_database AS clone ON clone.datname = %s
