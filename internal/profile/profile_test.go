package profile_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hutong/internal/census"
	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/people"
	"hutong/internal/profile"
	"hutong/internal/table"
)

// rows is a source in memory; its first row is the header.
type rows struct {
	cells [][]string
	batch int
	name  string
	reads int
	fail  error // returned instead of the last row
}

func (r *rows) Read(context.Context) (table.Reader, error) {
	r.reads++
	return &rowReader{rows: r, at: 1}, nil
}

func (r *rows) Describe() dataspace.ProfileSource {
	return dataspace.ProfileSource{Name: r.name, Format: "csv"}
}
func (r *rows) Size() int64 { return int64(len(r.cells)) }

type rowReader struct {
	*rows
	at int
}

func (r *rowReader) Schema() table.Schema {
	var s table.Schema
	for _, n := range r.cells[0] {
		s.Fields = append(s.Fields, table.Field{Name: n})
	}
	return s
}
func (r *rowReader) Offset() int64 { return int64(r.at) }
func (r *rowReader) Close() error  { return nil }

func (r *rowReader) Next(b *table.Batch) error {
	b.Reset(len(r.cells[0]))
	size := r.batch
	if size == 0 {
		size = 1000
	}
	for ; b.Rows < size && r.at < len(r.cells); r.at++ {
		if r.fail != nil && r.at == len(r.cells)-1 {
			return r.fail
		}
		for i, v := range r.cells[r.at] {
			c := &b.Columns[i]
			if v == "" {
				c.Null = table.SetBit(c.Null, b.Rows)
			}
			c.Start = append(c.Start, uint32(len(c.Data)))
			c.Data = append(c.Data, v...)
			c.End = append(c.End, uint32(len(c.Data)))
		}
		b.Rows++
	}
	if b.Rows == 0 {
		return io.EOF
	}
	return nil
}

func residentID(r *rand.Rand, year int) string {
	s := fmt.Sprintf("%s%04d%02d%02d%03d", []string{"310115", "110105", "440524"}[r.IntN(3)], year, 1+r.IntN(12), 1+r.IntN(28), r.IntN(1000))
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(s[i]-'0') * w
	}
	return s + string("10X98765432"[sum%11])
}

func luhn(head string) string {
	for d := '0'; d <= '9'; d++ {
		sum, n := 0, head+string(d)
		for i := range n {
			v := int(n[len(n)-1-i] - '0')
			if i%2 == 1 {
				if v *= 2; v > 9 {
					v -= 9
				}
			}
			sum += v
		}
		if sum%10 == 0 {
			return n
		}
	}
	return ""
}

// hospital is a Chinese table with all kinds of columns.
func hospital(n int) *rows {
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(s string) string { f := strings.Fields(s); return f[r.IntN(len(f))] }
	out := &rows{name: "patients.csv", cells: [][]string{{"姓名", "身份证号", "手机号", "地址", "会员号", "诊断", "工资", "银行卡号", "车牌号", "邮箱", "性别", "出生日期", "护照号", "备注", "登录IP", "设备IMEI"}}}
	for i := range n {
		year := 1950 + r.IntN(55)
		prefix := []string{"138", "139", "150", "151", "158", "186", "187", "199", "177", "131"}[i%10]
		note := "无特殊情况"
		if r.IntN(10) == 0 {
			note = "联系家属" + fmt.Sprintf("139%08d", r.IntN(1e8)) + "，谢谢"
		}
		out.cells = append(out.cells, []string{
			pick("王 李 张 刘 陈") + pick("伟 芳 秀英 敏 静 建国 丽 强 磊 子涵"), residentID(r, year), fmt.Sprintf("%s%08d", prefix, r.IntN(1e8)),
			fmt.Sprintf("上海市浦东新区张江路%d号%d室", 1+r.IntN(900), 1+r.IntN(30)), fmt.Sprintf("VIP%06d", r.IntN(1e6)), pick("高血压 糖尿病 骨折 肺炎"),
			fmt.Sprint(5000 + r.IntN(20000)), luhn(fmt.Sprintf("622202%012d", r.Int64N(1e12))), "沪" + pick("A B C D") + fmt.Sprintf("%05d", r.IntN(1e5)),
			fmt.Sprintf("u%d@example.com", r.IntN(1e6)), pick("男 女"), fmt.Sprintf("%d-%02d-%02d", year, 1+r.IntN(12), 1+r.IntN(28)),
			fmt.Sprintf("E%08d", r.IntN(1e8)), note, fmt.Sprintf("10.%d.%d.%d", r.IntN(256), r.IntN(256), r.IntN(256)), luhn(fmt.Sprintf("35693803%06d", r.IntN(1e6))),
		})
	}
	return out
}

