package table

// Trimmed reports whether a cell begins and ends with ASCII above the space, so
// that bytes.TrimSpace would change nothing. Nearly all cells do, and the compiler
// puts this check into the caller. It is false for an empty cell.
func Trimmed(b []byte) bool {
	return len(b) > 0 && int8(b[0]) > ' ' && int8(b[len(b)-1]) > ' ' // other bytes are negative
}
