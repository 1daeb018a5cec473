package main

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"

	"hutong/internal/columnname"
	"hutong/internal/element"
)

// writeHeadwords writes how the Chinese header words of the taxonomy are read,
// and how they are written in traditional characters.
func writeHeadwords(to string, s *scripts) error {
	var list []string
	for _, e := range element.Builtin().All() {
		for _, w := range e.Headers.ZH {
			if columnname.HasChinese(w) {
				list = append(list, w)
			}
		}
	}
	slices.Sort(list)
	var b bytes.Buffer
	for i, w := range slices.Compact(list) {
		line, err := json.Marshal([]string{w, strings.Join(s.pinyin(w), " "), s.traditionalForm(w)})
		if err != nil {
			return err
		}
		b.WriteString(map[bool]string{true: "[", false: ",\n"}[i == 0])
		b.Write(line)
	}
	b.WriteString("]\n")
	return os.WriteFile(to, b.Bytes(), 0o644)
}
