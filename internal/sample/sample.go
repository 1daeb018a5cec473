// Package sample makes the tables that the demonstration and the tutorials
// send: a digital-content company's support tickets and membership, a
// reinsurer's life portfolio, a crew manager's crew list, and the stays of a
// hotel group's members.
//
// The same kind always gives the same bytes, on every machine. All people in
// the tables are invented; identity numbers have valid check digits but a
// division that is never issued to a person, and e-mail addresses are in
// domains that are reserved for examples. The package knows nothing of
// gateways, rules or plans, and only a demonstration or a test should import
// it.
package sample

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"

	"hutong/internal/dataspace"
)

// Kind names one of the tables.
type Kind string

// The tables.
const (
	// Support is customer support of a digital-content company: several
	// tickets a person, nothing sensitive, resident identity numbers in a
	// column that the purpose does not need.
	Support Kind = "support"
	// Membership is everybody who has an account with the same company:
	// nothing sensitive, but many people.
	Membership Kind = "membership"
	// Portfolio is a reinsurer's life business with health classes, in the
	// charset of an older core system.
	Portfolio Kind = "portfolio"
	// Crew is a crew manager's list: several voyages a seafarer, passports and
	// seafarers' books.
	Crew Kind = "crew"
	// Hotel is the stays of a hotel group's members: nothing that is sensitive
	// by itself, some ten thousand people.
	Hotel Kind = "hotel"
)

// Table describes a table without making it.
type Table struct {
	Kind    Kind
	Title   dataspace.Text
	File    string // name of the file that Write makes
	Charset string // as a reader of CSV would name it
	Rows    int64  // without the header
	People  int64  // distinct persons

	generate func(w io.Writer, r *rand.Rand) error
}

// Tables lists all tables, in the order in which a demonstration needs them.
func Tables() []Table {
	return []Table{
		{
			Kind:    Support,
			Title:   dataspace.Text{EN: "Customer support tickets of a digital-content company", ZH: "数字内容企业客服工单"},
			File:    "support-tickets.csv",
			Charset: "utf-8", Rows: supportTickets, People: supportPeople,
			generate: writeSupport,
		},
		{
			Kind:    Membership,
			Title:   dataspace.Text{EN: "Whole membership of the same company", ZH: "同一企业全部会员"},
			File:    "members.csv",
			Charset: "utf-8", Rows: members, People: members,
			generate: writeMembership,
		},
		{
			Kind:    Portfolio,
			Title:   dataspace.Text{EN: "Life portfolio of a reinsurer", ZH: "再保险公司寿险业务清单"},
			File:    "life-portfolio.csv",
			Charset: "gb18030", Rows: policies, People: insured,
			generate: writePortfolio,
		},
		{
			Kind:    Crew,
			Title:   dataspace.Text{EN: "Crew list of a crew manager", ZH: "船员管理公司船员名单"},
			File:    "crew-list.csv",
			Charset: "utf-8", Rows: crewLines, People: seafarers,
			generate: writeCrew,
		},
		{
			Kind:    Hotel,
			Title:   dataspace.Text{EN: "Stays of a hotel group's members", ZH: "酒店集团会员入住记录"},
			File:    "hotel-stays.csv",
			Charset: "utf-8", Rows: hotelStays, People: hotelMembers,
			generate: writeHotel,
		},
	}
}

// Lookup finds the table of a kind; dataspace.ErrNotFound if there is none.
func Lookup(kind Kind) (Table, error) {
	for _, t := range Tables() {
		if t.Kind == kind {
			return t, nil
		}
	}
	return Table{}, fmt.Errorf("find sample table %q: %w", kind, dataspace.ErrNotFound)
}

// seed is part of the tables: another seed makes other people.
const seed = 0x6875746f6e67 // "hutong"

// Generate writes the table as CSV to w.
func (t Table) Generate(w io.Writer) error {
	// Each table has its own random stream: a change to one does not change the
	// others.
	stream := uint64(0)
	for _, c := range []byte(t.Kind) {
		stream = stream*31 + uint64(c)
	}
	if err := t.generate(w, rand.New(rand.NewPCG(seed, stream))); err != nil {
		return fmt.Errorf("make sample table %s: %w", t.Kind, err)
	}
	return nil
}

// Write makes the table of a kind as a file in dir, which must exist, and
// returns its path. A file of that name is replaced.
func Write(kind Kind, dir string) (path string, err error) {
	t, err := Lookup(kind)
	if err != nil {
		return "", err
	}
	path = filepath.Join(dir, t.File)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return "", fmt.Errorf("make sample table %s: %w", kind, err)
	}
	defer func() {
		if cerr := f.Close(); err == nil && cerr != nil {
			err = fmt.Errorf("make sample table %s: %w", kind, cerr)
		}
	}()
	w := bufio.NewWriterSize(f, 1<<16)
	if err := t.Generate(w); err != nil {
		return "", err
	}
	if err := w.Flush(); err != nil {
		return "", fmt.Errorf("make sample table %s: %w", kind, err)
	}
	return path, nil
}
