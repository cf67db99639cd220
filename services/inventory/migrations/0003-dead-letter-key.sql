\ir ../../../packages/messaging/sql/dead-letter-key.sql
