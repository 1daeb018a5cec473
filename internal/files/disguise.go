package files

import (
	"bytes"
	"io"
	"regexp"

	"hutong/internal/dataspace"
	"hutong/internal/table/charset"
	"hutong/internal/table/format"
)

// plain is the beginning of a text without mark and blank lines.
func plain(head []byte, cs string) []byte {
	text := make([]byte, 3*len(head))
	n, _ := io.ReadFull(charset.Decode(bytes.NewReader(head), cs), text)
	text = bytes.TrimPrefix(text[:n], []byte("\uFEFF"))
	return bytes.TrimLeft(text, " \t\r\n")
}

// textFormat detects JSON Lines by the brace at the beginning.
func textFormat(text []byte) string {
	if len(text) > 0 && text[0] == '{' {
		return format.JSONL
	}
	return format.CSV
}

// disguises are texts that are no tables, by their beginning. The first one
// that matches counts.
var disguises = []struct {
	begins     *regexp.Regexp
	what, hint string
}{
	{regexp.MustCompile(`(?i)^(<!--.*?-->\s*)*<(!doctype\s+html|html|table)\b`), "a web page (HTML)", "open it in a spreadsheet and save the sheet as CSV (UTF-8)"},
	{regexp.MustCompile(`(?is)^<\?xml.*urn:schemas-microsoft-com:office:spreadsheet`), "an Excel sheet in XML", "open it in a spreadsheet and save the sheet as CSV (UTF-8)"},
	{regexp.MustCompile(`(?is)^(<\?xml|<!doctype|<!--|<[a-z_][\w:.-]*(\s[^<>]*)?/?>.*(</|/>))`), "XML", "export the data as CSV, JSONL or Parquet"},
	{regexp.MustCompile(`(?is)^((--|#|/\*)[^\n]*\n\s*|(set|use|begin|pragma|start transaction)\b[^;\n]*;\s*)*(/\*!\d+\s*)?(create\s+(table|database|schema)|insert\s+into|drop\s+table|lock\s+tables|copy\s+[\w."]+\s*\()`), "an SQL dump", "load it into a database and export the table as CSV"},
	{regexp.MustCompile(`^%PDF-`), "a PDF document", "export the table as CSV"},
	{regexp.MustCompile(`^\{\\rtf`), "a document in RTF", "export the table as CSV"},
	{regexp.MustCompile(`^From \S+ .*\n|^(?i:return-path|received|mime-version): `), "an e-mail", "save the attachment and send that"},
}

// document is the beginning of JSON in a file that is called CSV.
var document = regexp.MustCompile(`^(\{\s*"[^"\n]*"\s*:|\[\s*[\[{]\s*["{\[])`)

// disguised refuses what is something else than a table.
func (p *part) disguised(text []byte) error {
	for _, d := range disguises {
		if d.begins.Match(text) {
			return p.isNot(d.what, d.hint+"; if it is a table all the same, say --source-format csv ('hutong profile': --format csv)")
		}
	}
	if p.shape.format == format.CSV && document.Match(text) {
		return p.isNot("JSON", "say --source-format jsonl ('hutong profile': --format jsonl) if each line is an object; for an array of objects: jq -c '.[]'")
	}
	return nil
}

func (p *part) isNot(what, hint string) error {
	return &dataspace.Problem{
		Kind: dataspace.ErrInvalid, Code: "files.format.other", Place: p.name,
		Message: "the file is " + what + ", and not a table", Hint: hint,
	}
}
