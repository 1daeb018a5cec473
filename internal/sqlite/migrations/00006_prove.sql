-- +goose Up
-- No two events are at one place in the log.
CREATE UNIQUE INDEX event_logged ON event (logged) WHERE logged IS NOT NULL;

-- Our newest checkpoint that each witness cosigned.
CREATE TABLE cosigned (
    witness    TEXT PRIMARY KEY, -- vkey
    size       INTEGER NOT NULL,
    checkpoint BLOB NOT NULL     -- signed note
) WITHOUT ROWID;

-- What our witness cosigned last for each log of a peer. Losing a row lets a
-- fork be cosigned.
CREATE TABLE witnessed (
    origin TEXT PRIMARY KEY,
    size   INTEGER NOT NULL,
    root   BLOB NOT NULL
) WITHOUT ROWID;

-- +goose Down
DROP TABLE witnessed;
DROP TABLE cosigned;
DROP INDEX event_logged;
