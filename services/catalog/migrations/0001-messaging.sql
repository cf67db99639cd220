\ir ../../../packages/messaging/sql/outbox.sql
