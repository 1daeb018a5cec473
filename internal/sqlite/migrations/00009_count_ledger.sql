-- +goose Up
-- Counts of classes by name, over calendar years and windows that roll. What
-- was counted before counts on, under the same numbers.
CREATE TABLE count_ledger (
    num       INTEGER PRIMARY KEY,
    exporter  TEXT NOT NULL,
    recipient TEXT NOT NULL,    -- empty: all recipients together
    part      TEXT NOT NULL,    -- what is counted together
    year      INTEGER NOT NULL, -- 0: the window rolls
    key_id    TEXT NOT NULL,    -- of the key that the hashes are made with
    version   INTEGER NOT NULL, -- grows with every change of who counts
    files     INTEGER NOT NULL, -- grows with every change of which files count
    classes   TEXT NOT NULL,    -- JSON, ids in the order of the bits of a mask
    UNIQUE (exporter, part, year, recipient)
);
INSERT INTO count_ledger
SELECT num, exporter, '', 'year', year, key_id, version, files, '["non_sensitive","sensitive","under_14"]' FROM count_year;

-- How many people a ledger counts: of a class, and by the last day where the
-- window rolls (days since 1970-01-01; else 0).
CREATE TABLE count_tally (
    ledger INTEGER NOT NULL REFERENCES count_ledger (num),
    class  INTEGER NOT NULL, -- bit of the mask
    day    INTEGER NOT NULL,
    people INTEGER NOT NULL,
    PRIMARY KEY (ledger, class, day)
) WITHOUT ROWID;
INSERT INTO count_tally SELECT num, 0, 0, other FROM count_year;
INSERT INTO count_tally SELECT num, 1, 0, sensitive FROM count_year;
INSERT INTO count_tally SELECT num, 2, 0, under14 FROM count_year;

-- A list of people; see count_load of earlier migrations. AUTOINCREMENT: a
-- number is never used again, and those of before are not either.
CREATE TABLE count_list (
    num     INTEGER PRIMARY KEY AUTOINCREMENT,
    ledger  INTEGER NOT NULL REFERENCES count_ledger (num),
    counted INTEGER NOT NULL,
    job     TEXT NOT NULL,    -- loading, merging, held; settle, drop: for tidying
    file    INTEGER NOT NULL, -- 1: its people are a file, named after the number
    day     INTEGER NOT NULL, -- of everybody in it, where the window rolls
    people  INTEGER NOT NULL,
    tally   TEXT NOT NULL     -- JSON, what the file holds of each class
);
INSERT INTO count_list
SELECT num, year, counted, job, file, 0, people, json_array(other, sensitive, under14) FROM count_load;

-- The people whom versions before files kept by year: a list of each year.
CREATE TABLE IF NOT EXISTS count_person (year INTEGER NOT NULL, person BLOB NOT NULL, mask INTEGER NOT NULL, PRIMARY KEY (year, person)) WITHOUT ROWID;
INSERT INTO count_list (ledger, counted, job, file, day, people, tally)
SELECT year, 1, 'settle', 0, 0, count(*), '[]' FROM count_person GROUP BY year;
INSERT INTO count_member (load, year, person, mask)
SELECT l.num, p.year, p.person, p.mask FROM count_person p
JOIN (SELECT ledger, max(num) AS num FROM count_list GROUP BY ledger) l ON l.ledger = p.year;
DROP TABLE count_person;
UPDATE sqlite_sequence SET seq = max(seq, coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'count_load'), 0)) WHERE name = 'count_list';
INSERT INTO sqlite_sequence (name, seq) SELECT 'count_list', seq FROM sqlite_sequence
WHERE name = 'count_load' AND NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'count_list');

ALTER TABLE count_member RENAME COLUMN load TO list;
ALTER TABLE count_member RENAME COLUMN year TO ledger;
CREATE INDEX count_list_job ON count_list (job);
CREATE INDEX count_list_ledger ON count_list (ledger, file);

-- What a flow reserved, as far as one ledger goes.
CREATE TABLE count_claim (
    id        TEXT NOT NULL,
    part      TEXT NOT NULL,
    flow      TEXT NOT NULL,
    ledger    INTEGER NOT NULL REFERENCES count_ledger (num),
    list      INTEGER NOT NULL, -- its people; each try to load them has its own
    state     TEXT NOT NULL,
    day       TEXT NOT NULL,    -- of the decision; empty: counted by an older version
    recipient TEXT NOT NULL,
    people    TEXT NOT NULL,    -- JSON, by class; null: counted by an older version
    fresh     TEXT NOT NULL,    -- JSON, those of them whom nobody else held
    PRIMARY KEY (id, part)
) WITHOUT ROWID;
INSERT INTO count_claim
SELECT id, 'year', flow, year, load, state, coalesce(day, ''), coalesce(recipient, ''),
       CASE WHEN other IS NULL THEN 'null' ELSE json_object('non_sensitive', other, 'sensitive', sensitive, 'under_14', under14) END,
       CASE WHEN new_other IS NULL THEN 'null' ELSE json_object('non_sensitive', new_other, 'sensitive', new_sensitive, 'under_14', new_under14) END
FROM count_reservation;
CREATE INDEX count_claim_flow ON count_claim (flow);
CREATE INDEX count_claim_ledger ON count_claim (ledger);

CREATE TABLE count_change (
    id       TEXT PRIMARY KEY,
    exporter TEXT NOT NULL,
    year     INTEGER NOT NULL,
    change   TEXT NOT NULL, -- JSON, by class
    reason   TEXT NOT NULL,
    author   TEXT NOT NULL,
    at       INTEGER NOT NULL -- Unix microseconds
) WITHOUT ROWID;
INSERT INTO count_change
SELECT id, exporter, year, json_object('non_sensitive', other, 'sensitive', sensitive, 'under_14', under14), reason, author, at FROM count_correction;
CREATE INDEX count_change_year ON count_change (exporter, year, at);

DROP TABLE count_correction;
DROP TABLE count_reservation;
DROP TABLE count_load;
DROP TABLE count_year;

-- +goose Down
-- Refuse to go back: the older version knows neither the classes nor the files.
CREATE TABLE count_cannot_go_back (x INTEGER CHECK (x = 0));
INSERT INTO count_cannot_go_back VALUES (1);
