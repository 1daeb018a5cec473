package dossier

import (
	"fmt"
	"strings"
)

// offered are the answers of earlier filings to what is missing in a sheet, as a
// tree of answers. The first of the earlier ones that has an answer gives it. A
// person reads them before they count: they are offered and not taken.
func offered(s *sheet, earlier []Answers) Answers {
	out := Answers{}
	for _, a := range s.list {
		if !a.needed() || a.q.Type == typeList {
			continue
		}
		for _, given := range earlier {
			if v := s.earlierValue(map[string]any(given), a.path); v != nil && v != "" {
				s.offer(out, a.path, v)
				break
			}
		}
	}
	return out
}

// step is one piece of a path: a name, and the index of an entry or -1.
type step struct {
	name  string
	index int
	list  string // the path of the list
}

func steps(path string) []step {
	var out []step
	at := ""
	for _, piece := range strings.Split(path, ".") {
		one := step{name: piece, index: -1}
		if i := strings.IndexByte(piece, '['); i >= 0 {
			one.name = piece[:i]
			one.list = at + one.name
			_, _ = fmt.Sscanf(piece[i:], "[%d]", &one.index) // the path is ours
		}
		at += piece + "."
		out = append(out, one)
	}
	return out
}

// earlierValue finds the answer at a path. An entry of a list with a key is the
// one with the same key.
func (s *sheet) earlierValue(tree any, path string) any {
	for _, st := range steps(path) {
		group, _ := tree.(map[string]any)
		tree = group[st.name]
		if st.index < 0 {
			continue
		}
		list, _ := tree.([]any)
		at := st.index
		if key := s.key(st); key != "" {
			at = -1
			for i, e := range list {
				if name, _ := lookup(e, s.byPath[st.list].q.Key).(string); name == key {
					at = i
				}
			}
		}
		if at < 0 || at >= len(list) {
			return nil
		}
		tree = list[at]
	}
	return tree
}

// key is the key of the entry of a step; empty if its list has none.
func (s *sheet) key(st step) string {
	list := s.byPath[st.list]
	if list == nil || list.q.Key == "" {
		return ""
	}
	if a := s.byPath[fmt.Sprintf("%s[%d].%s", st.list, st.index, list.q.Key)]; a != nil {
		return a.show(Chinese)
	}
	return ""
}

// offer puts an answer into a tree at its path.
func (s *sheet) offer(tree map[string]any, path string, v any) {
	all := steps(path)
	for i, st := range all {
		if i == len(all)-1 {
			tree[st.name] = v
			return
		}
		if st.index < 0 {
			below, ok := tree[st.name].(map[string]any)
			if !ok {
				below = map[string]any{}
				tree[st.name] = below
			}
			tree = below
			continue
		}
		list, _ := tree[st.name].([]any)
		at := st.index
		if key := s.key(st); key != "" {
			at = len(list)
			for j, e := range list {
				if lookup(e, s.byPath[st.list].q.Key) == key {
					at = j
				}
			}
			if at == len(list) {
				list = append(list, map[string]any{s.byPath[st.list].q.Key: key})
			}
		}
		for len(list) <= at {
			list = append(list, map[string]any{})
		}
		tree[st.name] = list
		tree, _ = list[at].(map[string]any)
	}
}

// offeredFile is the file of offered answers, to be read and then given as answers.
func offeredFile(f *Form, list Answers) func() ([]byte, error) {
	return func() ([]byte, error) {
		text, err := asJSON(list)()
		head := fmt.Sprintf("# %s · %s\n# 以往文书中的答案，仅供参考：逐项核对、修改后，再作为 --answers 的文件使用。\n# Answers of earlier filings. Read and correct each, then give this file to --answers.\n", f.Title.ZH, f.Title.EN)
		return append([]byte(head), text...), err
	}
}
