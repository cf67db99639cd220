\ir ../../sql/data-keys.sql
