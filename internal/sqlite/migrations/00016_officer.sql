-- +goose Up
-- What people say of datasets, beside what profiles find.
CREATE TABLE dataset_said (
    owner   TEXT NOT NULL,
    dataset TEXT NOT NULL,
    kind    TEXT NOT NULL, -- see officer.Kind
    name    TEXT NOT NULL, -- of a column or role
    body    BLOB NOT NULL, -- JSON
    PRIMARY KEY (owner, dataset, kind, name),
    FOREIGN KEY (owner, dataset) REFERENCES dataset (owner, id) ON DELETE CASCADE
) WITHOUT ROWID;

-- +goose Down
DROP TABLE dataset_said;
