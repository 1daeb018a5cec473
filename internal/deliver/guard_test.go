package deliver_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/dataspace"
	"hutong/internal/deliver"
	"hutong/internal/element"
	"hutong/internal/table"
)

func TestGuard(t *testing.T) {
	const resident = "11010519491231002X"
	type column = dataspace.ColumnProfile
	plan := func(action dataspace.Action, element *dataspace.ElementID) dataspace.ColumnPlan {
		c := dataspace.ColumnPlan{Name: "c", Element: element, Action: action}
		switch action {
		case dataspace.Truncate:
			c.Length = 60
		case dataspace.Mask:
			c.First = 6
		}
		return c
	}
	mailKept := dataspace.ColumnPlan{Name: "mail", Element: id("email"), Action: dataspace.Keep}
	mailHidden := dataspace.ColumnPlan{Name: "mail", Element: id("email"), Action: dataspace.Pseudonymise}
	known, err := element.Builtin().With(element.Extension{Pack: "xx/own", File: element.File{SchemaVersion: 1, Elements: []element.Element{{
		ID: "xx_no", Name: dataspace.Text{EN: "number", ZH: "号码"}, Group: "gov_id", Personal: element.PersonalYes, IDClass: element.Direct,
		Detector: element.Detector{Pattern: `X\d{8}`, Validator: "weighted", Weights: []int{0, 1, 1, 1, 1, 1, 1, 1}, Modulus: 10, Characters: "0123456789", Proves: element.Alone},
	}}}})
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		profile column
		plan    dataspace.ColumnPlan
		other   *dataspace.ColumnPlan
		cell    string
		want    string // element denied
	}{
		"text":              {column{}, plan(dataspace.Keep, nil), nil, "call " + resident + " now", "cn_resident_id"},
		"whole":             {column{}, plan(dataspace.Keep, nil), nil, resident, "cn_resident_id"},
		"chinese":           {column{}, plan(dataspace.Keep, nil), nil, "身份证" + resident + "。", "cn_resident_id"},
		"own-element":       {column{Element: id("cn_resident_id")}, plan(dataspace.Keep, id("cn_resident_id")), nil, resident, ""},
		"contained":         {column{Contains: []dataspace.Contained{{Element: "cn_resident_id", Rows: 1}}}, plan(dataspace.Keep, nil), nil, "call " + resident, ""},
		"alternative":       {column{Alternatives: []dataspace.Alternative{{Element: "cn_resident_id"}}}, plan(dataspace.Keep, nil), nil, resident, ""},
		"truncated":         {column{}, plan(dataspace.Truncate, nil), nil, "call " + resident, "cn_resident_id"},
		"truncated-own":     {column{Element: id("cn_resident_id")}, plan(dataspace.Truncate, id("cn_resident_id")), nil, resident, "cn_resident_id"},
		"masked":            {column{Element: id("cn_resident_id")}, plan(dataspace.Mask, id("cn_resident_id")), nil, resident, ""},
		"open-elsewhere":    {column{}, plan(dataspace.Keep, nil), &mailKept, "write to a@example.com", ""},
		"hidden-elsewhere":  {column{}, plan(dataspace.Keep, nil), &mailHidden, "write to a@example.com", "email"},
		"number-in-numbers": {column{Type: "integer"}, plan(dataspace.Keep, nil), nil, "13800138000", "mobile_cn"},
		"coincidence":       {column{Type: "integer", Coincidences: []dataspace.Coincidence{{Element: "mobile_cn", Shape: "9{11}", Whole: true}}}, plan(dataspace.Keep, nil), nil, "13800138000", ""},
		"in-a-text":         {column{Coincidences: []dataspace.Coincidence{{Element: "mobile_cn", Shape: "9{11}", Whole: true}}}, plan(dataspace.Keep, nil), nil, "call 13800138000", "mobile_cn"},
		"other-shape":       {column{Coincidences: []dataspace.Coincidence{{Element: "mobile_cn", Shape: "9{11}"}}}, plan(dataspace.Keep, nil), nil, "call 8613800138000", "mobile_cn"},
		"float":             {column{Type: "number"}, plan(dataspace.Keep, nil), nil, "13800138000.0", "mobile_cn"},
		"escaped":           {column{}, plan(dataspace.Keep, nil), nil, `{"n":"\u53f7` + resident + `"}`, "cn_resident_id"},
		"hidden-signs":      {column{}, plan(dataspace.Keep, nil), nil, "1101\u200b0519491231002X", "cn_resident_id"},
		"number-in-text":    {column{Type: "string"}, plan(dataspace.Keep, nil), nil, "13800138000", "mobile_cn"},
		"harmless":          {column{}, plan(dataspace.Keep, nil), nil, "order 20240506-0001 of gold members", ""},
		"of-a-pack":         {column{}, plan(dataspace.Keep, nil), nil, "see X12345678, please", "xx_no"},
		"of-a-pack-whole":   {column{}, plan(dataspace.Keep, nil), nil, "X12345678", "xx_no"},
		"of-a-pack-wrong":   {column{}, plan(dataspace.Keep, nil), nil, "see X12345679, please", ""},
		"pseudonymised":     {column{}, plan(dataspace.Pseudonymise, nil), nil, resident, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			c.profile.Name = "c"
			columns := []dataspace.ColumnPlan{c.plan}
			row := []*string{&c.cell}
			profile := dataspace.Profile{Columns: []column{c.profile}}
			if c.other != nil {
				columns = append(columns, *c.other)
				row = append(row, nil)
				profile.Columns = append(profile.Columns, column{Name: c.other.Name, Element: c.other.Element})
			}
			out, err := compile(t, columns...).Apply(batchOf([][]*string{row}))
			if err != nil {
				t.Fatal(err)
			}
			out.First = 41
			g := deliver.NewGuard(known, dataspace.Plan{Format: "csv", Columns: columns}, profile)
			err = g.Check(out)
			if c.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			var p *dataspace.Problem
			if !errors.As(err, &p) || !errors.Is(err, dataspace.ErrDenied) || p.Place != "row 42, column c" || !strings.Contains(p.Message, c.want) {
				t.Fatalf("error %v, want %s", err, c.want)
			}
			if strings.Contains(err.Error(), resident) {
				t.Error("the error holds the value")
			}
		})
	}
}

