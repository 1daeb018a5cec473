package screen_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hutong/internal/dataspace"
	"hutong/internal/fact"
	"hutong/internal/memory"
	files "hutong/internal/objects/memory"
	"hutong/internal/screen"
)

var day = time.Date(2026, 6, 15, 8, 0, 0, 0, time.UTC)

type world struct {
	*screen.Service
	t      *testing.T
	events []dataspace.Event
}

func newWorld(t *testing.T) *world {
	w := &world{t: t}
	w.Service = screen.New(screen.Config{
		Store: memory.New("here").Screens, Files: files.New(func() time.Time { return day }), Facts: fact.Standard, Now: func() time.Time { return day }, Recorded: func() {},
		Event: func(kind dataspace.EventKind, docs map[string]dataspace.Document) (dataspace.Event, error) {
			e := dataspace.Event{ID: dataspace.EventID(fmt.Sprintf("e%d", len(w.events))), Kind: kind, At: day, Documents: docs, Salts: map[string]dataspace.Salt{screen.Doc: {1}}}
			w.events = append(w.events, e)
			return e, nil
		},
	})
	return w
}

var eve = screen.By{Name: "eve", Key: "key-1"}

const restricted = "recipient.restricted"

func list(id string) screen.List {
	return screen.List{ID: id, Fact: restricted, Authority: "the authority", Edition: "2026-6", Day: "2026-06-01"}
}

