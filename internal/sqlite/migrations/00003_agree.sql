-- +goose Up
CREATE TABLE process (
    kind       TEXT NOT NULL,    -- negotiation, transfer
    id         TEXT NOT NULL,    -- this side's process id
    origin     TEXT UNIQUE,      -- first message of the other side, NULL where this side began
    local      TEXT NOT NULL,
    flow       TEXT NOT NULL,
    agreement  TEXT NOT NULL,
    state      TEXT NOT NULL,
    pending    INTEGER NOT NULL, -- 1: a message waits to be sent
    changed    INTEGER NOT NULL, -- changes that the handler must hear of
    handled    INTEGER NOT NULL DEFAULT 0,
    version    INTEGER NOT NULL, -- compare and swap
    body       BLOB NOT NULL,    -- JSON of agree.process
    created_at INTEGER NOT NULL, -- Unix microseconds
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE INDEX process_agreement ON process (agreement) WHERE agreement <> '';
CREATE INDEX process_flow ON process (flow) WHERE flow <> '';
CREATE INDEX process_created ON process (kind, created_at);
CREATE INDEX process_unfinished ON process (created_at) WHERE pending = 1 OR changed > handled;

-- +goose Down
DROP TABLE process;
