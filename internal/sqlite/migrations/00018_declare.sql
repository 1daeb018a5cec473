-- +goose Up
-- What compliance officers declare for a time.
CREATE TABLE declaration (
    owner   TEXT NOT NULL REFERENCES participant (id) ON DELETE CASCADE,
    fact    TEXT NOT NULL,
    dataset TEXT,          -- NULL: the participant, or all its datasets
    event   TEXT NOT NULL, -- the evidence of the last change
    body    BLOB NOT NULL, -- JSON of declare.Kept
    FOREIGN KEY (owner, dataset) REFERENCES dataset (owner, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX declaration_of ON declaration (owner, fact, coalesce(dataset, ''));

-- +goose Down
DROP TABLE declaration;
