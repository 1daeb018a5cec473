package office

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

const (
	draftPart = "word/hutongDraft.xml"
	draftRel  = "rIdHutongDraft"
)

var (
	closeTypes = regexp.MustCompile(`</(?:[A-Za-z0-9]+:)?Types>\s*$`)
	closeRels  = regexp.MustCompile(`</(?:[A-Za-z0-9]+:)?Relationships>\s*$`)
	closeHdr   = regexp.MustCompile(`</(?:[A-Za-z0-9]+:)?hdr>\s*$`)
)

// stampDraft adds a text to the heading of every page of a template: to each
// existing heading, and, for pages without one, to a new heading of the first
// section, which later sections inherit.
func stampDraft(parts []part, text string) ([]part, error) {
	paragraph := `<w:p xmlns:w="` + wordSpaces[0] + `"><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:b/><w:color w:val="C00000"/><w:sz w:val="18"/></w:rPr><w:t>` + escape(text) + `</w:t></w:r></w:p>`
	document := find(parts, "word/document.xml")
	if strings.Contains(document.data, wordSpaces[1]) {
		return nil, badTemplate("template", "is in the strict form of the format, which cannot be marked as a draft", errors.New("not supported"))
	}
	types, rels := find(parts, "[Content_Types].xml"), find(parts, "word/_rels/document.xml.rels")
	if rels == nil || !closeTypes.MatchString(types.data) || !closeRels.MatchString(rels.data) || find(parts, draftPart) != nil {
		return nil, badTemplate("template", "has no list of parts, so no heading can be added", nil)
	}
	for i := range parts {
		if end := closeHdr.FindStringIndex(parts[i].data); strings.HasPrefix(parts[i].name, "word/") && end != nil {
			parts[i].data = parts[i].data[:end[0]] + paragraph + parts[i].data[end[0]:]
		}
	}
	data, err := addHeaders(document.data)
	if err != nil {
		return nil, badTemplate(document.name, "is not well-formed", err)
	}
	document.data = data
	before := func(s string, end *regexp.Regexp, add string) string {
		at := end.FindStringIndex(s)[0]
		return s[:at] + add + s[at:]
	}
	types.data = before(types.data, closeTypes, `<Override xmlns="http://schemas.openxmlformats.org/package/2006/content-types" PartName="/`+draftPart+`" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/>`)
	rels.data = before(rels.data, closeRels, `<Relationship xmlns="http://schemas.openxmlformats.org/package/2006/relationships" Id="`+draftRel+`" Type="`+relBase+`header" Target="`+strings.TrimPrefix(draftPart, "word/")+`"/>`)
	return append(parts, part{draftPart, xmlHead + `<w:hdr ` + namespaces + `>` + paragraph + `</w:hdr>`}), nil
}

// addHeaders adds the new heading to the first section for each kind of page
// without one.
func addHeaders(data string) (string, error) {
	dec := xml.NewDecoder(strings.NewReader(data))
	var have []string
	at, body := -1, -1 // after the first section's start tag; before </w:body>
	empty := false
	for {
		from := int(dec.InputOffset())
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Local == "sectPr" && at < 0 {
				at = int(dec.InputOffset())
				empty = strings.HasSuffix(data[:at], "/>")
			}
			if t.Name.Local == "headerReference" && body < 0 {
				for _, a := range t.Attr {
					if a.Name.Local == "type" {
						have = append(have, a.Value)
					}
				}
			}
		case xml.EndElement:
			if t.Name.Local == "sectPr" && at >= 0 && body < 0 {
				body = from // the first section has ended
			}
			if t.Name.Local == "body" && at < 0 {
				return data[:from] + `<w:sectPr xmlns:w="` + wordSpaces[0] + `">` + references(nil) + `</w:sectPr>` + data[from:], nil
			}
		}
	}
	if at < 0 {
		return "", errors.New("has no body")
	}
	if empty {
		tag := data[strings.LastIndex(data[:at], "<"):at]
		name := tag[1:strings.IndexAny(tag, " \t\r\n/")]
		return data[:at-2] + `>` + references(nil) + `</` + name + `>` + data[at:], nil
	}
	return data[:at] + references(have) + data[at:], nil
}

// references are the references for the kinds of pages that are not in have.
func references(have []string) string {
	out := ""
	for _, kind := range []string{"default", "first", "even"} {
		if !slices.Contains(have, kind) {
			out += fmt.Sprintf(`<w:headerReference xmlns:w="%s" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" w:type="%s" r:id="%s"/>`, wordSpaces[0], kind, draftRel)
		}
	}
	return out
}