func (w *world) load(id, text string) screen.List {
	w.t.Helper()
	l, err := w.Import(w.t.Context(), list(id), []byte(text), eve)
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

func recipient(en, zh string) screen.Recipient {
	return screen.Recipient{Peer: "far", Participant: "lion", Name: dataspace.Text{EN: en, ZH: zh}}
}

func code(err error) string {
	var p *dataspace.Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return fmt.Sprint(err)
}

// TestAlike: names in two scripts, as people write them. A name that may be one of
// the list is never clear, and names that are not alike lead to nobody.
func TestAlike(t *testing.T) {
	w := newWorld(t)
	w.load("list", `id,name,alias,alias2
1,"Red Lantern Trading Co., Ltd.",紅燈籠貿易有限公司,
2,Société Étoile du Nord S.A.,北极星公司,
3,"O'Neill Data Holdings, LLC",奥尼尔数据,
4,Zhuhai Silver Harbour Analytics,珠海银港分析股份有限公司,
5,AX,甲乙,
6,Łódź Øst Handel,,
7,Müller Data,,
8,Li Na,李娜,
`)
	for _, c := range []struct {
		en, zh string
		want   string // id and likeness of each match
	}{
		{"Red Lantern Trading Co Ltd", "某公司", "1 same_name"},
		{"ＲＥＤ　ＬＡＮＴＥＲＮ trading co., ltd", "某", "1 same_name"},
		{"RED LANTERN TRADING (HK) LIMITED", "某", "1 one_in_other"},
		{"Red Lantern Trading Pte. Ltd.", "某", "1 same_but_ending"},
		{"Lantern Red Trading Inc", "某", "1 one_in_other"},
		{"Red Lantren Trading", "某", "1 close"},
		{"Rеd Lаntеrn Trаding", "某", "1 same_but_ending"}, // with Cyrillic letters
		{"Red\u200b Lan\u200btern Trading", "某", "1 same_but_ending"},
		{"Redlantern Trading", "某", "1 same_but_ending"},
		{"Other", "红灯笼贸易有限公司", "1 same_name"},
		{"Other", "红灯笼贸易（上海）有限公司", "1 one_in_other"},
		{"Other", "上海红灯笼贸易集团", "1 one_in_other"},
		{"Societe Etoile du Nord SA", "某", "2 same_name"},
		{"ONeill Data", "某", "3 same_but_ending"},
		{"Other", "珠海銀港分析有限责任公司", "4 same_but_ending"},
		{"Zhuhai Silver Harbor Analytics", "某", "4 close"},
		{"A X", "甲", "5 same_name"},
		{"R\u200bed Lantern Trading Hong Kong", "某", "1 one_in_other"}, // a zero-width space is no space
		{"Lodz Ost Handel", "某", "6 same_name"},
		{"Mueller Data", "某", "7 close"},
		{"Ms. Li Na", "某", "8 same_but_ending"},
		{"Dr Na Li", "某", "8 close"},
		{"Other", "李娜女士", "8 same_but_ending"},
		{"Other", "李娜 博士", "8 same_but_ending"},
		{"Blue Lantern Trading Co., Ltd.", "某", ""},
		{"Red Harbour Analytics", "某", ""},
		{"AX Motors of Sweden", "甲乙丙丁汽车", ""},
		{"Trading Co Ltd", "贸易有限公司", "1 one_in_other"}, // better one question too many
		{"Trade Co Ltd", "贸易有限公司", ""},
	} {
		results, err := w.Screen(t.Context(), recipient(c.en, c.zh))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range results[0].Matches {
			got = append(got, m.ID+" "+string(m.Likeness))
		}
		want, facts := screen.Clear, "false"
		if c.want != "" {
			want, facts = screen.Possible, "screen.possible"
		}
		if strings.Join(got, ", ") != c.want || results[0].Result != want {
			t.Errorf("%s, %s: %v, %s; want %q", c.en, c.zh, got, results[0].Result, c.want)
		}
		v, on, err := w.Facts(t.Context(), recipient(c.en, c.zh))
		if c.want != "" && (code(err) != facts || strings.Contains(err.Error(), "Lantern")) || c.want == "" && (err != nil || v.Of(restricted).String() != facts || len(on) != 1 || on[0].Edition != "2026-6" || on[0].Day != "2026-06-01") {
			t.Errorf("%s, %s: %v, %v, %v", c.en, c.zh, v, on, err)
		}
	}
}

// TestResolve: a person says of each entry whether it is the recipient, for this
// entry and these names.
func TestResolve(t *testing.T) {
	w := newWorld(t)
	const text = `{"id":"7","names":["Red Lantern Trading","红灯笼贸易"]}` + "\n" + `{"id":"8","names":["Red Lantern Trading House","甲"]}` + "\n"
	w.load("list", text)
	r := recipient("Red Lantern Trading Ltd", "红灯笼贸易有限公司")
	facts := func() (string, []dataspace.Screening) {
		t.Helper()
		v, on, err := w.Facts(t.Context(), r)
		if err != nil {
			return code(err), nil
		}
		return v.Of(restricted).String(), on
	}
	results, err := w.Screen(t.Context(), r)
	if err != nil || len(results[0].Open) != 2 {
		t.Fatalf("%+v, %v", results, err)
	}
	say := func(entry string, same bool) {
		t.Helper()
		if _, err := w.Resolve(t.Context(), r, screen.Say{List: "list", Entry: entry, Same: same, Reason: "register number compared"}, eve); err != nil {
			t.Fatal(err)
		}
	}
	for name, err := range map[string]error{
		"reason": func() error {
			_, err := w.Resolve(t.Context(), r, screen.Say{List: "list", Entry: results[0].Open[0], Same: false, Reason: " "}, eve)
			return err
		}(),
		"entry": func() error {
			_, err := w.Resolve(t.Context(), r, screen.Say{List: "list", Entry: "none", Same: false, Reason: "x"}, eve)
			return err
		}(),
		"list": func() error {
			_, err := w.Resolve(t.Context(), r, screen.Say{List: "other", Entry: results[0].Open[0], Same: false, Reason: "x"}, eve)
			return err
		}(),
		"key": func() error {
			_, err := w.Resolve(t.Context(), r, screen.Say{List: "list", Entry: results[0].Open[0], Same: false, Reason: "x"}, screen.By{})
			return err
		}(),
	} {
		if err == nil {
			t.Errorf("%s: recorded", name)
		}
	}
	say(results[0].Open[0], false)
	if got, _ := facts(); got != "screen.possible" {
		t.Errorf("with one of two answered: %s", got)
	}
	say(results[0].Open[1], false)
	if got, on := facts(); got != "false" || len(on[0].Resolved) != 2 || on[0].Result != screen.Clear || on[0].Event != "e0" {
		t.Errorf("with both answered: %s, %+v", got, on)
	}
	say(results[0].Open[1], true) // said otherwise later
	if got, on := facts(); got != "true" || on[0].Result != screen.Listed {
		t.Errorf("found to be the same: %s, %+v", got, on)
	}
	say(results[0].Open[1], false)
	renamed := r
	renamed.Name.EN = "Red Lantern Trading Limited Liability"
	if _, _, err := w.Facts(t.Context(), renamed); code(err) != "screen.possible" {
		t.Error("under another name nobody is asked:", err)
	}
	moved := r
	moved.Peer = "other"
	if _, _, err := w.Facts(t.Context(), moved); code(err) != "screen.possible" {
		t.Error("behind another peer nobody is asked:", err)
	}
	next := list("list")
	next.Edition, next.Day = "2026-7", "2026-06-10"
	if _, err := w.Import(t.Context(), next, []byte(strings.Replace(text, `"7"`, `"9"`, 1)), eve); err != nil {
		t.Fatal(err)
	}
	if got, _ := facts(); got != "screen.possible" {
		t.Error("a changed entry is not asked about:", got)
	}
	if _, err := w.Import(t.Context(), list("list"), []byte(text), eve); code(err) != "screen.older" {
		t.Error("an older edition was taken:", err)
	}
	var said screen.Answer
	if err := json.Unmarshal(w.events[1].Documents[screen.Doc], &said); err != nil || said.Key != "key-1" || said.Same || w.events[1].Kind != dataspace.EventScreening {
		t.Errorf("evidence %+v, %v", said, err)
	}
	if err := w.Remove(t.Context(), "list", eve); err != nil {
		t.Fatal(err)
	}
	if got, on := facts(); got != "" || len(on) != 0 {
		t.Errorf("without a list: %s, %v", got, on)
	}
	if err := w.Remove(t.Context(), "list", eve); code(err) != "screen.none" {
		t.Error(err)
	}
}

// TestNotCompared: a recipient without a name in the script of a list waits for a
// person, also if another list is clear; the answer is about this edition and these
// names.
func TestNotCompared(t *testing.T) {
	w := newWorld(t)
	zh := w.load("zh", "name\n红灯笼贸易\n")
	w.load("en", "name\nRed Lantern Trading\n")
	for _, c := range []struct{ en, zh, want string }{{"Blue Sky", "", ""}, {"", "蓝天", ""}, {"Синее Небо", "", ""}, {"Синее Небо", "蓝天", ""}, {"Blue Sky", "蓝天", "false"}, {"", "", ""}} {
		v, on, err := w.Facts(t.Context(), recipient(c.en, c.zh))
		if c.want == "" && (code(err) != "screen.not_compared" || v.Len() != 0 || len(on) != 0) || c.want != "" && (err != nil || v.Of(restricted).String() != c.want || len(on) != 2) {
			t.Errorf("%q, %q: %v, %v, %v", c.en, c.zh, v, on, err)
		}
	}
	r := recipient("Blue Sky", "")
	results, err := w.Screen(t.Context(), r)
	if err != nil || results[1].List.ID != "zh" || results[1].Result != screen.NotCompared || len(results[1].Open) != 1 || results[0].Result != screen.Clear || len(results[0].Open) != 0 {
		t.Fatalf("%+v, %v", results, err)
	}
	say := func(same bool) {
		t.Helper()
		if _, err := w.Resolve(t.Context(), r, screen.Say{List: "zh", Entry: results[1].Open[0], Same: same, Reason: "the register has no Chinese name"}, eve); err != nil {
			t.Fatal(err)
		}
	}
	say(false)
	if v, on, err := w.Facts(t.Context(), r); err != nil || v.Of(restricted).String() != "false" || on[1].Result != screen.Clear || len(on[1].Resolved) != 1 {
		t.Errorf("answered: %v, %+v, %v", v, on, err)
	}
	say(true)
	if v, _, err := w.Facts(t.Context(), r); err != nil || v.Of(restricted).String() != "true" {
		t.Errorf("it is one of them: %v, %v", v, err)
	}
	say(false)
	if _, _, err := w.Facts(t.Context(), recipient("Blue Sky Two", "")); code(err) != "screen.not_compared" {
		t.Error("under another name:", err)
	}
	next := list("zh")
	next.Edition, next.Day = "2026-7", "2026-06-10"
	if _, err := w.Import(t.Context(), next, []byte("name\n红灯笼贸易\n绿灯笼\n"), eve); err != nil || zh.SHA256 == "" {
		t.Fatal(err)
	}
	if _, _, err := w.Facts(t.Context(), r); code(err) != "screen.not_compared" {
		t.Error("another edition:", err)
	}
}

// TestFoundStays: whom a person found on a list is on it until a person says
// otherwise: not another name, an entry that is written otherwise, another fact of
// the list, nor its removal ends that.
func TestFoundStays(t *testing.T) {
	w := newWorld(t)
	w.load("list", "id,name\n7,Red Lantern Trading\n")
	r := recipient("Red Lantern", "")
	results, err := w.Screen(t.Context(), r)
	if err != nil || len(results[0].Open) != 1 {
		t.Fatalf("%+v, %v", results, err)
	}
	say := func(r screen.Recipient, same bool) error {
		_, err := w.Resolve(t.Context(), r, screen.Say{List: "list", Entry: results[0].Open[0], Same: same, Reason: "register number compared"}, eve)
		return err
	}
	restrictedOf := func(r screen.Recipient) string {
		v, _, err := w.Facts(t.Context(), r)
		if err != nil {
			return code(err)
		}
		return v.Of(restricted).String()
	}
	if err := say(r, true); err != nil {
		t.Fatal(err)
	}
	renamed := recipient("Blue Sky", "")
	if got := restrictedOf(renamed); got != "true" {
		t.Errorf("under another name: %s", got)
	}
	next := list("list")
	next.Edition, next.Day = "2026-7", "2026-06-10"
	if _, err := w.Import(t.Context(), next, []byte("id,name,alias\n7,Red Lantern Trading,Laterne\n"), eve); err != nil {
		t.Fatal(err)
	}
	for _, r := range []screen.Recipient{r, renamed} {
		if got := restrictedOf(r); got != "true" {
			t.Errorf("%s, after an edition with another entry: %s", r.Name.EN, got)
		}
	}
	other := next
	other.Fact = "recipient.covered_person"
	if _, err := w.Import(t.Context(), other, []byte("name\nx\n"), eve); code(err) != "screen.other_fact" {
		t.Error("the list answers another fact now:", err)
	}
	if err := w.Remove(t.Context(), "list", eve); code(err) != "screen.found" {
		t.Error("removed:", err)
	}
	if err := say(renamed, false); err != nil {
		t.Fatal(err)
	}
	if got := restrictedOf(renamed); got != "false" {
		t.Errorf("taken back: %s", got)
	}
	if got := restrictedOf(r); got != "screen.possible" {
		t.Errorf("taken back of another name: %s", got)
	}
	if err := w.Remove(t.Context(), "list", eve); err != nil {
		t.Error(err)
	}
}

// TestImport: what cannot be compared later is refused at once, with its line.
func TestImport(t *testing.T) {
	w := newWorld(t)
	for text, want := range map[string]string{
		"":                         "line 1",
		"name\n":                   "no entry",
		"id,title\n1,x\n":          "no column is called name",
		"id,name\n1,x\n2\n":        "line 3",
		"id,name\n1,x\n2,---\n":    "line 3",
		"name\n\"x\n":              "line",
		"{\"names\":[\"x\"]}\n{\n": "line 2",
		"{\"names\":[]}\n":         "line 1",
		"{\"name\":\"x\"}\n":       "line 1",
		"name\nx\xff\n":            "UTF-8",
		"{\"names\":[\"x\"]} {}\n": "line 1",
		"name\n" + strings.Repeat("x", 2000) + "\n": "line 2",
	} {
		if _, err := w.Import(t.Context(), list("list"), []byte(text), eve); !errors.Is(err, dataspace.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for name, change := range map[string]func(*screen.List){
		"screen.id":      func(l *screen.List) { l.ID = "../x" },
		"screen.edition": func(l *screen.List) { l.Edition = "" },
		"screen.day":     func(l *screen.List) { l.Day = "2027-01-01" },
		"screen.fact":    func(l *screen.List) { l.Fact = "recipient.role" },
	} {
		l := list("list")
		change(&l)
		if _, err := w.Import(context.Background(), l, []byte("name\nx\n"), eve); code(err) != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	l := w.load("list", "\ufeffID,Name,Alias\n1,Red; 红；Rot,Rouge\n")
	results, err := w.Screen(t.Context(), recipient("Rouge", "红"))
	if err != nil || l.Entries != 1 || !slices.Equal(results[0].Matches[0].Names, []string{"Red", "红", "Rot", "Rouge"}) {
		t.Errorf("%+v, %v", results, err)
	}
}
