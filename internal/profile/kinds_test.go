package profile_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/profile"
	"hutong/internal/table"
)

func (n numbers) digits(k int) string { return fmt.Sprintf("%0*d", k, n.Int64N(1e15))[:k] }
func (n numbers) one(list ...string) string {
	return list[n.IntN(len(list))]
}
func (n numbers) from(list string) string {
	r := []rune(list)
	return string(r[n.IntN(len(r))])
}

// TestKindsWithoutHeader: columns of which only the values say what they are.
func TestKindsWithoutHeader(t *testing.T) {
	n := numbers{rand.New(rand.NewPCG(8, 9))}
	tests := []struct {
		name  string
		value func() string
		want  dataspace.ElementID
	}{
		{"masked mobiles", func() string { return "15" + n.digits(1) + "****" + n.digits(4) }, "masked_mobile"},
		{"masked mobiles, another sign", func() string { return "13" + n.digits(1) + "●●●●" + n.digits(4) }, "masked_mobile"},
		{"masked resident numbers", func() string { return "4403" + strings.Repeat("*", 10) + n.digits(4) }, "masked_identity_number"},
		{"masked cards", func() string { return "#### #### #### " + n.digits(4) }, "masked_card"},
		{"masked names", func() string { return n.from("宋唐许韩冯") + "*" + n.from("佳欣怡晨浩宇") }, "masked_name"},
		{"masked names in traditional characters", func() string { return n.from("陳劉鄭謝") + "○" + n.from("佳欣怡晨浩宇") }, "masked_name"},
		{"masked addresses of mail", func() string {
			return n.from("klmnopq") + "****" + n.from("abcde") + "@" + n.one("example.com", "mail.example.cn")
		}, "masked_email"},
		{"positions in a cell", func() string { return fmt.Sprintf("%.5f,%.5f", 23+n.Float64(), 113+n.Float64()) }, "precise_location"},
		{"tracks in a cell", func() string {
			return fmt.Sprintf("LINESTRING(%.4f 39.9012, 116.3911 39.9%03d, 116.4012 39.9042)", 116+n.Float64(), n.IntN(1000))
		}, "trajectory"},
		{"codes of diseases", func() string {
			return n.one("J45.901", "N20.000", "K80.200", "D25.900", "M51.202", "H25.900", "I20.000", "E04.902", "G20.x00", "L20.900", "O80.000", "R51.x00", "S52.500", "Z51.100")
		}, "diagnosis"},
		{"diseases", func() string {
			return n.one("慢性支气管炎", "缺铁性贫血", "子宫肌瘤", "颈椎间盘突出症", "病毒性感冒伴发热", "泌尿系感染", "左侧桡骨骨折")
		}, "diagnosis"},
		{"drugs", func() string {
			return n.one("左氧氟沙星片", "瑞舒伐他汀钙片", "缬沙坦胶囊", "头孢克肟分散片", "葡萄糖注射液", "甘草口服液")
		}, "medication"},
		{"drugs in English", func() string {
			return n.one("Rosuvastatin 10 mg", "Valsartan", "Levofloxacin", "Cefixime", "Esomeprazole", "Bisoprolol")
		}, "medication"},
		{"types of blood", func() string { return n.one("A", "B", "O", "AB") }, "blood_type"},
		{"names in traditional characters", func() string { return n.from("蕭葉鍾龔賴") + n.from("家雅宗") + n.from("豪婷翰儀萱") }, "person_name_zh"},
		{"addresses in Taiwan", func() string {
			return n.one("臺中市西屯區", "花蓮縣吉安鄉", "新北市淡水區") + n.one("文心路", "中正路") + n.one("二段", "") + n.digits(2) + "號" + n.one("6樓", "2樓之1")
		}, "postal_address_zh"},
		{"addresses in Hong Kong", func() string {
			return n.one("九龍油麻地", "新界荃灣") + n.one("上海街", "青山公路") + n.digits(2) + "號" + n.one("富華大廈", "麗城花園") + n.digits(1) + "樓B室"
		}, "postal_address_zh"},
		{"numbers of WeChat", func() string { return "wxid_" + n.digits(12) + n.from("abc") + n.from("xyz") }, "im_account"},

		{"grades", func() string { return n.one("A", "B", "C", "D", "A+") }, ""},
		{"codes of shelves", func() string { return n.from("ABCDEFG") + n.digits(2) + "." + n.digits(1) }, ""},
		{"measurements", func() string { return fmt.Sprintf("%.5f", 20+n.Float64()) }, ""},
		{"sizes", func() string { return fmt.Sprintf("%dx%d", 100+n.IntN(900), 100+n.IntN(900)) }, ""},
		{"stars", func() string { return strings.Repeat("*", 1+n.IntN(5)) }, ""},
		{"electronics", func() string { return n.one("芯片", "图片", "蓝牙耳机", "充电线", "手机壳", "键盘") }, ""},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			var values []string
			for range 300 {
				values = append(values, tc.value())
			}
			c := profileSource(t, oneColumn(values), profile.Options{}).Profile.Columns[0]
			got := dataspace.ElementID("")
			if c.Element != nil {
				got = *c.Element
			}
			if got != tc.want && (tc.want != "" || got == "diagnosis" || got == "medication" || got == "blood_type" && c.Band == dataspace.BandAccept || c.Personal) {
				t.Errorf("%q (%s), want %q: %+v", got, values[0], tc.want, c)
			}
		})
	}
}

