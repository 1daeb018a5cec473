-- +goose Up
-- The participants of a group, so that a decision finds the papers that its
-- exporter shares without reading those of everybody.
CREATE INDEX participant_group ON participant (json_extract(body, '$.group'), id) WHERE json_extract(body, '$.group') IS NOT NULL;
