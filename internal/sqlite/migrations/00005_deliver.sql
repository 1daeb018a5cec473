-- +goose Up
CREATE TABLE deliver_grant (
    id         TEXT PRIMARY KEY,     -- transfer
    token      BLOB NOT NULL UNIQUE, -- SHA-256 of the token; the token is nowhere
    state      TEXT NOT NULL,
    reason     TEXT NOT NULL,
    body       BLOB NOT NULL,        -- JSON of what never changes while the grant lasts
    result     BLOB,                 -- JSON of deliver.Result, NULL until the stream was made whole
    expires_at INTEGER NOT NULL      -- Unix microseconds
) WITHOUT ROWID;

-- +goose Down
DROP TABLE deliver_grant;
