package main

import (
	"io"
	"regexp"
	"strings"
	"testing"
)

// TestGate: only the whole kit, all of it successful, is conformance.
func TestGate(t *testing.T) {
	const whole = "RESULT found=67 started=65 succeeded=65 failed=0 skipped=2\n"
	for name, c := range map[string]struct {
		output, breaks, only string
		counted, passes      bool
	}{
		"whole":             {whole, "", "", true, true},
		"one failed":        {"FAILED x | y\nRESULT found=67 started=65 succeeded=64 failed=1 skipped=2\n", "", "", true, false},
		"one missing":       {"RESULT found=66 started=64 succeeded=64 failed=0 skipped=2\n", "", "", true, false},
		"one skipped more":  {"RESULT found=67 started=64 succeeded=64 failed=0 skipped=3\n", "", "", true, false},
		"nothing":           {"RESULT found=0 started=0 succeeded=0 failed=0 skipped=0\n", "", "", true, false},
		"no counts":         {"it crashed\n", "", "", false, false},
		"part":              {"RESULT found=1 started=1 succeeded=1 failed=0 skipped=0\n", "", "CN", true, true},
		"empty part":        {"RESULT found=0 started=0 succeeded=0 failed=0 skipped=0\n", "", "CN", true, false},
		"broken, noticed":   {"FAILED x | y\nRESULT found=1 started=1 succeeded=0 failed=1 skipped=0\n", "VERIFIED", "CN", true, true},
		"broken, unnoticed": {whole, "VERIFIED", "", true, false},
		"broken, not run":   {"RESULT found=0 started=0 succeeded=0 failed=0 skipped=0\n", "VERIFIED", "CN", true, false},
	} {
		got, err := readCounts(strings.NewReader("noise\n"+c.output), io.Discard)
		if (err == nil) != c.counted {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err == nil && (judge(got, c.breaks, c.only) == nil) != c.passes {
			t.Errorf("%s: %v", name, judge(got, c.breaks, c.only))
		}
		if len(got.failures) != strings.Count(c.output, "FAILED") {
			t.Errorf("%s: %d failures", name, len(got.failures))
		}
	}
}

// TestConfiguration: every test of the kit that needs an id gets one.
func TestConfiguration(t *testing.T) {
	text := properties("http://127.0.0.1:1", 2, 3)
	for pattern, want := range map[string]int{
		`(?m)^CAT_\d\d_\d\d_DATASETID=`:  3,
		`(?m)^CN_\d\d_\d\d_DATASETID=`:   15,
		`(?m)^CN_\d\d_\d\d_OFFERID=`:     15,
		`(?m)^CN_C_\d\d_\d\d_DATASETID=`: 16,
		`(?m)^TP_\d\d_\d\d_AGREEMENTID=`: 16,
		`(?m)^TP_C_\d\d_\d\d_FORMAT=`:    16,
	} {
		if got := len(regexp.MustCompile(pattern).FindAllString(text, -1)); got != want {
			t.Errorf("%s: %d lines, want %d", pattern, got, want)
		}
	}
}
