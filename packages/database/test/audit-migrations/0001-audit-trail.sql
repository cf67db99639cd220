\ir ../../sql/audit-trail.sql
