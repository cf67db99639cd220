\ir ../../../packages/messaging/sql/outbox-inbox.sql
