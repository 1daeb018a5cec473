-- +goose Up
-- Which process steps what at the moment. One process on one database needs
-- none of it; see internal/work.
CREATE TABLE work_lease (
    token INTEGER PRIMARY KEY AUTOINCREMENT, -- greater than that of each earlier lease
    name  TEXT NOT NULL UNIQUE,              -- of the work and the id
    owner TEXT NOT NULL,                     -- the run of the process that has it
    until INTEGER NOT NULL                   -- Unix microseconds
);

-- Unfinished flows are taken up in this order at a start, in pages.
CREATE INDEX flow_unfinished ON flow (created_at, id) WHERE state IN ('profiling', 'checking', 'negotiating', 'delivering', 'proving', 'ending');

-- +goose Down
DROP INDEX flow_unfinished;
DROP TABLE work_lease;
