package deliver_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/deliver"
	"hutong/internal/table"
	"hutong/internal/table/format"
)

// agreedPlan keeps a number, makes text of a column and drops one.
func agreedPlan(name string) dataspace.Plan {
	return dataspace.Plan{Purpose: "support", Format: name, Columns: []dataspace.ColumnPlan{
		{Name: "n", Action: dataspace.Keep}, {Name: "secret", Action: dataspace.Drop},
		{Name: "who", Action: dataspace.Pseudonymise}, {Name: "at", Action: dataspace.Generalise, To: "grid", Grid: 0.1},
	}}
}

// tableOf writes rows of a format, as a sender of ours would.
func tableOf(t *testing.T, name string, rows int, fields ...table.Field) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := format.NewWriter(name, &out, table.Schema{Fields: fields})
	if err != nil {
		t.Fatal(err)
	}
	b := table.Batch{Rows: rows}
	b.Reset(len(fields))
	b.Rows = rows
	for i := range b.Columns {
		for range rows {
			b.Columns[i].Start = append(b.Columns[i].Start, 0)
			b.Columns[i].End = append(b.Columns[i].End, 1)
		}
		b.Columns[i].Data = []byte("7")
	}
	if err := errors.Join(w.Write(&b), w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// liar sends data with a trailer that fits it but for the rows that it says.
func liar(t *testing.T, data []byte, rows int64) *httptest.Server {
	return sender(t, func(w http.ResponseWriter, from int64) {
		for rest := data[min(int64(len(data)), from*deliver.LeafSize):]; len(rest) > 0; {
			n := min(len(rest), deliver.LeafSize)
			var head [4]byte
			binary.BigEndian.PutUint32(head[:], uint32(n))
			if _, err := w.Write(append(head[:], rest[:n]...)); err != nil {
				return
			}
			rest = rest[n:]
		}
		end, err := json.Marshal(deliver.Result{Root: rootOf(data), Size: int64(len(data)), Rows: rows,
			Leaves: (int64(len(data)) + deliver.LeafSize - 1) / deliver.LeafSize})
		if err != nil {
			t.Error(err)
		}
		w.Write(append(make([]byte, 4), end...))
	})
}

func sender(t *testing.T, send func(w http.ResponseWriter, from int64)) *httptest.Server {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var from int64
		fmt.Sscan(r.URL.Query().Get("from"), &from)
		send(w, from)
	}))
	t.Cleanup(web.Close)
	return web
}

// pull fetches what a sender says is a delivery under the plan.
func pull(web *httptest.Server, dir string, plan dataspace.Plan, most *deliver.Most) (deliver.Result, error) {
	return deliver.Pull(context.Background(), deliver.Request{
		Endpoint: web.URL, Transfer: "t", Dir: dir, Name: "x." + plan.Format, Format: deliver.HutongLeaves, Plan: plan, Most: most,
		Backoff: func(int) time.Duration { return 0 },
	})
}

// refusedAs checks that a delivery was refused for a reason, that its error has
// nothing that the sender chose, and that nothing is left of it.
func refusedAs(t *testing.T, err error, code, dir string) {
	t.Helper()
	var p *dataspace.Problem
	if !errors.Is(err, deliver.ErrNotAgreed) || !errors.Is(err, dataspace.ErrInvalid) || !errors.As(err, &p) || p.Code != code {
		t.Fatalf("refused with %v, want %s", err, code)
	}
	if strings.Contains(err.Error(), "smuggled") || p.Hint == "" {
		t.Errorf("error %v, hint %q", err, p.Hint)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 0 {
		t.Errorf("left in the directory: %v, %v", files, err)
	}
}

func TestOtherThanAgreed(t *testing.T) {
	t.Parallel()
	n, who, at := table.Field{Name: "n"}, table.Field{Name: "who"}, table.Field{Name: "at"}
	smuggled := table.Field{Name: "smuggled"}
	whole := table.Field{Name: "who", Kind: table.Integer}
	for _, name := range format.Names() {
		good := tableOf(t, name, 9, n, who, at)
		for what, c := range map[string]struct {
			data []byte
			rows int64
			code string
		}{
			"agreed":          {good, 9, ""},
			"nothing":         {tableOf(t, name, 0, n, who, at), 0, ""},
			"another order":   {tableOf(t, name, 9, who, n, at), 9, "delivery.columns"},
			"one more":        {tableOf(t, name, 9, n, who, at, smuggled), 9, "delivery.columns"},
			"one between":     {tableOf(t, name, 9, n, smuggled, who, at), 9, "delivery.columns"},
			"one less":        {tableOf(t, name, 9, n, who), 9, "delivery.columns"},
			"another name":    {tableOf(t, name, 9, n, smuggled, at), 9, "delivery.columns"},
			"what is dropped": {tableOf(t, name, 9, n, table.Field{Name: "secret"}, who, at), 9, "delivery.columns"},
			"fewer rows":      {good, 10, "delivery.rows"},
			"more rows":       {good, 8, "delivery.rows"},
			"types":           {tableOf(t, name, 9, n, whole, at), 9, "delivery.types"},
			"cut":             {cutAt(name, good), 9, "delivery.format"},
			"other bytes":     {bytes.Repeat([]byte("\xff\x00smuggled"), 99), 9, "delivery.format"},
		} {
			if name == format.CSV && what == "types" {
				continue // it has none
			}
			t.Run(name+"-"+what, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				r, err := pull(liar(t, c.data, c.rows), dir, agreedPlan(name), nil)
				if c.code != "" {
					refusedAs(t, err, c.code, dir)
					return
				}
				got, readErr := os.ReadFile(filepath.Join(dir, "x."+name))
				if err != nil || readErr != nil || !bytes.Equal(got, c.data) || r.Rows != c.rows {
					t.Errorf("%+v, %v, %v", r, err, readErr)
				}
			})
		}
	}
}

