//go:build unix && !linux

package pair

import "syscall"

// childAttr puts a gateway into a process group of its own, so that Ctrl-C
// reaches only the measurement, which stops both. If the measurement is killed,
// the gateways stay.
func childAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
