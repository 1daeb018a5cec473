package office

import (
	"archive/zip"
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"
)

// Package is a .docx file made by somebody else: its parts, of which some hold
// the text.
type Package struct {
	data  []byte
	parts []part
}

// Open reads a .docx file within bounds. It refuses what Fill refuses, and a form
// that reorders its text.
func Open(data []byte) (*Package, error) {
	parts, err := openTemplate(data)
	if err != nil {
		return nil, err
	}
	if err := cleanForm(parts); err != nil {
		return nil, err
	}
	for _, p := range parts {
		if strings.HasSuffix(p.name, ".xml") && (strings.Contains(p.data, "<!DOCTYPE") || strings.Contains(p.data, "<!ENTITY")) {
			return nil, badTemplate(p.name, "has a document type", nil)
		}
	}
	return &Package{data: data, parts: parts}, nil
}

// isText reports whether a part holds text that a reader sees.
func isText(name string) bool {
	base, ok := strings.CutSuffix(path.Base(name), ".xml")
	if path.Dir(name) != "word" || !ok {
		return false
	}
	base = strings.TrimRight(base, "0123456789")
	return slices.Contains([]string{"document", "header", "footer", "footnotes", "endnotes"}, base)
}

// Texts are the names of the parts that hold text: the document first, then the
// others by name.
func (p *Package) Texts() []string {
	var out []string
	for _, one := range p.parts {
		if isText(one.name) && one.name != mainPart {
			out = append(out, one.name)
		}
	}
	slices.Sort(out)
	return append([]string{mainPart}, out...)
}

const mainPart = "word/document.xml"

// Part is the content of a part; empty if there is none.
func (p *Package) Part(name string) string {
	if found := find(p.parts, name); found != nil {
		return found.data
	}
	return ""
}

// With is the file with the changed parts in place of the old ones. Every other
// part keeps its bytes, compressed as they are, its place and its time.
func (p *Package) With(changed map[string]string) ([]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(p.data), int64(len(p.data)))
	if err != nil {
		return nil, badTemplate("template", "is not a .docx file", err)
	}
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, f := range z.File {
		text, ok := changed[f.Name]
		if !ok || text == p.Part(f.Name) {
			if err := w.Copy(f); err != nil {
				return nil, fmt.Errorf("copy %s: %w", f.Name, err)
			}
			continue
		}
		to, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: f.Modified})
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", f.Name, err)
		}
		if _, err := to.Write([]byte(text)); err != nil {
			return nil, fmt.Errorf("write %s: %w", f.Name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("write the form: %w", err)
	}
	return buf.Bytes(), nil
}

// Entry is one file of an archive.
type Entry struct {
	Name string
	Data []byte
}

// Archive is a .zip file of the entries in the order given. The same entries give
// the same bytes.
func Archive(entries []Entry) ([]byte, error) {
	parts := make([]part, len(entries))
	for i, e := range entries {
		parts[i] = part{e.Name, string(e.Data)}
	}
	return pack(parts)
}

// Mark adds a text to the heading of every page of a .docx file.
func Mark(data []byte, text string) ([]byte, error) {
	parts, err := openTemplate(data)
	if err != nil {
		return nil, err
	}
	if parts, err = stampDraft(parts, text); err != nil {
		return nil, err
	}
	return pack(parts)
}
