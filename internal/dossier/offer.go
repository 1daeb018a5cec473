package dossier

import (
	"fmt"

	"hutong/internal/offer"
)

// offered are the answers of earlier filings to what is missing in a sheet. A
// person reads them before they count: they are offered and not taken.
func offered(s *sheet, earlier []Answers) Answers {
	var paths []string
	for _, a := range s.list {
		if a.needed() && a.q.Type != typeList {
			paths = append(paths, a.path)
		}
	}
	given := make([]map[string]any, len(earlier))
	for i, a := range earlier {
		given[i] = a
	}
	return offer.For(paths, s.key, given)
}

// key is the key of an entry of a list.
func (s *sheet) key(list string, index int) offer.Key {
	a := s.byPath[list]
	if a == nil || a.q.Key == "" {
		return offer.Key{}
	}
	k := offer.Key{Member: a.q.Key}
	if name := s.byPath[fmt.Sprintf("%s[%d].%s", list, index, a.q.Key)]; name != nil {
		k.Value = name.show(Chinese)
	}
	return k
}

// offeredFile is the file of offered answers, to be read and then given as answers.
func offeredFile(f *Form, list Answers) func() ([]byte, error) {
	return func() ([]byte, error) {
		text, err := asJSON(list)()
		head := fmt.Sprintf("# %s · %s\n# 以往文书中的答案，仅供参考：逐项核对、修改后，再作为 --answers 的文件使用。\n# Answers of earlier filings. Read and correct each, then give this file to --answers.\n", f.Title.ZH, f.Title.EN)
		return append([]byte(head), text...), err
	}
}