// cutAt breaks a table within its last row.
func cutAt(name string, data []byte) []byte {
	if name == format.Parquet {
		return data[:len(data)/2]
	}
	return data[:len(data)-3]
}

// Rows of JSON Lines each name their columns, so a later one can lie too.
func TestLaterRowDiffers(t *testing.T) {
	t.Parallel()
	first := strings.Repeat(`{"n":1,"who":"a","at":1}`+"\n", 5000)
	for _, last := range []string{
		`{"n":1,"at":1,"who":"a"}`, `{"n":1,"who":"a"}`, `{"who":"a","at":1}`, `{}`, `{"n":1,"who":"a","at":1,"smuggled":2}`, `{"n":1,"who":"a","smuggled":2}`,
	} {
		dir := t.TempDir()
		_, err := pull(liar(t, []byte(first+last+"\n"), 5001), dir, agreedPlan(format.JSONL), nil)
		refusedAs(t, err, "delivery.columns", dir)
	}
	dir := t.TempDir()
	_, err := pull(liar(t, []byte(first+`{"n":1,"who":42,"at":1}`+"\n"), 5001), dir, agreedPlan(format.JSONL), nil)
	refusedAs(t, err, "delivery.types", dir)
}

// A stream that never ends is ended at what was agreed, less than a leaf later.
func TestEndlessStream(t *testing.T) {
	t.Parallel()
	const most = 5<<20 + 17
	var sent int64
	done := make(chan struct{})
	web := sender(t, func(w http.ResponseWriter, _ int64) {
		defer close(done)
		leaf := append([]byte{0, 16, 0, 0}, bytes.Repeat([]byte("1,a,1\n"), 1<<20)[:deliver.LeafSize]...)
		for ; sent < 1<<40; sent += deliver.LeafSize {
			if _, err := w.Write(leaf); err != nil {
				return
			}
		}
	})
	dir := t.TempDir()
	_, err := pull(web, dir, agreedPlan(format.CSV), &deliver.Most{Rows: 10, Bytes: most})
	refusedAs(t, err, "delivery.size", dir)
	<-done
	if sent > most+64<<20 {
		t.Errorf("%d bytes left the sender", sent)
	}
}

func TestMoreRowsThanAnnounced(t *testing.T) {
	t.Parallel()
	data := tableOf(t, format.CSV, 9, table.Field{Name: "n"}, table.Field{Name: "who"}, table.Field{Name: "at"})
	for rows, code := range map[int64]string{8: "delivery.rows", 9: ""} {
		dir := t.TempDir()
		_, err := pull(liar(t, data, 9), dir, agreedPlan(format.CSV), &deliver.Most{Rows: rows, Bytes: 1 << 20})
		if code != "" {
			refusedAs(t, err, code, dir)
		} else if err != nil {
			t.Error(err)
		}
	}
}

// A sender that for ever says that it is working is refused: it has nothing to
// make again.
func TestOnlyWorking(t *testing.T) {
	t.Parallel()
	web := sender(t, func(w http.ResponseWriter, _ int64) {
		for range 1 << 20 {
			if _, err := w.Write([]byte{255, 255, 255, 255}); err != nil {
				return
			}
		}
	})
	dir := t.TempDir()
	if _, err := pull(web, dir, agreedPlan(format.CSV), nil); !errors.Is(err, dataspace.ErrInvalid) {
		t.Errorf("error %v", err)
	}
}

// After a kill between the last byte and the end of the comparison the delivery
// is compared again.
func TestComparedAfterKill(t *testing.T) {
	t.Parallel()
	data := tableOf(t, format.CSV, 500_000, table.Field{Name: "who"}, table.Field{Name: "n"}, table.Field{Name: "at"})
	web := liar(t, data, 500_000)
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	_, err := deliver.Pull(ctx, deliver.Request{
		Endpoint: web.URL, Transfer: "t", Dir: dir, Name: "x.csv", Format: deliver.HutongLeaves, Plan: agreedPlan(format.CSV),
		Progress: func(n int64) {
			if n == int64(len(data)) {
				cancel()
			}
		},
	})
	if !errors.Is(err, context.Canceled) && !errors.Is(err, deliver.ErrNotAgreed) {
		t.Fatal(err)
	}
	_, err = pull(web, dir, agreedPlan(format.CSV), nil)
	refusedAs(t, err, "delivery.columns", dir)
}

