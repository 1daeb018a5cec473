package main

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

//go:embed schemas.txt
var schemasText string

// schema is a table of a database with what its columns are.
type schema struct {
	system, name string
	columns      []schemaColumn
}

// schemaColumn is a line of a schema.
type schemaColumn struct{ name, mark, values, comment string }

const schemaRows = 120

// schemas measures which columns of databases of common kinds of systems are
// found to be personal: with rows and without, and with comments and without.
func schemas(ctx context.Context, b *bench, r *report) error {
	list, err := readSchemas(schemasText)
	if err != nil {
		return err
	}
	columns := 0
	for _, s := range list {
		columns += len(s.columns)
	}
	r.generated("%d tables with %d columns of %d rows; the truth is bench/profile/schemas.txt, written by hand", len(list), columns, schemaRows)
	var whole counts
	bySystem := map[string]*counts{}
	var systems []string
	ways := []struct {
		name           string
		rows, comments bool
		counts
	}{{name: "with rows", rows: true}, {name: "with rows and comments", rows: true, comments: true}, {name: "without rows"}, {name: "without rows, with comments", comments: true}}
	for w := range ways {
		way := &ways[w]
		for i, s := range list {
			if way.comments && !s.commented() {
				continue
			}
			t, err := s.table(newMaker("schemas", i), way.rows, way.comments)
			if err != nil {
				return err
			}
			cs, err := b.table(ctx, s.name, t)
			if err != nil {
				return fmt.Errorf("%s.%s: %w", s.system, s.name, err)
			}
			of := bySystem[s.system]
			if of == nil {
				of = &counts{}
				bySystem[s.system] = of
				systems = append(systems, s.system)
			}
			for k, c := range cs {
				mark := s.columns[k].mark
				for _, to := range []*counts{&whole, of, &way.counts} {
					to.add(mark, c.Personal)
				}
				if mark == "either" {
					continue
				}
				if (mark == "yes") != c.Personal {
					r.wrong("%s: %s.%s, %s: personal %v, said %v: %s", s.system, s.name, c.Name, way.name, mark == "yes", c.Personal, named(c))
				}
				if way.rows && !way.comments { // each column once, and none of which nothing can be accepted
					b.judge(c, (mark == "yes") == c.Personal)
				}
			}
		}
	}
	r.atLeast(.95, "precision of personal columns", share(whole.right, whole.right+whole.wrong), outOf(whole.right, whole.right+whole.wrong))
	r.atLeast(.90, "recall of personal columns", share(whole.right, whole.right+whole.missed), outOf(whole.right, whole.right+whole.missed))
	r.Head = []string{"tables", "columns", "personal and found", "missed", "wrong", "precision", "recall"}
	for _, w := range ways {
		r.Rows = append(r.Rows, w.row(w.name))
	}
	r.Rows = append(r.Rows, []string{"", "", "", "", "", "", ""})
	for _, name := range systems {
		r.Rows = append(r.Rows, bySystem[name].row(name))
	}
	return nil
}

// counts are columns by what was said of them.
type counts struct{ columns, right, missed, wrong int }

// add counts a column by its mark.
func (c *counts) add(mark string, personal bool) {
	c.columns++
	switch {
	case mark == "either":
	case mark == "yes" && personal:
		c.right++
	case mark == "yes":
		c.missed++
	case personal:
		c.wrong++
	}
}

func (c *counts) row(name string) []string {
	return []string{name, fmt.Sprint(c.columns), fmt.Sprint(c.right), fmt.Sprint(c.missed), fmt.Sprint(c.wrong),
		fmt.Sprintf("%.3f", share(c.right, c.right+c.wrong)), fmt.Sprintf("%.3f", share(c.right, c.right+c.missed))}
}

// readSchemas reads the form that schemas.txt describes.
func readSchemas(text string) (out []schema, err error) {
	system := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		first, rest, _ := strings.Cut(line, " ")
		rest = strings.TrimSpace(rest)
		switch {
		case line == "" || first == "#":
		case first == "system":
			system = rest
		case first == "table":
			name, _, _ := strings.Cut(rest, " ")
			out = append(out, schema{system: system, name: name})
		default:
			mark, rest, _ := strings.Cut(rest, " ")
			values, comment, _ := strings.Cut(strings.TrimSpace(rest), "  ")
			if !slices.Contains([]string{"yes", "no", "either"}, mark) || values == "" || len(out) == 0 {
				return nil, fmt.Errorf("schemas.txt: %q is no column", line)
			}
			at := len(out) - 1
			out[at].columns = append(out[at].columns, schemaColumn{first, mark, values, strings.TrimSpace(comment)})
		}
	}
	return out, nil
}

