\ir ../../../packages/messaging/sql/outbox.sql
\ir ../../../packages/messaging/sql/inbox.sql
