package sqlite_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"hutong/internal/sqlite"
	"hutong/internal/storetest"
)

func stores(db *sqlite.DB) storetest.Stores {
	register := sqlite.NewGatewayStore(db)
	return storetest.Stores{
		Register: register, Lists: register, Duties: sqlite.NewDutyStore(db), Counts: sqlite.NewCountRows(db, "here"), Processes: sqlite.NewAgree(db), Flows: sqlite.NewFlowStore(db),
		Grants: sqlite.NewDeliverStore(db), Evidence: sqlite.NewProveStore(db), Officer: sqlite.NewOfficerStore(db, "gw"), Declare: sqlite.NewDeclareStore(db, "gw"), Papers: sqlite.NewPaperStore(db, "gw"), Screens: sqlite.NewScreenStore(db, "gw"),
	}
}

func TestStores(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Stores {
		db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		return stores(db)
	})
}

// reopen opens the stores of a directory.
func reopen(ctx context.Context, dir string) (storetest.Stores, func() error, error) {
	db, err := sqlite.Open(ctx, filepath.Join(dir, "state.db"))
	if err != nil {
		return storetest.Stores{}, nil, err
	}
	return stores(db), db.Close, nil
}

func TestMain(m *testing.M) {
	if !storetest.Child(reopen) {
		os.Exit(m.Run())
	}
}

func TestCrash(t *testing.T) { storetest.Crash(t, reopen) }

func TestDurable(t *testing.T) { storetest.Durable(t, reopen) }