func (s *schema) commented() bool {
	return slices.ContainsFunc(s.columns, func(c schemaColumn) bool { return c.comment != "" })
}

// table makes the columns.
func (s *schema) table(m maker, rows, comments bool) ([]column, error) {
	out := make([]column, len(s.columns))
	for i, c := range s.columns {
		out[i] = column{name: c.name}
		if comments {
			out[i].comment = c.comment
		}
		next, err := m.of(c.values)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", s.name, c.name, err)
		}
		for n := range schemaRows {
			if rows {
				out[i].values = append(out[i].values, next(n))
			}
		}
	}
	return out, nil
}

// of is what makes the values of a column, by its word in schemas.txt.
func (m maker) of(values string) (func(n int) string, error) {
	kind, take, _ := strings.Cut(values, ":")
	first, last, _ := strings.Cut(take, "-")
	from, _ := strconv.Atoi(first)
	to, err := strconv.Atoi(last)
	if simple, ok := schemaValues[kind]; ok && take == "" {
		return func(int) string { return simple(m) }, nil
	}
	switch {
	case kind == "seq":
		return func(n int) string { return fmt.Sprint(n + 1) }, nil
	case kind == "of" && take != "":
		list := strings.Split(take, "|")
		return func(int) string { return m.one(list...) }, nil
	case kind == "num" && err == nil && to >= from:
		return func(int) string { return fmt.Sprint(from + m.IntN(to-from+1)) }, nil
	case kind == "code" && err == nil:
		return func(int) string { return first + m.digits(to) }, nil
	case kind == "digits" && from > 0:
		return func(int) string { return m.from("123456789", 1) + m.digits(from-1) }, nil
	case kind == "hex" && from > 0:
		return func(int) string { return m.from("0123456789abcdef", from) }, nil
	}
	return nil, fmt.Errorf("no maker %q", values)
}

