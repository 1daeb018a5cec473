//go:build !unix

package deliver

import "os"

// lock does nothing where there is no flock: the caller must not start two.
func lock(*os.File) error { return nil }
