-- +goose Up
-- What lists and figures are read from, so that an answer takes the same time
-- at any number of rows. Triggers keep these tables in the transaction that
-- changes what they are made of; nothing here is told to the log or a peer.

-- Lists of flows, newest first, by owner and by state.
CREATE INDEX flow_newest ON flow (created_at DESC, id);
CREATE INDEX flow_owner_newest ON flow (owner, created_at DESC, id);
CREATE INDEX flow_state_newest ON flow (state, created_at DESC, id);
DROP INDEX flow_owner;

-- How many flows are in each state.
CREATE TABLE flow_count (
    role  TEXT NOT NULL,
    state TEXT NOT NULL,
    flows INTEGER NOT NULL,
    PRIMARY KEY (role, state)
) WITHOUT ROWID;
INSERT INTO flow_count SELECT role, state, count(*) FROM flow GROUP BY role, state;

-- +goose StatementBegin
CREATE TRIGGER flow_count_insert AFTER INSERT ON flow BEGIN
    INSERT INTO flow_count VALUES (NEW.role, NEW.state, 1) ON CONFLICT DO UPDATE SET flows = flows + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER flow_count_update AFTER UPDATE OF state ON flow WHEN OLD.state <> NEW.state BEGIN
    UPDATE flow_count SET flows = flows - 1 WHERE role = OLD.role AND state = OLD.state;
    INSERT INTO flow_count VALUES (NEW.role, NEW.state, 1) ON CONFLICT DO UPDATE SET flows = flows + 1;
END;
-- +goose StatementEnd

