package office_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/office"
)

// No document and no sheet is written with a character that no reader sees.
func TestUnseen(t *testing.T) {
	for name, bad := range map[string]string{"override": "\u202e", "isolate": "\u2066", "mark": "\u200f", "zero-width": "\u200b", "hyphen": "\u00ad", "tag": "\U000e0041", "filler": "\u3164", "line": "\u2028"} {
		d := office.Document{Title: "t", Language: "zh-CN", Blocks: []office.Block{paragraph("甲" + bad + "乙")}}
		_, one := d.Bytes()
		s := office.Sheet{Name: "s", Head: []string{"甲" + bad}, Widths: []int{9}}
		_, two := s.Bytes()
		_, _, three := office.Fill(build(t, paragraph("{{name}}")), map[string]string{"name": "甲" + bad}, "")
		for i, err := range []error{one, two, three} {
			var p *dataspace.Problem
			if !errors.As(err, &p) || p.Code != "document.unseen" || p.Place == "" {
				t.Errorf("%s, writer %d: %v", name, i+1, err)
			}
		}
	}
	for _, good := range []string{"甲　乙\t丙", "a\nb", "𠮷", "é", "葛\U000e0100城"} {
		if r, there := office.Unseen(good); there {
			t.Errorf("%q: %U", good, r)
		}
	}
}

// A form that reorders its text is refused, also by its markup; other unseen
// characters of a form are left as they are.
func TestOpenRefusesReordering(t *testing.T) {
	good := build(t, paragraph("甲方：____"))
	if _, err := office.Open(replace(t, good, "word/document.xml", "甲方", "甲\u200b方")); err != nil {
		t.Error(err)
	}
	for name, bad := range map[string][]byte{
		"override": replace(t, good, "word/document.xml", "甲方", "甲\u202e方"),
		"heading":  replace(t, good, "word/header1.xml", "草稿", "\u2067草稿"),
		"entity":   replace(t, good, "word/styles.xml", "<w:styles", "<!DOCTYPE a [<!ENTITY b 'c'>]><w:styles"),
	} {
		if _, err := office.Open(bad); !errors.Is(err, dataspace.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Parts that are not changed keep their compressed bytes.
func TestPackageKeepsParts(t *testing.T) {
	data := build(t, paragraph("甲方：____"))
	p, err := office.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(p.Texts(), " "); got != "word/document.xml word/footer1.xml word/header1.xml" {
		t.Errorf("texts are %s", got)
	}
	same, err := p.With(map[string]string{"word/document.xml": p.Part("word/document.xml")})
	if err != nil || !bytes.Equal(same, data) {
		t.Errorf("nothing changed and the bytes are others: %v", err)
	}
	out, err := p.With(map[string]string{"word/document.xml": strings.Replace(p.Part("word/document.xml"), "____", "甲", 1)})
	if err != nil {
		t.Fatal(err)
	}
	before, after := raw(t, data), raw(t, out)
	for name := range before {
		if same := bytes.Equal(before[name], after[name]); same == (name == "word/document.xml") {
			t.Errorf("%s is the same: %v", name, same)
		}
	}
}

func raw(t *testing.T, data []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.OpenRaw()
		if err != nil {
			t.Fatal(err)
		}
		if out[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// An archive has its entries in order and the same bytes each time.
func TestArchive(t *testing.T) {
	entries := []office.Entry{{Name: "02-乙.docx", Data: []byte("b")}, {Name: "01-甲.pdf", Data: []byte("a")}}
	one, err1 := office.Archive(entries)
	two, err2 := office.Archive(entries)
	if err1 != nil || err2 != nil || !bytes.Equal(one, two) {
		t.Fatalf("%v %v", err1, err2)
	}
	z, err := zip.NewReader(bytes.NewReader(one), int64(len(one)))
	if err != nil || len(z.File) != 2 || z.File[0].Name != "02-乙.docx" || z.File[1].Name != "01-甲.pdf" {
		t.Errorf("%v %v", z, err)
	}
}

// A mark stands on every page, and only a .docx file gets one.
func TestMark(t *testing.T) {
	out, err := office.Mark(build(t, paragraph("甲")), "NOT FINAL")
	if err != nil || !strings.Contains(unzip(t, out)["word/header1.xml"], "NOT FINAL") {
		t.Errorf("no mark: %v", err)
	}
	if _, err := office.Mark([]byte("no"), "x"); !errors.Is(err, dataspace.ErrInvalid) {
		t.Errorf("got %v", err)
	}
	strict := replace(t, build(t, paragraph("甲")), "word/document.xml", "http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main")
	if _, err := office.Mark(strict, "x"); !errors.Is(err, dataspace.ErrInvalid) {
		t.Errorf("got %v", err)
	}
	if p, err := office.Open(strict); err != nil || p.Part("nothing") != "" {
		t.Errorf("a part that is not there: %v", err)
	}
	if _, err := office.Open([]byte("no")); !errors.Is(err, dataspace.ErrInvalid) {
		t.Errorf("got %v", err)
	}
	if _, _, err := office.Fill(replace(t, build(t, paragraph("甲")), "word/document.xml", "甲", "\u202e"), nil, ""); !errors.Is(err, dataspace.ErrInvalid) {
		t.Errorf("a template that reorders its text: %v", err)
	}
}
