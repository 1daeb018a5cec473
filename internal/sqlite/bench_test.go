package sqlite_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"hutong/internal/sqlite"
)

// BenchmarkUpdate measures the durable changes per second, for different
// numbers of concurrent callers.
func BenchmarkUpdate(b *testing.B) {
	for _, callers := range []int{1, 16, 256} {
		b.Run(fmt.Sprintf("callers-%d", callers), func(b *testing.B) {
			db, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "bench.db"))
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			change := func(query string, args ...any) error {
				return db.Update(b.Context(), func(tx *sql.Tx) error {
					_, err := tx.Exec(query, args...)
					return err
				})
			}
			if err := change("CREATE TABLE bench (id INTEGER PRIMARY KEY, body BLOB)"); err != nil {
				b.Fatal(err)
			}
			body := make([]byte, 1000)
			var next atomic.Int64
			var wg sync.WaitGroup
			b.ResetTimer()
			for range callers {
				wg.Go(func() {
					for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
						if err := change("INSERT INTO bench (body) VALUES (?)", body); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "changes/s")
		})
	}
}
