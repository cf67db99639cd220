-- What a search looks in: stemmed words of all texts, weighted by where they stand, and the name's words as they
-- are written too. A stem is shorter than its word ('emergency' is kept as 'emerg'), so the beginning that
-- someone has typed so far ('emergen') would not be a beginning of it. These come without their positions, or
-- the end of a name would stand before its beginning and match as a phrase.
-- Lower case is told by ICU: the parser would ask the cluster's locale, and under C 'Palatka' in Cyrillic keeps
-- its capital and is never found.
alter table products add column search tsvector not null generated always as (
  setweight(to_tsvector('english', lower(name)), 'A')
  || strip(to_tsvector('simple', lower(name)))
  || setweight(to_tsvector('english', lower(description collate "und-x-icu")), 'B')
  || setweight(to_tsvector('english', category), 'C')
) stored;
create index products_by_search on products using gin (search);
