package main

import (
	"context"
	"fmt"

	"hutong/internal/dataspace"
	"hutong/internal/odds"
)

// things are columns of tables without people, with names that such columns
// have.
func things() []struct {
	name  string
	value func(m maker, i int) string
} {
	type list = []struct {
		name  string
		value func(m maker, i int) string
	}
	of := func(values ...string) func(maker, int) string {
		return func(m maker, _ int) string { return m.one(values...) }
	}
	out := list{
		{"order_no", func(m maker, _ int) string { return "SO" + m.digits(10) }},
		{"order_id", func(_ maker, i int) string { return fmt.Sprint(100001 + i) }},
		{"sku", func(m maker, _ int) string { return m.from(upperLetters, 3) + "-" + m.digits(4) }},
		{"barcode", func(m maker, _ int) string { return m.ean("69") }},
		{"product_name", func(m maker, _ int) string { return m.one(brands...) + m.one(goods...) }},
		{"商品名称", func(m maker, _ int) string { return m.one(goods...) }},
		{"品牌", func(m maker, _ int) string { return m.one(brands...) }},
		{"quantity", func(m maker, _ int) string { return fmt.Sprint(1 + m.IntN(500)) }},
		{"unit_price", func(m maker, _ int) string { return fmt.Sprintf("%.2f", m.Float64()*5000) }},
		{"total", func(m maker, _ int) string { return fmt.Sprintf("%.2f", m.Float64()*90000) }},
		{"discount", func(m maker, _ int) string { return fmt.Sprintf("%.3f", m.Float64()) }},
		{"status", of("open", "closed", "pending", "failed")},
		{"created_at", func(m maker, _ int) string { return m.timestamp() }},
		{"ts", func(m maker, _ int) string { return fmt.Sprint(1700000000000 + m.Int64N(9e10)) }},
		{"day", of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")},
		{"month", of("January", "February", "March", "April", "May", "June", "July", "August")},
		{"temperature", func(m maker, _ int) string { return fmt.Sprintf("%.1f", m.NormFloat64()*12+10) }},
		{"pressure_hpa", func(m maker, _ int) string { return fmt.Sprintf("%.1f", 1013+m.NormFloat64()*9) }},
		{"sensor_id", func(m maker, _ int) string { return "S" + m.digits(4) }},
		{"machine", of("CNC-01", "CNC-02", "Lathe 3", "Press A", "Press B")},
		{"material", of("steel", "aluminium", "copper", "brass", "plastic", "rubber", "glass")},
		{"colour", of("red", "green", "blue", "black", "white", "amber", "violet", "olive", "rose", "jade")},
		{"颜色", of("红色", "黄色", "白色", "蓝色", "黑色", "金色", "紫色")},
		{"部件", of("马达", "齿轮", "方向盘", "轮胎", "金属片", "石墨", "水泵", "江轮", "安全阀", "高压管")},
		{"植物", of("白杨", "黄连", "马兰", "石榴", "杨梅", "李子", "梅花", "牛蒡", "金银花", "方竹")},
		{"currency", of("CNY", "USD", "EUR", "JPY", "HKD")},
		{"hs_code", func(m maker, _ int) string { return m.digits(4) + "." + m.digits(2) + "." + m.digits(2) }},
		{"hash", func(m maker, _ int) string { return m.from("0123456789abcdef", 64) }},
		{"uuid", func(m maker, _ int) string { return m.uuid() }},
		{"version", func(m maker, _ int) string { return fmt.Sprintf("%d.%d.%d", m.IntN(9), m.IntN(20), m.IntN(90)) }},
		{"file", func(m maker, _ int) string { return m.from("abcdefghijkl", 8) + "_" + m.digits(8) + ".csv" }},
		{"isbn", func(m maker, _ int) string { return m.ean("978") }},
		{"gtin14", func(m maker, _ int) string { return m.digits(14) }},
		{"serial", func(m maker, _ int) string { return m.digits(15) }},
		{"batch_no", func(m maker, _ int) string {
			return fmt.Sprintf("25%02d%02d", 1+m.IntN(12), 1+m.IntN(28)) + m.digits(5)
		}},
		{"流水号", func(m maker, _ int) string {
			return fmt.Sprintf("2025%02d%02d", 1+m.IntN(12), 1+m.IntN(28)) + m.digits(10)
		}},
		{"transaction_ref", func(m maker, _ int) string { return "1" + m.digits(10) }},
		{"ticket", func(m maker, _ int) string { return m.from(upperLetters, 1) + m.digits(7) }},
		{"lot", func(m maker, _ int) string { return m.from(upperLetters, 1) + m.digits(9) }},
		{"ref16", func(m maker, _ int) string { return m.digits(16) }},
		{"ref18", func(m maker, _ int) string { return m.digits(18) }},
		{"ref12", func(m maker, _ int) string { return m.digits(12) }},
		{"code8", func(m maker, _ int) string { return m.digits(8) }},
		{"counter", func(_ maker, i int) string { return fmt.Sprint(13800000000 + i) }},
		{"measure", func(m maker, _ int) string { return fmt.Sprintf("%.8f", m.Float64()*100) }},
		{"big", func(m maker, _ int) string { return fmt.Sprint(m.Int64N(9e17)) }},
		{"dimensions", func(m maker, _ int) string { return fmt.Sprintf("%dx%dx%d", m.IntN(99), m.IntN(99), m.IntN(99)) }},
		{"interval", func(m maker, _ int) string {
			return fmt.Sprintf("%d-%d-%d", 100+m.IntN(900), 100+m.IntN(900), 1000+m.IntN(9000))
		}},
		{"phase", of("Alpha", "Beta", "Gamma", "Delta")},
		{"planet", of("Mercury", "Venus", "Mars", "Jupiter", "Saturn")},
		{"port", of("Shanghai", "Ningbo", "Singapore", "Rotterdam", "Hamburg", "Busan")},
		{"city", of("Paris", "Florence", "Austin", "Jackson", "Charlotte", "Lincoln", "Madison", "Victoria")},
		{"城市", of("上海", "北京", "杭州", "南京", "马鞍山", "黄山", "金华", "安庆", "常州", "温州")},
		{"log", func(m maker, _ int) string { return m.sentence() }},
		{"flight", func(m maker, _ int) string { return m.one("MU", "CA", "CZ", "HU") + m.digits(4) }},
		{"gate", func(m maker, _ int) string { return m.from("ABCD", 1) + m.digits(2) }},
		{"element", of("H", "He", "Li", "Be", "C", "N", "O", "F", "Ne", "Na", "Mg", "Al")},
		{"grade", of("A", "B", "C", "D", "AB", "O")},
		{"flag", of("Y", "N")},
		{"m", of("M", "F")},
	}
	return out
}

const (
	thingRows   = 300
	thingTables = 84 // of each, with names and without
)

// negatives measures how often a column of a table without people is taken for
// one that identifies a person. Tables are generated; real ones are added from
// packages, see wheels.go.
func negatives(ctx context.Context, b *bench, r *report) error {
	list := things()
	r.generated("%d tables of %d columns and %d rows without people, with names and without", 2*thingTables, len(list), thingRows)
	r.Head = []string{"tables", "columns", "taken for a direct identifier", "of these accepted"}
	var made, real falses
	for n := range thingTables {
		for _, bare := range []bool{false, true} {
			m := newMaker("negatives", n)
			var t []column
			var names []string
			for i, c := range list {
				name := c.name
				if bare {
					name = fmt.Sprint("column_", i+1)
				}
				names = append(names, c.name)
				at := -1
				t = append(t, column{name: name, truth: plain, values: many(thingRows, func() string { at++; return c.value(m, at) })})
			}
			if err := b.nobody(ctx, r, "generated", t, names, &made); err != nil {
				return err
			}
		}
	}
	r.Rows = append(r.Rows, made.row("generated"))
	if b.options.wheels == "" {
		r.Skipped = append(r.Skipped, "real tables: no -wheels folder; see docs/explanation/accuracy.md")
	} else if err := b.wheels(ctx, r, &real); err != nil {
		return err
	}
	both := falses{made.columns + real.columns, made.wrong + real.wrong, made.accepted + real.accepted}
	r.atMost(5, "false direct identifiers in 10,000 columns", 1e4*share(both.wrong, max(1, both.columns)), outOf(both.wrong, both.columns))
	r.figure("of these accepted, in 10,000", 1e4*share(both.accepted, max(1, both.columns)), outOf(both.accepted, both.columns))
	return nil
}

// falses counts columns that are about nobody.
type falses struct{ columns, wrong, accepted int }

func (f falses) row(name string) []string {
	return []string{name, fmt.Sprint(f.columns), fmt.Sprint(f.wrong), fmt.Sprint(f.accepted)}
}

// nobody profiles a table without people and counts the columns that are taken
// for direct identifiers.
func (b *bench) nobody(ctx context.Context, r *report, table string, t []column, names []string, f *falses) error {
	cs, err := b.columns(ctx, t)
	if err != nil {
		return err
	}
	for i, c := range cs {
		f.columns++
		taken := c.Element != nil && direct(*c.Element)
		accepted := taken && c.Band == dataspace.BandAccept
		for _, in := range c.Contains {
			if direct(in.Element) {
				taken, accepted = true, accepted || in.Proved() || in.Confidence >= odds.AcceptFrom
			}
		}
		if taken {
			f.wrong++
			r.wrong("%s, %s as %q: %s: %.80q", table, names[i], t[i].name, named(c), t[i].values[:min(3, len(t[i].values))])
		}
		if accepted {
			f.accepted++
		}
	}
	return nil
}
