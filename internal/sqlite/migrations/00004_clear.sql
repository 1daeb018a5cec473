-- +goose Up
-- How many people an exporter has sent in a year. The totals always equal
-- what is counted over count_person and the counted rows of count_member.
CREATE TABLE count_year (
    num       INTEGER PRIMARY KEY,
    exporter  TEXT NOT NULL,
    year      INTEGER NOT NULL,
    key_id    TEXT NOT NULL,    -- of the key that the hashes are made with
    version   INTEGER NOT NULL, -- grows with every change of the totals
    other     INTEGER NOT NULL,
    sensitive INTEGER NOT NULL,
    under14   INTEGER NOT NULL,
    UNIQUE (exporter, year)
);

CREATE TABLE count_reservation (
    id    TEXT PRIMARY KEY,
    flow  TEXT NOT NULL,
    year  INTEGER NOT NULL REFERENCES count_year (num),
    state TEXT NOT NULL,
    load  INTEGER NOT NULL -- its people; each try to load them has its own
) WITHOUT ROWID;
CREATE INDEX count_reservation_flow ON count_reservation (flow);

-- A list of people. AUTOINCREMENT: a number is never used again, so that a
-- loader that was overtaken cannot add to another's list.
CREATE TABLE count_load (
    num     INTEGER PRIMARY KEY AUTOINCREMENT,
    year    INTEGER NOT NULL REFERENCES count_year (num),
    counted INTEGER NOT NULL, -- 1: its people are in the totals
    job     TEXT NOT NULL,    -- loading, held; settle, drop: for tidying
    people  INTEGER NOT NULL
);
CREATE INDEX count_load_job ON count_load (job);

-- The people of a list. Bits of mask: 1 other, 2 sensitive, 4 under 14.
CREATE TABLE count_member (
    load   INTEGER NOT NULL,
    person BLOB NOT NULL, -- keyed hash, 16 bytes
    year   INTEGER NOT NULL,
    mask   INTEGER NOT NULL,
    PRIMARY KEY (load, person)
) WITHOUT ROWID;
CREATE INDEX count_member_person ON count_member (year, person, mask);

-- The people of confirmed lists, merged.
CREATE TABLE count_person (
    year   INTEGER NOT NULL,
    person BLOB NOT NULL,
    mask   INTEGER NOT NULL,
    PRIMARY KEY (year, person)
) WITHOUT ROWID;

CREATE TABLE count_correction (
    id        TEXT PRIMARY KEY,
    exporter  TEXT NOT NULL,
    year      INTEGER NOT NULL,
    other     INTEGER NOT NULL,
    sensitive INTEGER NOT NULL,
    under14   INTEGER NOT NULL,
    reason    TEXT NOT NULL,
    author    TEXT NOT NULL,
    at        INTEGER NOT NULL -- Unix microseconds
) WITHOUT ROWID;
CREATE INDEX count_correction_year ON count_correction (exporter, year, at);

-- +goose Down
DROP TABLE count_correction;
DROP TABLE count_person;
DROP TABLE count_member;
DROP TABLE count_load;
DROP TABLE count_reservation;
DROP TABLE count_year;