// A comment of the source says what a column with a short name is, but only a
// title, not a text about other things.
func TestComment(t *testing.T) {
	for comment, want := range map[string]dataspace.ElementID{"": "", "血压，单位mmHg": "lab_vital", "月薪（税前）": "salary_income", "not the 月薪 of anybody, but what a machine costs in a month of use in the plant": ""} {
		src := &commented{rows{name: "t", cells: [][]string{{"c1"}, {"120"}, {"5300"}, {"118"}}}, comment}
		c := profileSource(t, src, profile.Options{}).Profile.Columns[0]
		got := dataspace.ElementID("")
		if c.Element != nil {
			got = *c.Element
		}
		if got != want {
			t.Errorf("%q: %q", comment, got)
		}
		if want != "" && !strings.Contains(strings.Join(c.Evidence, " "), "in the comment") {
			t.Errorf("%q: %v", comment, c.Evidence)
		}
	}
}

// commented is a table whose only column has a comment.
type commented struct {
	rows
	comment string
}

func (c *commented) Read(ctx context.Context) (table.Reader, error) {
	r, err := c.rows.Read(ctx)
	if err != nil {
		return nil, err
	}
	schema := r.Schema()
	schema.Fields[0].Comment = c.comment
	return &withSchema{r, schema}, nil
}

// withSchema is a reader with another schema.
type withSchema struct {
	table.Reader
	schema table.Schema
}

func (w *withSchema) Schema() table.Schema { return w.schema }

// A masked value that most rows share tells nobody apart.
func TestMasked(t *testing.T) {
	n := numbers{rand.New(rand.NewPCG(1, 9))}
	column := func(value func() string) *dataspace.Masked {
		var values []string
		for range 200 {
			values = append(values, value())
		}
		return profileSource(t, oneColumn(values), profile.Options{}).Profile.Columns[0].Masked
	}
	got := column(func() string { return "139****" + n.digits(4) })
	if got == nil || *got != (dataspace.Masked{Of: "mobile_cn", SinglesOut: true}) {
		t.Errorf("mobiles: %+v", got)
	}
	got = column(func() string { return n.from("王李张") + "**" })
	if got == nil || *got != (dataspace.Masked{Of: "person_name_zh"}) {
		t.Errorf("names: %+v", got)
	}
	if got = column(n.mobile); got != nil {
		t.Errorf("not masked: %+v", got)
	}
}

// TestPairs: two columns are positions only together, and only where people live.
func TestPairs(t *testing.T) {
	n := numbers{rand.New(rand.NewPCG(4, 9))}
	found := func(header string, a, b func() float64) bool {
		src := &rows{cells: [][]string{strings.Split(header, ",")}, name: "t"}
		for range 100 {
			src.cells = append(src.cells, []string{fmt.Sprintf("%.5f", a()), fmt.Sprintf("%.5f", b())})
		}
		c := profileSource(t, src, profile.Options{}).Profile.Columns
		is := func(i int) bool { return c[i].Element != nil && *c[i].Element == "precise_location" }
		return is(0) && is(1)
	}
	around := func(x float64) func() float64 { return func() float64 { return x + n.Float64() } }
	for name, tc := range map[string]struct {
		header string
		a, b   func() float64
		want   bool
	}{
		"Chengdu":            {"column_1,column_2", around(30), around(104), true},
		"longitude first":    {"column_1,column_2", around(104), around(30), true},
		"Denver":             {"v1,v2", around(39), around(-105), true},
		"the South Sea":      {"v1,v2", around(-50), around(-140), false},
		"two small numbers":  {"v1,v2", around(0), around(0), false},
		"amounts and prices": {"amount,price", around(30), around(104), false},
	} {
		if got := found(tc.header, tc.a, tc.b); got != tc.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Points in the order of their times are a track, in two columns and in one, also if
// no column says whose. Places in any order are none.
func TestTrack(t *testing.T) {
	n := numbers{rand.New(rand.NewPCG(3, 3))}
	track := func(pairs, shuffled bool, step float64) bool {
		src := &rows{name: "t", cells: [][]string{{"v1", "v2", "v3"}}}
		lat, lon := 30.5, 104.0
		for i := range 120 {
			lat, lon = lat+step*(n.Float64()-.5), lon+step*(n.Float64()-.5)
			row := []string{fmt.Sprintf("2026-03-%02d %02d:00:00", 1+i/24, i%24), fmt.Sprintf("%.5f", lat), fmt.Sprintf("%.5f", lon)}
			if pairs {
				row = []string{row[0], row[1] + "," + row[2], fmt.Sprint(i)}
			}
			src.cells = append(src.cells, row)
		}
		if shuffled {
			body := src.cells[1:]
			n.Shuffle(len(body), func(i, j int) { body[i], body[j] = body[j], body[i] })
		}
		return slices.Contains(profileSource(t, src, profile.Options{}).Profile.Derived, profile.TrajectoryTable)
	}
	for _, pairs := range []bool{false, true} {
		for _, shuffled := range []bool{false, true} {
			if !track(pairs, shuffled, .01) {
				t.Errorf("a way is no track: pairs %v, shuffled %v", pairs, shuffled)
			}
			if track(pairs, shuffled, 3) {
				t.Errorf("places far from each other are a track: pairs %v, shuffled %v", pairs, shuffled)
			}
		}
	}
}
