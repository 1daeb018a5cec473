package pair

import "syscall"

// childAttr puts a gateway into a process group of its own, so that Ctrl-C
// reaches only the measurement, which stops both. The kernel ends the gateway
// if the measurement dies.
func childAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
