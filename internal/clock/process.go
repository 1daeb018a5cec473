//go:build !testclock

package clock

// Process returns the clock of this process, which is the machine's.
func Process() Clock { return System() }
