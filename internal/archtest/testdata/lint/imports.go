package lint

import (
	"hutong/internal/dataspace"

	"errors"
)

func plantedImport(err error) bool { return errors.Is(err, dataspace.ErrDenied) }
