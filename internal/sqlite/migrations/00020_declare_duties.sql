-- +goose Up
-- What a decision rests on beside the flow: what is declared of its owner.
-- +goose StatementBegin
CREATE TRIGGER duty_declaration_insert AFTER INSERT ON declaration BEGIN
    UPDATE duty_flow SET as_of = '', changed = changed + 1 WHERE owner = NEW.owner;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER duty_declaration_update AFTER UPDATE ON declaration BEGIN
    UPDATE duty_flow SET as_of = '', changed = changed + 1 WHERE owner = NEW.owner;
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER duty_declaration_update;
DROP TRIGGER duty_declaration_insert;