func TestChineseTable(t *testing.T) {
	src := hospital(600)
	people := map[string]bool{}
	noted := int64(0)
	for _, r := range src.cells[1:] {
		people[r[1]] = true
		if strings.Contains(r[13], "139") {
			noted++
		}
	}
	newest, err := element.Builtin().ParseView(element.Builtin().Classifications()[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	p := profileSource(t, src, profile.Options{Sensitive: newest}).Profile
	want := []string{
		"姓名=person_name_zh", "身份证号=cn_resident_id", "手机号=mobile_cn", "地址=postal_address_zh", "会员号=membership", "诊断=diagnosis!", "工资=salary_income!",
		"银行卡号=bank_card!", "车牌号=licence_plate_cn", "邮箱=email", "性别=sex_gender", "出生日期=date_of_birth", "护照号=cn_passport", "备注=review_text", "登录IP=ip_address", "设备IMEI=imei_meid",
	}
	if diff := cmp.Diff(want, brief(p)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(fmt.Sprintf("身份证号 %d/%d/- aggregation,personal_table", len(people), len(people)), subjects(p)); diff != "" {
		t.Error(diff)
	}
	c, _ := p.Column("备注")
	if diff := cmp.Diff([]dataspace.Contained{{Element: "mobile_cn", Rows: noted}}, c.Contains); diff != "" || !c.Personal {
		t.Error("note:", diff)
	}
	if stricter := profileSource(t, src, profile.Options{}).Profile; !stricter.Columns[1].Sensitive {
		t.Error("the older list does not count")
	}
	if src.reads != 2 {
		t.Errorf("%d reads for two runs", src.reads)
	}
}

// Only the values decide here: the headers say nothing.
func TestValuesAlone(t *testing.T) {
	src := hospital(300)
	for i := range src.cells[0] {
		src.cells[0][i] = fmt.Sprintf("f%d", i)
	}
	got := brief(profileSource(t, src, profile.Options{}).Profile)
	for _, want := range []string{"f1=cn_resident_id!", "f2=mobile_cn", "f3=postal_address_zh", "f7=bank_card!", "f8=licence_plate_cn", "f9=email", "f14=ip_address", "f15=imei_meid"} {
		if !slices.Contains(got, want) {
			t.Errorf("no %s in %v", want, got)
		}
	}
}

func TestPlainNumbersAreNobody(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	src := &rows{cells: [][]string{{"a", "b", "c", "d", "e", "f", "g", "id"}}}
	for i := range 500 {
		src.cells = append(src.cells, []string{
			fmt.Sprint(r.Int64N(1e16)), fmt.Sprint(1e15 + float64(r.Int64N(1e14))), fmt.Sprintf("%015d", r.Int64N(1e15)), fmt.Sprint(13800000000 + int64(i)),
			fmt.Sprintf("%.5f", r.Float64()), fmt.Sprint(1673395200000 + r.Int64N(1e9)), fmt.Sprintf("%06d", r.IntN(1e6)), fmt.Sprint(i + 1),
		})
	}
	p := profileSource(t, src, profile.Options{}).Profile
	for _, c := range p.Columns {
		if c.Personal {
			t.Errorf("%s is personal: %v %v", c.Name, *c.Element, c.Evidence)
		}
	}
	if got := subjects(p); got != " 0/0/- " {
		t.Error(got)
	}
}

// TestSmallestBatches checks that the division of a source into batches changes
// nothing.
func TestSmallestBatches(t *testing.T) {
	key := make([]byte, 32)
	opt := profile.Options{Key: key, On: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}
	src := hospital(700)
	whole := profileSource(t, src, opt)
	src.batch = 7
	cut := profileSource(t, src, opt)
	a, b := whole.Profile, cut.Profile
	if diff := cmp.Diff(a, b); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(peopleOf(t, whole.Census, nil), peopleOf(t, cut.Census, nil)); diff != "" {
		t.Error(diff)
	}
}

// people reads a census; columns limits what leaves, nil is everything.
func peopleOf(t testing.TB, c *census.Census, columns []string) []string {
	t.Helper()
	var out []string
	last := ""
	err := c.Each(func(name string) bool { return columns == nil || slices.Contains(columns, name) }, yearly, func(p [16]byte, in people.Classes) error {
		h := fmt.Sprintf("%x", p)
		if h <= last {
			t.Errorf("%s after %s", h, last)
		}
		last = h
		out = append(out, fmt.Sprintf("%s %v %v", h, in&2 != 0, in&4 != 0))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestCensusCounts compares with a map, with so little memory that nearly
// everything is spilled and merged.
func TestCensusCounts(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(0, 400).Draw(rt, "rows")
		pool := rapid.IntRange(1, 300).Draw(rt, "people")
		src := &rows{name: "x", batch: rapid.IntRange(1, 100).Draw(rt, "batch"), cells: [][]string{{"email", "diagnosis", "salary", "age", "product"}}}
		type person struct{ diagnosis, salary, product, young bool }
		want := map[string]*person{}
		for i := range n {
			k := rapid.IntRange(0, pool).Draw(rt, "person")
			mail, id := fmt.Sprintf("P%d@Example.com", k), fmt.Sprint(k)
			if k == 0 {
				mail, id = "", fmt.Sprint("row", i)
			} else if k%3 == 0 && i%2 == 0 {
				mail = strings.ToLower(mail)
			}
			d, s, a := rapid.Bool().Draw(rt, "d"), rapid.Bool().Draw(rt, "s"), rapid.IntRange(10, 17).Draw(rt, "age")
			row := []string{mail, "", "", fmt.Sprint(a), "thing"}
			w := want[id]
			if w == nil {
				w = &person{}
				want[id] = w
			}
			if d {
				row[1], w.diagnosis = "fracture", true
			}
			if s {
				row[2], w.salary = "1000", true
			}
			w.product = true // some classification lists what people bought
			w.young = w.young || a < 14
			src.cells = append(src.cells, row)
		}
		res, err := profile.Run(context.Background(), src, profile.Options{Dir: dir, Memory: 1, On: time.Now(), Classes: yearly})
		if err != nil {
			rt.Fatal(err)
		}
		defer res.Census.Remove()
		if _, ok := res.Profile.Column("email"); !ok || res.Profile.Subjects.Key == nil {
			return // too few addresses to tell: every row counts, tested below
		}
		c, err := census.Open(res.Census.Path())
		if err != nil {
			rt.Fatal(err)
		}
		defer c.Close()
		for _, leaving := range [][]string{{"email", "diagnosis", "salary", "age", "product"}, {"email", "diagnosis"}, {"salary"}, {"product"}, {}} {
			var plain, sensitive, young int64
			for _, p := range want {
				switch {
				case len(leaving) == 0:
					continue
				case p.young, p.diagnosis && slices.Contains(leaving, "diagnosis") && flagged(res, "diagnosis"), p.salary && slices.Contains(leaving, "salary") && flagged(res, "salary"), p.product && slices.Contains(leaving, "product") && flagged(res, "product"):
					sensitive++
				default:
					plain++
				}
				if p.young {
					young++
				}
			}
			got, err := c.Count(func(name string) bool { return slices.Contains(leaving, name) }, yearly)
			if err != nil {
				rt.Fatal(err)
			}
			if diff := cmp.Diff(people.Totals{"non_sensitive": plain, "sensitive": sensitive, "under_14": young}, got); diff != "" {
				rt.Fatalf("leaving %v: %s", leaving, diff)
			}
		}
		if res.Census.People() != int64(len(want)) {
			rt.Fatalf("%d people, want %d", res.Census.People(), len(want))
		}
	})
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func flagged(res *profile.Result, column string) bool {
	c, ok := res.Profile.Column(column)
	return ok && c.Sensitive
}

func TestUnknownPeopleCount(t *testing.T) {
	src := &rows{name: "a.csv", cells: [][]string{{"name", "diagnosis"}}}
	for i := range 50 {
		src.cells = append(src.cells, []string{[]string{"James Smith", "Mary Jones"}[i%2], "fracture"})
	}
	key := make([]byte, 32)
	a := profileSource(t, src, profile.Options{Key: key})
	if got := subjects(a.Profile); got != " 50/50/- aggregation,personal_table" {
		t.Error(got)
	}
	// The same rows of the same source are the same people, another file's are
	// not.
	if diff := cmp.Diff(peopleOf(t, a.Census, nil), peopleOf(t, profileSource(t, src, profile.Options{Key: key}).Census, nil)); diff != "" {
		t.Error(diff)
	}
	for _, r := range src.cells[1:] {
		r[1] = "pneumonia"
	}
	other := peopleOf(t, profileSource(t, src, profile.Options{Key: key}).Census, nil)
	for _, p := range peopleOf(t, a.Census, nil) {
		if slices.Contains(other, p) {
			t.Error("people of two files are taken for one")
		}
	}
}

// TestCountOnly makes the same profile and no file.
func TestCountOnly(t *testing.T) {
	opt := profile.Options{Key: make([]byte, 32), On: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), Classes: yearly}
	for name, src := range map[string]*rows{"people": hospital(700), "nobody": {cells: [][]string{{"city", "degrees"}, {"上海", "21"}}}} {
		want := profileSource(t, src, opt).Profile
		only := opt
		only.CountOnly, only.Dir = true, t.TempDir()
		res, err := profile.Run(t.Context(), src, only)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, res.Profile); diff != "" || res.Census != nil {
			t.Errorf("%s: a census or another profile: %s", name, diff)
		}
		if left, err := os.ReadDir(only.Dir); err != nil || len(left) > 0 {
			t.Errorf("%s: left behind: %v, %v", name, left, err)
		}
	}
}

// TestTwoCensuses hashes people by two algorithms: each census must be that of a
// run with its algorithm alone, with little memory too, and nobody may be in both.
func TestTwoCensuses(t *testing.T) {
	key := make([]byte, 32)
	on := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	m := made{rand.New(rand.NewPCG(81, 82))}
	notes := m.table("id,note", 60, func(i int) []string { return []string{fmt.Sprint(i), "asked for " + m.id() + " by phone"} })
	shared := m.table("phone,name", 60, func(i int) []string { return []string{fmt.Sprintf("138%08d", i/3), m.name()} })
	for name, src := range map[string]*rows{"identity numbers": hospital(700), "in texts": {cells: notes}, "shared numbers": {cells: shared}, "rows": {cells: [][]string{{"name", "diagnosis"}, {"James Smith", "fracture"}}}} {
		both := profileSource(t, src, profile.Options{Key: key, On: on, Hash: census.Algorithm, Also: census.OldAlgorithm, Memory: 1})
		if both.Also == nil {
			t.Errorf("%s: there is no second census", name)
			continue
		}
		defer both.Also.Remove()
		lists := map[string][]string{}
		for algorithm, c := range map[string]*census.Census{census.Algorithm: both.Census, census.OldAlgorithm: both.Also} {
			one := profileSource(t, src, profile.Options{Key: key, On: on, Hash: algorithm})
			if one.Also != nil {
				t.Errorf("%s: a second census that nobody wanted", name)
			}
			if diff := cmp.Diff(one.Profile, both.Profile); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
			if !c.Serves(algorithm) || c.Serves("") {
				t.Errorf("%s: the census does not say that its hashes are of %s", name, algorithm)
			}
			lists[algorithm] = peopleOf(t, c, nil)
			if diff := cmp.Diff(peopleOf(t, one.Census, nil), lists[algorithm]); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		for _, p := range lists[census.Algorithm] {
			if slices.Contains(lists[census.OldAlgorithm], p) {
				t.Errorf("%s: one hash by both algorithms", name)
			}
		}
	}
}

// TestSamePersonInTwoDatasets finds one e-mail address under two spellings.
func TestSamePersonInTwoDatasets(t *testing.T) {
	key := make([]byte, 32)
	a := &rows{cells: [][]string{{"email", "city"}}}
	b := &rows{cells: [][]string{{"amount", "e_mail"}}}
	for i := range 30 {
		a.cells = append(a.cells, []string{fmt.Sprintf("u%d@example.com", i), "上海"})
		b.cells = append(b.cells, []string{"5", fmt.Sprintf("U%d@EXAMPLE.com ", i+10)})
	}
	one, two := peopleOf(t, profileSource(t, a, profile.Options{Key: key}).Census, nil), peopleOf(t, profileSource(t, b, profile.Options{Key: key}).Census, nil)
	both := 0
	for _, p := range one {
		if slices.Contains(two, p) {
			both++
		}
	}
	if both != 20 {
		t.Errorf("%d people in both, want 20", both)
	}
}

// TestLateKey has its best key empty in the first batch: a second pass
// counts by it.
func TestLateKey(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	src := &rows{batch: 100, cells: [][]string{{"email", "f2"}}}
	ids := map[string]bool{}
	for i := range 2000 {
		id := ""
		if i >= 150 {
			id = residentID(r, 1960+r.IntN(10))
			ids[id] = true
		}
		src.cells = append(src.cells, []string{fmt.Sprintf("u%d@example.com", i%50), id})
	}
	p := profileSource(t, src, profile.Options{}).Profile
	if got := fmt.Sprint(p.Subjects.Key, *p.Subjects.Distinct); got != fmt.Sprint([]string{"f2"}, len(ids)+150) {
		t.Error(got)
	}
	if src.reads != 2 {
		t.Errorf("%d reads", src.reads)
	}
}

func TestTrajectoryAndUnder14(t *testing.T) {
	src := &rows{cells: [][]string{{"user_id", "time", "lat", "lon", "birthday"}}}
	r := rand.New(rand.NewPCG(7, 8))
	for i := range 200 {
		birth := "1990-05-05"
		if i%40 == 0 {
			birth = "2015-05-05"
		}
		src.cells = append(src.cells, []string{fmt.Sprintf("u%d", i%40), fmt.Sprintf("2026-01-01 10:%02d:00", i%60), fmt.Sprintf("31.%05d", r.IntN(1e5)), fmt.Sprintf("121.%05d", r.IntN(1e5)), birth})
	}
	p := profileSource(t, src, profile.Options{On: time.Date(2026, 6, 15, 0, 0, 0, 0, time.UTC)}).Profile
	if got := subjects(p); got != "user_id 40/40/1 aggregation,personal_table,trajectory_table,under14_rows" {
		t.Error(got)
	}
}

func TestFailures(t *testing.T) {
	dir := t.TempDir()
	broken := errors.New("broken row")
	src := hospital(50)
	src.fail = broken
	if _, err := profile.Run(context.Background(), src, profile.Options{Dir: dir, Memory: 1}); !errors.Is(err, broken) {
		t.Errorf("err = %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := profile.Run(ctx, hospital(50), profile.Options{Dir: dir}); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	if _, err := profile.Run(context.Background(), hospital(5), profile.Options{Key: []byte("short"), Dir: dir}); !errors.Is(err, dataspace.ErrInvalid) {
		t.Errorf("err = %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := census.Open(filepath.Join(dir, "none")); !errors.Is(err, dataspace.ErrNotFound) {
		t.Errorf("err = %v", err)
	}
}

func TestEmptyTable(t *testing.T) {
	p := profileSource(t, &rows{cells: [][]string{{"email", "x"}}}, profile.Options{}).Profile
	if p.Rows != 0 || *p.Subjects.Distinct != 0 || p.Columns[1].Type != "null" {
		t.Errorf("%+v", p)
	}
}

// TestDamagedCensus flips each kind of byte.
func TestDamagedCensus(t *testing.T) {
	res := profileSource(t, hospital(40), profile.Options{})
	raw, err := os.ReadFile(res.Census.Path())
	if err != nil {
		t.Fatal(err)
	}
	size := int(binary.BigEndian.Uint32(raw[len(raw)-8:]))
	for _, at := range []int{0, 16, 100, len(raw) - 8 - size, len(raw) - 5, len(raw) - 1} {
		bad := slices.Clone(raw)
		bad[at] ^= 1
		path := filepath.Join(t.TempDir(), "x.census")
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := census.Open(path)
		if err == nil {
			_, err = c.Count(func(string) bool { return true }, yearly)
			_ = c.Close()
		}
		if !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("byte %d: %v", at, err)
		}
	}
}

func TestNoValueInTheProfile(t *testing.T) {
	src := hospital(100)
	p := profileSource(t, src, profile.Options{}).Profile
	raw, err := dataspace.NewDocument(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range src.cells[1:] {
		for _, i := range []int{0, 1, 2, 3, 4, 7, 8, 9, 12} {
			if strings.Contains(string(raw), row[i]) {
				t.Fatalf("column %d leaks", i)
			}
		}
	}
}
