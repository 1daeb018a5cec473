-- +goose Up
CREATE TABLE participant (
    id   TEXT PRIMARY KEY,
    body BLOB NOT NULL -- JSON of gateway.Participant
) WITHOUT ROWID;

CREATE TABLE dataset (
    owner TEXT NOT NULL REFERENCES participant (id),
    id    TEXT NOT NULL,
    body  BLOB NOT NULL, -- JSON of gateway.Dataset
    PRIMARY KEY (owner, id)
) WITHOUT ROWID;

CREATE TABLE instrument (
    owner TEXT NOT NULL REFERENCES participant (id),
    id    TEXT NOT NULL,
    body  BLOB NOT NULL, -- JSON of gateway.Instrument
    PRIMARY KEY (owner, id)
) WITHOUT ROWID;

CREATE TABLE api_key (
    id          TEXT PRIMARY KEY,
    hash        BLOB NOT NULL UNIQUE, -- SHA-256 of the secret, which is nowhere
    role        TEXT NOT NULL,
    participant TEXT REFERENCES participant (id),
    body        BLOB NOT NULL         -- JSON of gateway.APIKey
) WITHOUT ROWID;
CREATE INDEX api_key_participant ON api_key (participant);

-- The set-up link of a gateway without an operator: one row or none.
CREATE TABLE setup (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    hash    BLOB NOT NULL,
    expires INTEGER NOT NULL -- Unix microseconds
);

CREATE TABLE peer (
    name    TEXT PRIMARY KEY,
    gateway TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL, -- compare and swap
    body    BLOB NOT NULL     -- JSON of gateway.Peer
) WITHOUT ROWID;

-- What a peer said about a participant behind it, signed.
CREATE TABLE statement (
    peer        TEXT NOT NULL REFERENCES peer (name) ON DELETE CASCADE,
    participant TEXT NOT NULL,
    body        BLOB NOT NULL, -- JSON of gateway.Statement
    signed      BLOB NOT NULL, -- the document as it came
    PRIMARY KEY (peer, participant)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE statement;
DROP TABLE peer;
DROP TABLE setup;
DROP TABLE api_key;
DROP TABLE instrument;
DROP TABLE dataset;
DROP TABLE participant;
