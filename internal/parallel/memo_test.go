package parallel_test

import (
	"sync/atomic"
	"testing"

	"hutong/internal/parallel"
)

func TestMemo(t *testing.T) {
	var m parallel.Memo[int, int]
	var computed atomic.Int64
	parallel.Run(64, func(i int) {
		for n := range 1000 {
			key := (n + i) % 1000
			if got := m.Of(key, func() int { computed.Add(1); return key * key }); got != key*key {
				t.Errorf("%d: %d", key, got)
			}
		}
	})
	if n := computed.Load(); n < 1000 || n > 64*1000/2 {
		t.Errorf("%d results were computed", n)
	}
	m.Of(1, func() int { t.Error("a known result is computed"); return 0 })
}
