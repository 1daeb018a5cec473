package dataspace

import "strings"

// maxReason is in bytes.
const maxReason = 2000

// IsReason reports whether a text can be the reason of a person's word that is
// kept as evidence: it is not blank, and has up to 2,000 bytes.
func IsReason(s string) bool { return strings.TrimSpace(s) != "" && len(s) <= maxReason }
