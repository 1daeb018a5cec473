package main

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"
	"strings"

	"hutong/internal/columnname"
)

// pair is the name of a field and what its documentation calls it.
type pair struct {
	name, label string
	group       string // the part of the library that it is in
}

var (
	apiField   = regexp.MustCompile(`(?s)/\*\*\s*\n\s*\* ([^\n]*)\n(?:\s*\*[^\n]*\n)*?\s*\*/\s*@ApiField\("([^"]+)"\)`)
	serialized = regexp.MustCompile(`(?s)/\*\*\s*\n?\s*\*? ?([^\n]*?)(?:\*/|\n(?:[^/]|[^*]/)*?\*/)\s*@SerializedName\(\s*(?:value = )?"([^"]+)"`)
	param      = regexp.MustCompile(`:param _(\w+): ([^\n]*)`)
	tag        = regexp.MustCompile(`<[^>]*>`)
	ends       = regexp.MustCompile(`[,，。.;；:：、(（\[【{/|!！?？\s“"‘'=~\-—_*]`)
)

// label cuts the text of a documentation at its first punctuation.
func label(text string) string {
	text = strings.TrimSpace(tag.ReplaceAllString(text, ""))
	if i := ends.FindStringIndex(text); i != nil {
		text = text[:i[0]]
	}
	return text
}

// shortLabel is how many characters the name of a column has at most.
const shortLabel = 12

func add(list []pair, name, text, group string) []pair {
	l := label(text)
	if n := len([]rune(l)); n < 2 || n > shortLabel || !columnname.HasChinese(l) {
		return list
	}
	return append(list, pair{name, l, group})
}

// pairs reads the fields of a client library, in a fixed order, each once.
func (l *library) pairs(name string) ([]pair, error) {
	var out []pair
	read := func(expression *regexp.Regexp, nameAt, textAt int) func(string, []byte) error {
		return func(path string, data []byte) error {
			data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
			for _, m := range expression.FindAllSubmatch(data, -1) {
				out = add(out, string(m[nameAt]), string(m[textAt]), service(path))
			}
			return nil
		}
	}
	var err error
	switch {
	case strings.HasPrefix(name, "com.alipay"):
		for _, folder := range []string{"domain", "response"} {
			if err = l.files(name, "com/alipay/api/"+folder+"/*.java", read(apiField, 2, 1)); err != nil {
				return nil, err
			}
		}
	case strings.HasPrefix(name, "com.larksuite"):
		err = l.files(name, "com/lark/oapi/service/*/*/model/*.java", read(serialized, 2, 1))
	case strings.HasPrefix(name, "com.github.wechatpay"):
		err = l.files(name, "com/wechat/pay/java/service/*/model/*.java", read(serialized, 2, 1))
	case strings.HasPrefix(name, "tencentcloud"):
		err = l.files(name, "tencentcloud/*/*/models.py", read(param, 1, 2))
	}
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(out, func(a, b pair) int { return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.label, b.label)) })
	return slices.CompactFunc(out, func(a, b pair) bool { return a.name == b.name && a.label == b.label }), nil
}

// service is the part of a library that a file belongs to.
func service(path string) string {
	if rest, ok := strings.CutPrefix(path, "com/alipay/api/"); ok {
		_, file, _ := strings.Cut(rest, "/")
		words := columnname.Words(strings.TrimSuffix(file, ".java"))
		return strings.Join(words[:min(2, len(words))], " ")
	}
	parts := strings.Split(path, "/")
	return strings.Join(parts[:len(parts)-2], "/")
}
