-- The database of a service that has nothing but what messaging needs, and one table for effects.
\ir ../../sql/outbox.sql
\ir ../../sql/inbox.sql
create table effects (note text not null);
