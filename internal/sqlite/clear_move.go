package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"hutong/internal/runset"
)

// moveOld moves what an older version kept in rows into files: the confirmed
// people (count_person), and lists that are not short. The files are written
// first; one transaction makes them count instead of the rows. It happens once,
// before anything else is done with the counts.
func (s *CountStore) moveOld(ctx context.Context) error {
	var old bool
	if err := s.db.Read().QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'count_person')").Scan(&old); err != nil || !old {
		return err
	}
	years, err := s.oldLists(ctx, "SELECT DISTINCT 0, year FROM count_person")
	if err != nil {
		return err
	}
	err = s.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for i := range years {
			l, err := newList(ctx, tx, years[i].year, true, "merging")
			if err != nil {
				return err
			}
			years[i] = l
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i := range years {
		if years[i].info, err = s.writeQuery(ctx, years[i].num, "SELECT person, mask FROM count_person WHERE year = ? ORDER BY person", years[i].year); err != nil {
			return err
		}
	}
	long, err := s.oldLists(ctx, fmt.Sprint("SELECT num, year FROM count_load WHERE file = 0 AND counted = 1 AND people > ", s.chunk))
	if err != nil {
		return err
	}
	for i := range long {
		if long[i].info, err = s.writeQuery(ctx, long[i].num, "SELECT person, mask FROM count_member WHERE load = ? ORDER BY person", long[i].num); err != nil {
			return err
		}
	}
	if err := s.step("moved"); err != nil {
		return err
	}
	return s.update(ctx, func(ctx context.Context, tx *sql.Tx) error { return switchOld(ctx, tx, years, long) })
}

// switchOld makes the files count instead of the rows.
func switchOld(ctx context.Context, tx *sql.Tx, years, long []list) error {
	const file = "UPDATE count_load SET counted = 1, file = 1, people = ?, other = ?, sensitive = ?, under14 = ?"
	for _, l := range years {
		if _, err := tx.ExecContext(ctx, file+", job = 'settle' WHERE num = ?", l.info.People, l.info.Other, l.info.Sensitive, l.info.Under14, l.num); err != nil {
			return err
		}
	}
	for _, l := range long {
		if _, err := tx.ExecContext(ctx, file+" WHERE num = ?", l.info.People, l.info.Other, l.info.Sensitive, l.info.Under14, l.num); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM count_member WHERE load = ?", l.num); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, "DROP TABLE count_person")
	return err
}

func (s *CountStore) oldLists(ctx context.Context, query string) ([]list, error) {
	rows, err := s.db.Read().QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close() // its error is in rows.Err
	var out []list
	for rows.Next() {
		l := list{file: true}
		if err := rows.Scan(&l.num, &l.year); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, rows.Err()
}

func (s *CountStore) writeQuery(ctx context.Context, num int64, query string, arg int64) (runset.Info, error) {
	rows, err := s.db.Read().QueryContext(ctx, query, arg)
	if err != nil {
		return runset.Info{}, err
	}
	defer rows.Close() // its error is in rowSource
	return runset.Write(ctx, s.path(num), &rowSource{rows: rows})
}
