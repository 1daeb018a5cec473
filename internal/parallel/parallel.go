// Package parallel runs the parts of one task on all processors.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Run runs task(0) to task(n-1) on all processors.
func Run(n int, task func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n, 8)
	if workers < 2 {
		for i := range n {
			task(i)
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				task(i)
			}
		})
	}
	wg.Wait()
}
