// Package offer finds answers of earlier filings for what is missing in a new one.
// An entry of a list is the one with the same key, or else the one at the same
// position. It does not interpret the answers.
package offer

import (
	"fmt"
	"strings"
)

// Key names the entry of a list: the member that identifies it, and its value. An
// empty member says that the position does.
type Key struct{ Member, Value string }

// Keys gives the key of an entry of the list at a path.
type Keys func(list string, index int) Key

// For is a tree of the answers of earlier filings at the paths, such as
// "a.list[2].b". The first of the earlier ones that has an answer gives it.
func For(paths []string, keys Keys, earlier []map[string]any) map[string]any {
	out := map[string]any{}
	for _, path := range paths {
		for _, given := range earlier {
			if v := valueAt(given, path, keys); v != nil && v != "" {
				put(out, path, v, keys)
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
			if _, err := fmt.Sscanf(piece[i:], "[%d]", &one.index); err != nil {
				one.index = -1 // it is a name
			}
		}
		at += piece + "."
		out = append(out, one)
	}
	return out
}

// member is a member of an entry, if the entry is a tree.
func member(entry any, name string) any {
	tree, _ := entry.(map[string]any)
	return tree[name]
}

func valueAt(tree any, path string, keys Keys) any {
	for _, st := range steps(path) {
		tree = member(tree, st.name)
		if st.index < 0 {
			continue
		}
		list, _ := tree.([]any)
		at := find(list, st, keys)
		if at < 0 || at >= len(list) {
			return nil
		}
		tree = list[at]
	}
	return tree
}

// find is the position of an entry in a list; -1 if none has its key.
func find(list []any, st step, keys Keys) int {
	key := keys(st.list, st.index)
	if key.Member == "" || key.Value == "" {
		return st.index
	}
	for i, e := range list {
		if member(e, key.Member) == key.Value {
			return i
		}
	}
	return -1
}

// put puts an answer into a tree at its path.
func put(tree map[string]any, path string, v any, keys Keys) {
	all := steps(path)
	for _, st := range all[:len(all)-1] {
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
		at := find(list, st, keys)
		if at < 0 {
			key := keys(st.list, st.index)
			at = len(list)
			list = append(list, map[string]any{key.Member: key.Value})
		}
		for len(list) <= at {
			list = append(list, map[string]any{})
		}
		tree[st.name] = list
		tree, _ = list[at].(map[string]any)
	}
	tree[all[len(all)-1].name] = v
}
