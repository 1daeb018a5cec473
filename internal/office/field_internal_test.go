package office

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// No part causes a crash. A well-formed part stays well-formed, also with the
// heading of a draft.
func FuzzPart(f *testing.F) {
	const open, closing = `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`, `</w:body></w:document>`
	for _, body := range []string{
		`<w:p><w:r><w:t>{{name}}</w:t></w:r></w:p>`,
		`<w:p><w:r><w:t>{{na</w:t></w:r><w:p><w:r><w:t>me}}{{name}}</w:t></w:r></w:p><w:r><w:t>me}}</w:t></w:r></w:p><w:sectPr/>`,
		`<w:sdt><w:sdtPr><w:tag w:val="name"/><w:showingPlcHdr/><w:dataBinding/></w:sdtPr><w:sdtContent><w:t>x</w:t></w:sdtContent></w:sdt><w:sectPr><w:headerReference w:type="first"/></w:sectPr>`,
		`<w:tr><w:p><w:t>{{l[].a}}</w:t></w:p><w:tr><w:p><w:t>{{l[].a}}</w:t></w:p></w:tr></w:tr><w:tr><w:p><w:t>{{l[</w:t><w:t>].a}}</w:t></w:p></w:tr>`,
		`<w:t/><w:t><w:t>{{name}}</w:t></w:t><w:sdt/><w:sdtContent/><w:tag/>`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		data := open + body + closing
		fill := &filler{values: map[string]string{"name": "a<b\nc", "l[0].a": "1", "l[1].a": "{{name}}"}, used: map[string]bool{}, unknown: map[string]bool{}}
		out, err := fill.part(data)
		if err != nil {
			return
		}
		wellFormed(t, out)
		if out, err = addHeaders(out); err == nil {
			wellFormed(t, out)
		}
	})
}

func wellFormed(t *testing.T, data string) {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(data))
	for {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("not well-formed any more: %v\n%s", err, data)
		}
	}
}
