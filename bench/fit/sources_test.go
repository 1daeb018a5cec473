package main

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSources: every source has a version, a digest and a licence that allows
// it, and NOTICE names it.
func TestSources(t *testing.T) {
	l, err := openLibrary(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	notice, err := os.ReadFile("../../NOTICE")
	if err != nil {
		t.Fatal(err)
	}
	digest := regexp.MustCompile(`^[0-9a-f]{64}$`)
	licence := regexp.MustCompile(`^(MIT|Apache-2\.0|BSD-[23]-Clause)(;|$)`)
	for _, s := range l.list {
		if s.Version == "" || !digest.MatchString(s.SHA256) || !licence.MatchString(s.Licence) || !strings.Contains("fit calibrate test both", s.Use) {
			t.Errorf("%+v", s)
		}
		name := s.Name[strings.LastIndex(s.Name, ":")+1:]
		if !strings.Contains(string(notice), name) {
			t.Errorf("NOTICE does not name %s", name)
		}
	}
	if len(l.list) < 15 {
		t.Errorf("%d sources", len(l.list))
	}
}

// TestOnlyListedFiles: nothing is read that is not in the list, byte for byte.
func TestOnlyListedFiles(t *testing.T) {
	folder := t.TempDir()
	l, err := openLibrary(folder)
	if err != nil {
		t.Fatal(err)
	}
	each := func(string, []byte) error { t.Error("a file was read"); return nil }
	if err := l.files("sherlock", "*", each); !errors.Is(err, errSource) {
		t.Errorf("another package: %v", err)
	}
	for _, s := range l.list {
		if err := os.WriteFile(filepath.Join(folder, s.File), []byte("PK other bytes"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := l.files(s.Name, "*", each); !errors.Is(err, errSource) {
			t.Errorf("%s with other bytes: %v", s.Name, err)
		}
	}
}

func TestLabel(t *testing.T) {
	for text, want := range map[string]string{
		"证件号码，必填": "证件号码", "<p>姓名</p>（真实）": "姓名", "手机号": "手机号", "": "", "用户 ID": "用户",
	} {
		if got := label(text); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

// TestMakers: what the makers make passes the check of its element, so that
// nothing is fitted to wrong values.
func TestMakers(t *testing.T) {
	b := &bank{surnames: []string{"王"}, given: []string{"伟"}, first: []string{"James"}, last: []string{"Miller"}, places: []string{"浙江省杭州市西湖区"}, idioms: []string{"一帆风顺"}, jobs: []string{"会计"}, diseases: []string{"肺炎"}}
	checkMakers(t, b)
}
