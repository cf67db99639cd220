\ir ../../../packages/messaging/sql/inbox.sql