// schemaValues are the makers without arguments.
var schemaValues = map[string]func(maker) string{
	"first": func(m maker) string { return m.one(firstNames...) }, "last": func(m maker) string { return m.one(lastNames...) },
	"nameEN": maker.nameLatin, "nameZH": maker.nameZH, "mobile": maker.mobile, "landline": maker.landline, "email": maker.email,
	"addrZH": maker.addressZH, "addrEN": maker.addressLatin, "resident": resident, "ssn": ssn, "ip": maker.ip, "plate": maker.plate,
	"vin": vin, "box": container, "firmZH": maker.company, "ts": maker.timestamp, "agent": browser,
	"birth":    func(m maker) string { return m.birthDate("%04d-%02d-%02d") },
	"date":     func(m maker) string { return m.timestamp()[:len("2024-01-01")] },
	"money":    func(m maker) string { return fmt.Sprintf("%d.%02d", m.IntN(4000), m.IntN(100)) },
	"flag":     func(m maker) string { return m.one("0", "1") },
	"hash":     func(m maker) string { return m.from("0123456789abcdef", 32) },
	"bcrypt":   func(m maker) string { return "$2a$10$" + m.from(alphanumeric+"abcdefghijklmnopqrstuvwxyz./", 53) },
	"openid":   func(m maker) string { return "o" + m.from(alphanumeric+"abcdefghijklmnopqrstuvwxyz-_", 27) },
	"zip":      func(m maker) string { return m.from("123456", 1) + m.digits(5) },
	"ext":      func(m maker) string { return m.from("68", 1) + m.digits(3) },
	"port":     func(m maker) string { return m.one("CNSHA", "SGSIN", "NLRTM", "DEHAM", "USLAX", "HKHKG") },
	"lat":      func(m maker) string { return fmt.Sprintf("%.6f", 22+m.Float64()*18) },
	"lng":      func(m maker) string { return fmt.Sprintf("%.6f", 104+m.Float64()*17) },
	"card":     card,
	"mac":      maker.mac,
	"icd":      func(m maker) string { return m.one("I10", "E11.9", "J18.9", "K35.8", "I63.9", "M51.2", "J45.9") },
	"subject":  func(m maker) string { return m.digits(2) + "-" + m.digits(3) + "-" + m.digits(4) },
	"town":     func(m maker) string { return m.one(towns...) },
	"province": func(m maker) string { return m.one("浙江省", "广东省", "江苏省", "四川省") },
	"city":     func(m maker) string { return m.one("杭州市", "深圳市", "南京市", "成都市") },
	"district": func(m maker) string { return m.one("西湖区", "南山区", "鼓楼区", "武侯区") },
	"jobZH":    func(m maker) string { return m.one(jobs...) }, "diagZH": func(m maker) string { return m.one(diagnoses...) },
	"goodsZH": func(m maker) string { return m.one(brands...) + m.one(goods...) }, "brandZH": func(m maker) string { return m.one(brands...) },
	"goodsEN": func(m maker) string { return m.one(qualities...) + " " + m.one(articles...) },
	"brandEN": func(m maker) string { return m.one("Nordlux", "Tefora", "Casamia", "Brillo", "Hartwell", "Oxley") },
	"firmEN": func(m maker) string {
		return m.one(firmWords...) + " " + m.one("Ltd", "GmbH", "Trading Co.", "Logistics Inc.", "BV")
	},
	"staffEN": func(m maker) string { return m.one("admin", "zhangwei", "li.na", "ops01", "kwong", "mbrown") },
	"login":   func(m maker) string { return m.from("abcdefghijklmnopqrstuvwxyz", 4+m.IntN(5)) + m.digits(m.IntN(4)) },
	"nick": func(m maker) string {
		return m.one("小", "大", "阿", "快乐的", "Dark", "lucky") + m.one("鱼", "猫", "星星", "Knight", "风", "77")
	},
	"url":      func(m maker) string { return "https://static.example.org/a/" + m.from("0123456789abcdef", 12) + ".jpg" },
	"slug":     func(m maker) string { return strings.ReplaceAll(strings.ToLower(title(m)), " ", "-") },
	"approval": func(m maker) string { return "国药准字H" + m.digits(8) },
	"drugZH": func(m maker) string {
		return m.one("阿莫西林", "头孢克肟", "布洛芬", "奥美拉唑", "氯雷他定") + m.one("胶囊", "片", "缓释片", "颗粒")
	},
	"drugEN": func(m maker) string {
		return m.one("amoxicillin", "ibuprofen", "omeprazole", "loratadine", "metformin")
	},
	"titleEN": title, "adEN": advert, "adZH": advertZH, "textEN": maker.sentence,
	"textZH": func(m maker) string {
		return m.one("请尽快发货，", "收到的商品", "昨天开始", "麻烦放到门口，", "页面一直") + m.one("谢谢", "有一点破损", "头疼发热", "不要打电话", "打不开，请处理")
	},
}

var (
	qualities = strings.Fields("Blue Steel Oak Folding Compact Heavy Soft Garden Travel Wireless")
	articles  = strings.Fields("Kettle Lamp Chair Scarf Bottle Hose Table Speaker Towel Backpack")
	firmWords = strings.Fields("Nordwind Cobalt Baltic Harbour Sunrise Evergrow Redstone Bluewater")
)

func title(m maker) string {
	return m.one("Ten ways to", "Why we", "How to", "A guide to", "The best of") + " " + m.one("repair your bike", "brew coffee", "plan a garden", "save energy", "pack light")
}

// advert is a text that sells something and names nobody.
func advert(m maker) string {
	return m.one("Our new", "This light and robust", "The popular", "A simple") + " " + strings.ToLower(m.one(articles...)) + " " +
		m.one("keeps your drinks warm for hours.", "is made of recycled steel and comes with a case.", "fits into every bag, and it is easy to clean.", "was designed for daily use in the kitchen.")
}

func advertZH(m maker) string {
	return m.one("全新升级，", "限时特惠，", "匠心之作，", "新品上市，", "轻薄机身，", "大牌低价，") + m.one("满两件打九折", "双摄变焦，拍照更清晰", "柔软亲肤，适合全家人", "大容量电池，续航更持久", "精选优质面料，穿着舒适", "高清大屏，尽享视听")
}

func browser(m maker) string {
	return "Mozilla/5.0 (" + m.one("Windows NT 10.0; Win64; x64", "X11; Linux x86_64", "Macintosh; Intel Mac OS X 14_1") + ") AppleWebKit/537.36 (KHTML, like Gecko) Chrome/12" + m.digits(1) + ".0.0.0 Safari/537.36"
}
