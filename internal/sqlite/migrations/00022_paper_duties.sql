-- +goose Up
-- What a decision rests on beside the flow: an instrument that was confirmed.
-- +goose StatementBegin
CREATE TRIGGER duty_instrument_update AFTER UPDATE ON instrument BEGIN
    UPDATE duty_flow SET as_of = '', changed = changed + 1
        WHERE owner = NEW.owner OR owner IN (SELECT value FROM json_each(NEW.body, '$.covers.exporters'));
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER duty_instrument_update;
