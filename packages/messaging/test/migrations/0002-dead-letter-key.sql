\ir ../../sql/dead-letter-key.sql
