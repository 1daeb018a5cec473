package office

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"hutong/internal/dataspace"
)

// Filled reports how a template was filled.
type Filled struct {
	Filled  int      `json:"filled"`  // places that got a value
	Unknown []string `json:"unknown"` // fields of the template without a value: unchanged
	Unused  []string `json:"unused"`  // values without a field in the template
}

// Bounds of a template. They are far above any real form. They stop a small
// file from expanding to a huge one.
const (
	maxParts    = 4096
	maxPart     = 32 << 20
	maxTemplate = 64 << 20
)

// Fill puts values into a .docx made by somebody else: for each {{name}}, also
// where its text is split, and in each content control whose tag, or title, is
// a name. A field without a value stays unchanged, and so does everything else,
// byte for byte. With draft, that text is added to the heading of every page.
//
// An error of kind ErrInvalid means: the template is not a .docx file, is too
// large, or contains macros or a signature.
func Fill(template []byte, values map[string]string, draft string) ([]byte, Filled, error) {
	parts, err := openTemplate(template)
	if err != nil {
		return nil, Filled{}, err
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if err := Refuse(name, values[name]); err != nil {
			return nil, Filled{}, err
		}
	}
	if err := cleanForm(parts); err != nil {
		return nil, Filled{}, err
	}
	f := &filler{values: values, used: map[string]bool{}, unknown: map[string]bool{}}
	for i, p := range parts {
		if !strings.HasPrefix(p.name, "word/") || path.Ext(p.name) != ".xml" || path.Dir(p.name) != "word" {
			continue
		}
		text, err := f.part(p.data)
		if err != nil {
			return nil, Filled{}, badTemplate(p.name, "is not well-formed", err)
		}
		parts[i].data = text
	}
	if draft != "" {
		if parts, err = stampDraft(parts, draft); err != nil {
			return nil, Filled{}, err
		}
	}
	out, err := pack(parts)
	if err != nil {
		return nil, Filled{}, fmt.Errorf("write template: %w", err)
	}
	report := Filled{Filled: f.filled, Unknown: slices.Sorted(maps.Keys(f.unknown)), Unused: []string{}}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !f.used[name] {
			report.Unused = append(report.Unused, name)
		}
	}
	if report.Unknown == nil {
		report.Unknown = []string{}
	}
	return out, report, nil
}

func badTemplate(place, message string, err error) error {
	return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "template.form", Place: place, Message: message, Err: err, Hint: "save it as a Word document (.docx) without macros"}
}

// openTemplate reads all parts of a package within bounds.
func openTemplate(template []byte) ([]part, error) {
	z, err := zip.NewReader(bytes.NewReader(template), int64(len(template)))
	if err != nil {
		return nil, badTemplate("template", "is not a .docx file", err)
	}
	if len(z.File) > maxParts {
		return nil, badTemplate("template", "has too many parts", nil)
	}
	var parts []part
	total, seen := 0, map[string]bool{}
	for _, file := range z.File {
		name := file.Name
		lower := strings.ToLower(name)
		switch {
		case strings.HasSuffix(name, "/"):
			continue // a folder
		case seen[lower] || path.Clean("/"+name) != "/"+name || strings.Contains(name, `\`):
			return nil, badTemplate("template", "names a part twice or outside of itself", nil)
		case strings.Contains(lower, "vbaproject") || strings.Contains(lower, "vbadata"):
			return nil, badTemplate("template", "holds macros", nil)
		case strings.HasPrefix(lower, "_xmlsignatures/"):
			return nil, badTemplate("template", "is signed: filling it would break the signature", nil)
		}
		seen[lower] = true
		data, err := readPart(file)
		if err != nil {
			return nil, badTemplate(name, "cannot be read", err)
		}
		if total += len(data); total > maxTemplate {
			return nil, badTemplate("template", "is too large when unpacked", nil)
		}
		parts = append(parts, part{name: name, data: string(data)})
	}
	types := find(parts, "[Content_Types].xml")
	switch {
	case types == nil || find(parts, mainPart) == nil:
		return nil, badTemplate("template", "is not a .docx file", nil)
	case strings.Contains(strings.ToLower(types.data), "macroenabled"), strings.Contains(strings.ToLower(types.data), "vbaproject"):
		return nil, badTemplate("template", "holds macros", nil)
	}
	for _, p := range parts {
		if path.Ext(p.name) != ".rels" {
			continue
		}
		if err := noOutside(p.data); err != nil {
			return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "template.outside", Place: p.name, Message: "links to something outside of the document", Err: err,
				Hint: "remove the linked picture, object or template; hyperlinks may stay"}
		}
	}
	return parts, nil
}

var onDisk = regexp.MustCompile(`(?i)^file:///[a-z]:[\\/]`)

// noOutside refuses relationships that make a word processor load something
// when it opens the document: a template, a picture, an object. The author of
// such a link would learn who opens the document, or could add macros. A
// hyperlink does nothing by itself and is allowed. The local path of the form's
// own template, which word processors write into files, is allowed too: it
// points to nothing.
func noOutside(rels string) error {
	dec := xml.NewDecoder(strings.NewReader(rels))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "Relationship" {
			continue
		}
		kind, target, outside := "", "", false
		for _, a := range start.Attr {
			switch a.Name.Local {
			case "Type":
				kind = path.Base(a.Value)
			case "Target":
				target = a.Value
			case "TargetMode":
				outside = strings.EqualFold(a.Value, "External")
			}
		}
		if kind == "aFChunk" {
			return errors.New("holds a piece in another format, which a word processor would put into the text")
		}
		if outside && kind != "hyperlink" && !onDisk.MatchString(target) {
			return fmt.Errorf("has a relationship of type %q to the outside", kind)
		}
	}
}

func readPart(file *zip.File) ([]byte, error) {
	r, err := file.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxPart+1))
	if err == nil && len(data) > maxPart {
		err = fmt.Errorf("larger than %d MB when unpacked", maxPart>>20)
	}
	return data, err
}

func find(parts []part, name string) *part {
	for i := range parts {
		if parts[i].name == name {
			return &parts[i]
		}
	}
	return nil
}