-- The flows that the law still asks something of: decided, and standing or
-- delivered. as_of is the day and the rules by which a flow was looked at last;
-- empty when something that its decision rests on has changed since. changed
-- grows with each such change, so that a look that was overtaken is not kept.
CREATE TABLE duty_flow (
    flow    TEXT PRIMARY KEY,
    owner   TEXT NOT NULL,
    dataset TEXT NOT NULL,
    as_of   TEXT NOT NULL,
    changed INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX duty_flow_as_of ON duty_flow (as_of, flow);
CREATE INDEX duty_flow_owner ON duty_flow (owner, as_of, flow);
CREATE INDEX duty_flow_dataset ON duty_flow (owner, dataset);

-- What was open about a flow when it was looked at. rank sorts: the day on
-- which it is due, then what has none, then what is done. open is 0 for what
-- is done, and for a record whose time is over.
CREATE TABLE duty (
    flow  TEXT NOT NULL REFERENCES duty_flow (flow) ON DELETE CASCADE,
    n     INTEGER NOT NULL,
    owner TEXT NOT NULL,
    rank  TEXT NOT NULL,
    open  INTEGER NOT NULL,
    body  BLOB NOT NULL, -- JSON of flow.Duty
    PRIMARY KEY (flow, n)
) WITHOUT ROWID;
CREATE INDEX duty_open ON duty (rank, flow, n) WHERE open = 1;
CREATE INDEX duty_open_owner ON duty (owner, rank, flow, n) WHERE open = 1;
CREATE INDEX duty_all ON duty (rank, flow, n);
CREATE INDEX duty_all_owner ON duty (owner, rank, flow, n);

-- The warnings of those looks, each once for an owner, and the flows that it
-- is about.
CREATE TABLE notice (
    owner  TEXT NOT NULL,
    digest TEXT NOT NULL, -- SHA-256 of body
    flows  INTEGER NOT NULL,
    body   BLOB NOT NULL, -- JSON of dataspace.Warning
    PRIMARY KEY (owner, digest)
) WITHOUT ROWID;
CREATE TABLE notice_flow (
    flow   TEXT NOT NULL REFERENCES duty_flow (flow) ON DELETE CASCADE,
    owner  TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (flow, digest)
) WITHOUT ROWID;
CREATE INDEX notice_flow_notice ON notice_flow (owner, digest, flow);

-- +goose StatementBegin
CREATE TRIGGER notice_flow_insert AFTER INSERT ON notice_flow BEGIN
    UPDATE notice SET flows = flows + 1 WHERE owner = NEW.owner AND digest = NEW.digest;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER notice_flow_delete AFTER DELETE ON notice_flow BEGIN
    UPDATE notice SET flows = flows - 1 WHERE owner = OLD.owner AND digest = OLD.digest;
    DELETE FROM notice WHERE owner = OLD.owner AND digest = OLD.digest AND flows = 0;
END;
-- +goose StatementEnd

-- A flow that was never decided has no duties, nor has one that ended before
-- anything was delivered.
-- +goose StatementBegin
CREATE TRIGGER duty_flow_update AFTER UPDATE ON flow
WHEN json_extract(NEW.body, '$.documents.facts') IS NOT NULL BEGIN
    INSERT INTO duty_flow
        SELECT NEW.id, NEW.owner, json_extract(NEW.body, '$.dataset'), '', 1
        WHERE NEW.state NOT IN ('completed', 'refused', 'stopped', 'failed') OR json_extract(NEW.body, '$.delivered') IS NOT NULL
        ON CONFLICT DO UPDATE SET as_of = '', changed = changed + 1;
    DELETE FROM duty_flow WHERE flow = NEW.id
        AND NEW.state IN ('completed', 'refused', 'stopped', 'failed') AND json_extract(NEW.body, '$.delivered') IS NULL;
END;
-- +goose StatementEnd
INSERT INTO duty_flow
    SELECT id, owner, json_extract(body, '$.dataset'), '', 1 FROM flow
    WHERE json_extract(body, '$.documents.facts') IS NOT NULL
        AND (state NOT IN ('completed', 'refused', 'stopped', 'failed') OR json_extract(body, '$.delivered') IS NOT NULL);

-- What a decision rests on beside the flow: the instruments of its owner and
-- those shared with it, what is known of the owner, and what was said of the
-- dataset since.
-- +goose StatementBegin
CREATE TRIGGER duty_instrument_insert AFTER INSERT ON instrument BEGIN
    UPDATE duty_flow SET as_of = '', changed = changed + 1
        WHERE owner = NEW.owner OR owner IN (SELECT value FROM json_each(NEW.body, '$.covers.exporters'));
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER duty_instrument_delete AFTER DELETE ON instrument BEGIN
    UPDATE duty_flow SET as_of = '', changed = changed + 1
        WHERE owner = OLD.owner OR owner IN (SELECT value FROM json_each(OLD.body, '$.covers.exporters'));
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER duty_participant_update AFTER UPDATE ON participant BEGIN
    UPDATE duty_flow SET as_of = '', changed = changed + 1
        WHERE owner = NEW.id OR owner IN (
            SELECT value FROM instrument, json_each(instrument.body, '$.covers.exporters') WHERE instrument.owner = NEW.id);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER duty_dataset_insert AFTER INSERT ON dataset BEGIN
    UPDATE duty_flow SET as_of = '', changed = changed + 1 WHERE owner = NEW.owner AND dataset = NEW.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER duty_dataset_update AFTER UPDATE ON dataset BEGIN
    UPDATE duty_flow SET as_of = '', changed = changed + 1 WHERE owner = NEW.owner AND dataset = NEW.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER duty_dataset_delete AFTER DELETE ON dataset BEGIN
    UPDATE duty_flow SET as_of = '', changed = changed + 1 WHERE owner = OLD.owner AND dataset = OLD.id;
END;
-- +goose StatementEnd

-- Flows that were decided otherwise after an update of the rules.
CREATE TABLE flow_rechecked (
    flow       TEXT PRIMARY KEY,
    owner      TEXT NOT NULL,
    created_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX flow_rechecked_newest ON flow_rechecked (created_at DESC, flow);
CREATE INDEX flow_rechecked_owner ON flow_rechecked (owner, created_at DESC, flow);
-- +goose StatementBegin
CREATE TRIGGER flow_rechecked_update AFTER UPDATE ON flow WHEN json_extract(NEW.body, '$.rechecks') IS NOT NULL BEGIN
    INSERT INTO flow_rechecked VALUES (NEW.id, NEW.owner, NEW.created_at) ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd
INSERT INTO flow_rechecked SELECT id, owner, created_at FROM flow WHERE json_extract(body, '$.rechecks') IS NOT NULL;

-- The catalogue: which datasets are offered, and the words of each, for
-- searching. search_words is made by the program.
CREATE TABLE catalogue (
    num     INTEGER PRIMARY KEY,
    owner   TEXT NOT NULL,
    id      TEXT NOT NULL,
    offered INTEGER NOT NULL,
    UNIQUE (owner, id)
);
CREATE INDEX catalogue_offered ON catalogue (owner, id) WHERE offered = 1;
CREATE VIRTUAL TABLE catalogue_words USING fts5 (words, tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3 4');
-- +goose StatementBegin
CREATE TRIGGER catalogue_insert AFTER INSERT ON dataset BEGIN
    INSERT INTO catalogue (owner, id, offered) VALUES (NEW.owner, NEW.id, coalesce(json_array_length(NEW.body, '$.purposes'), 0) > 0);
    INSERT INTO catalogue_words (rowid, words)
        SELECT num, search_words(NEW.id || ' ' || coalesce(json_extract(NEW.body, '$.title.en'), '') || ' ' || coalesce(json_extract(NEW.body, '$.title.zh'), ''))
        FROM catalogue WHERE owner = NEW.owner AND id = NEW.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER catalogue_update AFTER UPDATE ON dataset BEGIN
    UPDATE catalogue SET offered = coalesce(json_array_length(NEW.body, '$.purposes'), 0) > 0 WHERE owner = NEW.owner AND id = NEW.id;
    UPDATE catalogue_words SET words = search_words(NEW.id || ' ' || coalesce(json_extract(NEW.body, '$.title.en'), '') || ' ' || coalesce(json_extract(NEW.body, '$.title.zh'), ''))
        WHERE rowid = (SELECT num FROM catalogue WHERE owner = NEW.owner AND id = NEW.id);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER catalogue_delete AFTER DELETE ON dataset BEGIN
    DELETE FROM catalogue_words WHERE rowid = (SELECT num FROM catalogue WHERE owner = OLD.owner AND id = OLD.id);
    DELETE FROM catalogue WHERE owner = OLD.owner AND id = OLD.id;
END;
-- +goose StatementEnd
INSERT INTO catalogue (owner, id, offered) SELECT owner, id, coalesce(json_array_length(body, '$.purposes'), 0) > 0 FROM dataset ORDER BY owner, id;
INSERT INTO catalogue_words (rowid, words)
    SELECT num, search_words(id || ' ' || coalesce(json_extract(body, '$.title.en'), '') || ' ' || coalesce(json_extract(body, '$.title.zh'), ''))
    FROM catalogue JOIN dataset USING (owner, id);

-- +goose Down
DROP TRIGGER catalogue_delete;
DROP TRIGGER catalogue_update;
DROP TRIGGER catalogue_insert;
DROP TABLE catalogue_words;
DROP TABLE catalogue;
DROP TRIGGER flow_rechecked_update;
DROP TABLE flow_rechecked;
DROP TRIGGER duty_dataset_delete;
DROP TRIGGER duty_dataset_update;
DROP TRIGGER duty_dataset_insert;
DROP TRIGGER duty_participant_update;
DROP TRIGGER duty_instrument_delete;
DROP TRIGGER duty_instrument_insert;
DROP TRIGGER duty_flow_update;
DROP TRIGGER notice_flow_delete;
DROP TRIGGER notice_flow_insert;
DROP TABLE notice_flow;
DROP TABLE notice;
DROP TABLE duty;
DROP TABLE duty_flow;
DROP TRIGGER flow_count_update;
DROP TRIGGER flow_count_insert;
DROP TABLE flow_count;
DROP INDEX flow_state_newest;
DROP INDEX flow_owner_newest;
DROP INDEX flow_newest;
CREATE INDEX flow_owner ON flow (owner, created_at);