// TestGuardDictionary: the guard finds a value of a dictionary at its first cell,
// as it does one without a dictionary, and again if it is asked again.
func TestGuardDictionary(t *testing.T) {
	t.Parallel()
	const resident = "11010519491231002X"
	rapid.Check(t, func(t *rapid.T) {
		dict := &table.Dictionary{}
		for _, v := range []string{"gold", "order 20240506-0001", resident, "silver", "call 13800138000"} {
			start := uint32(len(dict.Data))
			dict.Data = append(dict.Data, v...)
			dict.Spans = append(dict.Spans, table.Span{Start: start, End: uint32(len(dict.Data))})
		}
		name := "c"
		columns := []dataspace.ColumnPlan{{Name: name, Action: dataspace.Keep}}
		guard := func() *deliver.Guard {
			return deliver.NewGuard(element.Builtin(), dataspace.Plan{Format: "csv", Columns: columns}, dataspace.Profile{Columns: []dataspace.ColumnProfile{{Name: name}}})
		}
		coded, plain := guard(), guard()
		for range 4 {
			b, p := &table.Batch{}, &table.Batch{}
			b.Reset(1)
			p.Reset(1)
			codes := rapid.SliceOfN(rapid.SampledFrom([]int32{-1, 0, 0, 0, 1, 1, 3, 3, 2, 4}), 1, 20).Draw(t, "codes")
			c := &b.Columns[0]
			c.Dict, c.Data = dict, append(slices.Clone(dict.Data), "x "+resident...)
			for _, code := range codes {
				at := table.Span{Start: uint32(len(dict.Data)), End: uint32(len(c.Data))}
				if code >= 0 {
					at = dict.Spans[code]
				}
				c.Start, c.End, c.Codes = append(c.Start, at.Start), append(c.End, at.End), append(c.Codes, code)
			}
			p.Columns[0] = *c
			p.Columns[0].Dict, p.Columns[0].Codes = nil, nil
			b.Rows, p.Rows = len(codes), len(codes)
			for range 2 {
				if got, want := fmt.Sprint(coded.Check(b)), fmt.Sprint(plain.Check(p)); got != want {
					t.Fatalf("with a dictionary %s, without %s", got, want)
				}
			}
		}
	})
}