// What our sender makes of any source is what our recipient takes, and never
// more than it announces.
func TestHonestSenderIsTaken(t *testing.T) {
	t.Parallel()
	kinds := []table.Kind{
		table.Unknown, table.String, table.Integer, table.Number, table.Boolean, table.Date, table.Timestamp, table.Binary, table.JSON,
		table.Number.In(table.Decimal, 12, 2), table.Integer.In(table.Signed, 16), table.Number.In(table.Single), table.String.In(table.Local, 3), table.String.In(table.UUID),
	}
	values := map[table.Kind]string{
		table.Unknown: "a,\"\n", table.String: "张\x01三", table.Integer: "-12", table.Number: "31.25", table.Boolean: "true", table.Date: "2026-01-02",
		table.Timestamp: "2026-01-02T03:04:05Z", table.Binary: "AAE=", table.JSON: `{"a":[1]}`,
	}
	forms := map[table.Form]string{table.Decimal: "123.45", table.Local: "2026-01-02T03:04:05", table.UUID: "123e4567-e89b-12d3-a456-426614174000"}
	treatments := []dataspace.ColumnPlan{
		{Action: dataspace.Keep}, {Action: dataspace.Truncate, Length: 2}, {Action: dataspace.Mask, First: 1}, {Action: dataspace.Pseudonymise},
		{Action: dataspace.Generalise, To: "year"}, {Action: dataspace.Generalise, To: "month"}, {Action: dataspace.Generalise, To: "grid", Grid: 0.001}, {Action: dataspace.Drop},
	}
	names := []string{"", "a", "sep=;", "\uFEFFb", "c\"d", "e,f\n", "名", "\x02", " g "}
	rapid.Check(t, func(t *rapid.T) {
		plan := dataspace.Plan{Purpose: "p", Format: rapid.SampledFrom(format.Names()).Draw(t, "format"), Columns: []dataspace.ColumnPlan{{Name: "kept", Action: dataspace.Keep}}}
		schema := table.Schema{Fields: []table.Field{{Name: "kept"}}}
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 5, rapid.ID).Draw(t, "names") {
			c := rapid.SampledFrom(treatments).Draw(t, "treatment")
			c.Name = name
			plan.Columns = append(plan.Columns, c)
			schema.Fields = append(schema.Fields, table.Field{Name: name, Kind: rapid.SampledFrom(kinds).Draw(t, "kind")})
		}
		if rapid.Bool().Draw(t, "turn") {
			plan.Columns[0], plan.Columns[len(plan.Columns)-1] = plan.Columns[len(plan.Columns)-1], plan.Columns[0]
		}
		rows := rapid.IntRange(0, 200).Draw(t, "rows")
		var b table.Batch
		b.Reset(len(schema.Fields))
		b.Rows = rows
		var cells int64
		for i, f := range schema.Fields {
			form, _, _ := f.Kind.Form()
			value := values[f.Kind.Base()]
			if v, ok := forms[form]; ok {
				value = v
			}
			col := &b.Columns[i]
			col.Data = []byte(value)
			for row := range rows {
				col.Start, col.End = append(col.Start, 0), append(col.End, uint32(len(value)))
				if rapid.IntRange(0, 9).Draw(t, "null") == 0 {
					col.Null = table.SetBit(col.Null, row)
				}
				cells += int64(len(value))
			}
		}
		p, err := deliver.Compile(plan, schema, "acme", testKeys)
		if err != nil {
			t.Fatal(err)
		}
		out, err := p.Apply(&b)
		if err != nil {
			t.Fatal(err)
		}
		var data bytes.Buffer
		w, err := format.NewWriter(plan.Format, &data, p.Schema())
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Write(out), w.Close()); err != nil {
			t.Fatal(err)
		}
		if err := deliver.Examine(plan, data.Bytes(), int64(rows)); err != nil {
			t.Fatalf("%s: %v\n%q", plan.Format, err, data.Bytes())
		}
		most := deliver.MostOf(dataspace.Profile{Rows: int64(rows), Bytes: cells}, plan)
		if most.Rows != int64(rows) || int64(data.Len()) > most.Bytes {
			t.Fatalf("%d bytes of %s, at most %d announced", data.Len(), plan.Format, most.Bytes)
		}
	})
}

// The announced most is not so far above that it bounds nothing.
func TestMostBounds(t *testing.T) {
	t.Parallel()
	p := dataspace.Profile{Rows: 1_000_000, Bytes: 100 << 20, Source: dataspace.ProfileSource{Format: "csv"}}
	for name, times := range map[string]int64{"csv": 3, "jsonl": 10, "parquet": 6} {
		if most := deliver.MostOf(p, agreedPlan(name)); most.Bytes < p.Bytes || most.Bytes > times*p.Bytes {
			t.Errorf("%s: at most %d MiB of %d", name, most.Bytes>>20, p.Bytes>>20)
		}
	}
	p.Rows, p.Bytes = 1<<62, 1<<62
	if most := deliver.MostOf(p, agreedPlan("jsonl")); most.Bytes < 1<<60 {
		t.Errorf("%d bytes at most", most.Bytes)
	}
}
