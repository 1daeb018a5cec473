-- +goose Up
-- A long list of people is a file beside the database, named after its number
-- (internal/runset). The row says whether it counts: it is committed after the
-- file is durable. What count_person and long lists of older versions hold is
-- moved into files when the store is opened.
ALTER TABLE count_load ADD COLUMN file INTEGER NOT NULL DEFAULT 0;
ALTER TABLE count_load ADD COLUMN other INTEGER NOT NULL DEFAULT 0; -- what the file holds
ALTER TABLE count_load ADD COLUMN sensitive INTEGER NOT NULL DEFAULT 0;
ALTER TABLE count_load ADD COLUMN under14 INTEGER NOT NULL DEFAULT 0;
CREATE INDEX count_load_year ON count_load (year, file);

-- Grows with every change of which files count.
ALTER TABLE count_year ADD COLUMN files INTEGER NOT NULL DEFAULT 0;

-- The day of the decision, the people of the reservation, and who of them
-- nobody else held when they were counted. NULL: counted by an older version.
ALTER TABLE count_reservation ADD COLUMN day TEXT;
ALTER TABLE count_reservation ADD COLUMN recipient TEXT;
ALTER TABLE count_reservation ADD COLUMN other INTEGER;
ALTER TABLE count_reservation ADD COLUMN sensitive INTEGER;
ALTER TABLE count_reservation ADD COLUMN under14 INTEGER;
ALTER TABLE count_reservation ADD COLUMN new_other INTEGER;
ALTER TABLE count_reservation ADD COLUMN new_sensitive INTEGER;
ALTER TABLE count_reservation ADD COLUMN new_under14 INTEGER;
CREATE INDEX count_reservation_year ON count_reservation (year, day);

-- +goose Down
-- Refuse to go back: people are in files that the older version does not know.
CREATE TABLE count_cannot_go_back (x INTEGER CHECK (x = 0));
INSERT INTO count_cannot_go_back VALUES (1);
