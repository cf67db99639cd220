\ir ../../../packages/database/sql/audit-trail.sql
