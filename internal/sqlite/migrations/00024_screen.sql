-- +goose Up
-- Lists of barred recipients, and what people say of entries that look like a
-- recipient.
CREATE TABLE screen (
    kind  TEXT NOT NULL, -- see screen.Row
    name  TEXT NOT NULL,
    event TEXT NOT NULL, -- the evidence of the last change
    body  BLOB NOT NULL, -- JSON
    PRIMARY KEY (kind, name)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE screen;
