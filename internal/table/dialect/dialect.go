// Package dialect reads tables that quote and escape in another way than RFC
// 4180, as text that does as RFC 4180 says.
package dialect

import (
	"fmt"
	"strings"

	"hutong/internal/dataspace"
)

// Dialect says how cells are separated, quoted and escaped.
type Dialect struct {
	Delimiter byte // 0: not said
	Quote     byte // 0: none
	Escape    Escape
}

// Escape says how a cell writes its quotes and other signs.
type Escape uint8

// The ways.
const (
	Doubled   Escape = iota // a quote in a quoted cell is written twice
	Backslash               // a backslash stands before it, \n is a line end and \N a missing value
	Unescaped               // not at all
)

// standard is RFC 4180.
var standard = Dialect{Quote: '"'}

// named are the dialects with a name.
var named = map[string]Dialect{
	"rfc4180":  {Delimiter: ',', Quote: '"'},
	"excel":    {Quote: '"'},
	"tsv":      {Delimiter: '\t', Escape: Unescaped},
	"mysql":    {Delimiter: '\t', Escape: Backslash},
	"postgres": {Delimiter: '\t', Escape: Backslash},
	"unix":     {Quote: '"', Escape: Backslash},
}

// signs are the signs that have a name.
var signs = map[string]byte{
	"comma": ',', "semicolon": ';', "tab": '\t', `\t`: '\t', "pipe": '|', "space": ' ', "colon": ':', "double": '"', "single": '\'', "none": 0,
}

// Parse reads what a person says: the name of a dialect, or
// "delimiter=;,quote=',escape=backslash", of which each part may be left out.
func Parse(text string) (Dialect, error) {
	d := standard
	if text == "" {
		return d, nil
	}
	if d, ok := named[strings.ToLower(text)]; ok {
		return d, nil
	}
	for rest := text; rest != ""; {
		var part string
		part, rest = next(rest)
		key, value, ok := strings.Cut(part, "=")
		if !ok {
			return d, wrong("%q is no dialect with a name, and has no =", part)
		}
		if err := d.set(key, value); err != nil {
			return d, err
		}
	}
	if d.Quote != 0 && d.Quote == d.Delimiter {
		return d, wrong("cells cannot be separated and quoted by the same sign")
	}
	return d, nil
}

// next splits off the first part. The comma behind an = is a value.
func next(text string) (part, rest string) {
	from := strings.IndexByte(text, '=') + 1
	if from < len(text) && text[from] == ',' {
		from++
	}
	if at := strings.IndexByte(text[from:], ','); at >= 0 {
		return text[:from+at], text[from+at+1:]
	}
	return text, ""
}

func (d *Dialect) set(key, value string) error {
	switch key {
	case "delimiter", "quote":
		c, ok := signs[strings.ToLower(value)]
		if !ok && len(value) == 1 && value[0] > ' ' && value[0] < 0x7F {
			c, ok = value[0], true
		}
		if letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '\\'; !ok || letter || key == "delimiter" && (c == 0 || c == '"') {
			return wrong("%s cannot be %q", key, value)
		}
		if key == "quote" {
			d.Quote = c
		} else {
			d.Delimiter = c
		}
		return nil
	case "escape":
		for e, name := range [...]string{Doubled: "double", Backslash: "backslash", Unescaped: "none"} {
			if value == name || e == int(Backslash) && value == `\` {
				d.Escape = Escape(e)
				return nil
			}
		}
		return wrong("escape cannot be %q", value)
	}
	return wrong("%q is not delimiter, quote or escape", key)
}

func wrong(message string, args ...any) error {
	return &dataspace.Problem{
		Kind: dataspace.ErrInvalid, Code: "files.dialect", Message: "dialect: " + fmt.Sprintf(message, args...),
		Hint: "give excel, tsv, mysql, postgres, unix or rfc4180, or parts such as delimiter=;,quote=',escape=backslash (quote: double, single, none or a sign; escape: double, backslash, none)",
	}
}

// Standard reports whether cells are quoted and escaped as in RFC 4180.
func (d Dialect) Standard() bool { return d.Quote == '"' && d.Escape == Doubled }
