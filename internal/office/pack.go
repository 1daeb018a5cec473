package office

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"strings"
	"time"
)

// part is one file of a package.
type part struct {
	name string
	data string
}

// stamp is the time of every file in a package: the earliest that the format
// supports, so that no clock affects the bytes.
var stamp = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// pack zips the parts in the order given.
func pack(parts []part) ([]byte, error) {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, p := range parts {
		w, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate, Modified: stamp})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write([]byte(p.data)); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// escape makes text safe in XML, as content and as an attribute; characters
// that XML cannot contain become U+FFFD.
func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder returns no error
	return b.String()
}
