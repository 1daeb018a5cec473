-- +goose Up
CREATE TABLE document (
    digest TEXT PRIMARY KEY, -- SHA-256 of body
    body   BLOB NOT NULL     -- canonical JSON
) WITHOUT ROWID;

CREATE TABLE flow (
    id         TEXT PRIMARY KEY,
    version    INTEGER NOT NULL, -- compare and swap
    state      TEXT NOT NULL,
    role       TEXT NOT NULL,
    owner      TEXT NOT NULL,    -- local participant
    negotiation TEXT UNIQUE,     -- NULL until there is one
    agreement  TEXT,
    transfer   TEXT,
    body       BLOB NOT NULL,    -- JSON of flow.Flow
    created_at INTEGER NOT NULL, -- Unix microseconds
    updated_at INTEGER NOT NULL
);
CREATE INDEX flow_state ON flow (state);
CREATE INDEX flow_owner ON flow (owner, created_at);
CREATE INDEX flow_agreement ON flow (agreement) WHERE agreement IS NOT NULL;
CREATE INDEX flow_transfer ON flow (transfer) WHERE transfer IS NOT NULL;

-- What happened and must be in the log exactly once. A row is written in the
-- transaction of the change that it records, and marked when the log has it.
CREATE TABLE event (
    seq    INTEGER PRIMARY KEY AUTOINCREMENT,
    id     TEXT NOT NULL UNIQUE,
    flow   TEXT NOT NULL,
    kind   TEXT NOT NULL,
    entry  BLOB NOT NULL,     -- canonical JSON that goes to the log
    salts  BLOB NOT NULL,     -- JSON {name: {salt, digest}}, never leaves but in a waybill
    logged INTEGER            -- index in the log, NULL until it is there
);
CREATE INDEX event_flow ON event (flow);
CREATE INDEX event_pending ON event (seq) WHERE logged IS NULL;

-- +goose Down
DROP TABLE event;
DROP TABLE flow;
DROP TABLE document;
