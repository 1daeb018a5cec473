package profile_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"hutong/internal/dataspace"
	"hutong/internal/files"
	"hutong/internal/profile"
	"hutong/internal/sample"
)

// shared finds a file beside the repository, or skips.
func shared(t testing.TB, path string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	full := filepath.Join(dir, "..", "shared", path)
	if _, err := os.Stat(full); err != nil {
		t.Skip("needs ../shared")
	}
	return full
}

// yearly are the classes that the tests count.
var yearly = []dataspace.CountClass{
	{ID: "non_sensitive", Fact: "counts.non_sensitive", Of: dataspace.CountOf{RestOf: []string{"sensitive"}}},
	{ID: "sensitive", Fact: "counts.sensitive", Of: dataspace.CountOf{Sensitive: dataspace.Configured, Below: 14}},
	{ID: "under_14", Fact: "counts.under_14", Of: dataspace.CountOf{Below: 14}},
}

func profileFile(t testing.TB, path string, opt profile.Options) *profile.Result {
	t.Helper()
	src, err := files.Open(path, files.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return profileSource(t, src, opt)
}

func profileSource(t testing.TB, src profile.Source, opt profile.Options) *profile.Result {
	t.Helper()
	if opt.Dir == "" {
		opt.Dir = t.TempDir()
	}
	if opt.Classes == nil {
		opt.Classes = yearly
	}
	res, err := profile.Run(context.Background(), src, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Census.Remove() })
	return res
}

// brief writes "column=element" for an accepted element, "column~element" for
// one that a person must check, and "!" after sensitive columns.
func brief(p dataspace.Profile) []string {
	var out []string
	for _, c := range p.Columns {
		if c.Element == nil {
			continue
		}
		sign := map[dataspace.Band]string{dataspace.BandAccept: "=", dataspace.BandReview: "~"}[c.Band]
		mark := ""
		if c.Sensitive {
			mark = "!"
		}
		out = append(out, c.Name+sign+string(*c.Element)+mark)
	}
	return out
}

func subjects(p dataspace.Profile) string {
	n := func(v *int64) string {
		if v == nil {
			return "-"
		}
		return fmt.Sprint(*v)
	}
	s := p.Subjects
	return fmt.Sprintf("%s %s/%s/%s %s", strings.Join(s.Key, "+"), n(s.Distinct), n(s.Classes["sensitive"]), n(s.Classes["under_14"]), strings.Join(p.Derived, ","))
}

func TestSharedTables(t *testing.T) {
	tests := []struct {
		name     string
		rows     int64
		subjects string
		has, not string
	}{
		{"customers", 319, "customer_id 319/179/- aggregation,personal_table",
			"first_name=person_name_latin last_name=person_name_latin street_address=postal_address_latin postal_code=postcode city=coarse_region phone_number=phone_intl email=email latitude=precise_location! longitude=precise_location!", "credit_limit"},
		{"employees", 107, "employee_id 107/107/- aggregation,personal_table",
			"first_name=person_name_latin email~email phone_number=phone_intl hire_date=timestamp salary=salary_income!", "job_id manager_id commission_pct"},
		{"ais_noaa", 1000, " 0/0/0 ",
			"MMSI=mmsi IMO=imo_number LAT=precise_location LON=precise_location VesselName=vessel_name CallSign=vessel_name SOG=ais_position", "Length Width"},
		// the guests, of whom each row counts as one, and 124 agents by name
		{"hotel_rates", 15402, " 15526/15402/- aggregation,personal_table",
			"rownames=surrogate_key agent=person_name_latin company=org_name country=coarse_region", "lead_time adults meal"},
		{"dm", 306, "USUBJID 306/306/0 personal_table",
			"USUBJID=trial_subject_id! BRTHDTC=date_of_birth AGE=age SEX=sex_gender RACE=ethnicity! ARM=trial_outcome!", "STUDYID DOMAIN SITEID"},
		{"ae", 1191, "USUBJID 225/225/- personal_table",
			"USUBJID=trial_subject_id! AETERM=diagnosis! AESEV=trial_outcome! AEDTC=timestamp", "AESEQ"},
		{"weather", 26115, " 0/0/0 ", "temp=met_observation pressure=met_observation time_hour=timestamp rownames=surrogate_key", "origin year hour"},
		// AgeCat has codes of ages, so nobody knows how many are children
		{"SingaporeAuto", 7483, " 7483/7483/- ", "SexInsured=sex_gender rownames=surrogate_key", "PC NCD AutoAge VAgeCat LNWEIGHT"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			res := profileFile(t, shared(t, "data/tables/"+tc.name+".csv"), profile.Options{On: time.Date(2026, 6, 15, 0, 0, 0, 0, time.UTC)})
			p := res.Profile
			if p.Rows != tc.rows {
				t.Errorf("%d rows, want %d", p.Rows, tc.rows)
			}
			if diff := cmp.Diff(tc.subjects, subjects(p)); diff != "" {
				t.Error(diff)
			}
			got := brief(p)
			for _, want := range strings.Fields(tc.has) {
				if !slices.Contains(got, want) {
					t.Errorf("no %s in %v", want, got)
				}
			}
			for _, name := range strings.Fields(tc.not) {
				if c, ok := p.Column(name); !ok || c.Element != nil {
					t.Errorf("%s is taken for something", name)
				}
			}
			fitsSchema(t, p)
		})
	}
}

func fitsSchema(t *testing.T, p dataspace.Profile) {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(shared(t, "law/profile.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(v); err != nil {
		t.Errorf("profile does not fit its schema: %v", err)
	}
}

// The demonstration's tables have known people.
func TestSampleTables(t *testing.T) {
	want := map[string]string{
		"support":    "身份证号 104/104/0 aggregation,personal_table",
		"membership": "会员号 120000/0/0 aggregation,personal_table",
		"portfolio":  "身份证号 1743/1743/0 aggregation,personal_table",
		"crew":       "护照号 1120/1120/0 aggregation,personal_table",
		"hotel":      "会员卡号 11800/11800/0 aggregation,personal_table",
	}
	seen := 0
	for _, tb := range sample.Tables() {
		w, ok := want[string(tb.Kind)]
		if !ok {
			continue
		}
		seen++
		path, err := sample.Write(tb.Kind, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		p := profileFile(t, path, profile.Options{On: time.Date(2026, 6, 15, 0, 0, 0, 0, time.UTC)}).Profile
		if diff := cmp.Diff(w, subjects(p)); diff != "" {
			t.Errorf("%s: %s", tb.Kind, diff)
		}
		if c, ok := p.Column("核保健康结论"); ok && !c.Sensitive {
			t.Error("underwriting health is not sensitive")
		}
	}
	if seen < 5 {
		t.Errorf("%d of 5 sample tables", seen)
	}
}
