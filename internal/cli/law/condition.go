package law

import (
	"slices"
	"strings"

	"hutong/internal/cli/frame"
	"hutong/internal/dossier"
)

// needed says whether a question must be answered; a condition is a sentence
// that names the other question by its text.
func needed(env *frame.Env, q dossier.Asked, all []dossier.Asked) string {
	switch {
	case q.Optional:
		return env.Word("no", "否")
	case q.When != "":
		return condition(env, q, all)
	}
	return env.Word("yes", "是")
}

// condition writes the condition of a question: terms joined by &&, each "path",
// "!path" or "path == value|value"; a path that begins with a dot is that of a
// question beside it.
func condition(env *frame.Env, q dossier.Asked, all []dossier.Asked) string {
	var out []string
	for _, term := range strings.Split(q.When, "&&") {
		path, values, compared := strings.Cut(term, "==")
		path, not := strings.CutPrefix(strings.TrimSpace(path), "!")
		if strings.HasPrefix(path, ".") {
			path = q.Path[:strings.LastIndexByte(q.Path, '.')] + path
		}
		name := path
		if i := slices.IndexFunc(all, func(other dossier.Asked) bool { return other.Path == path }); i >= 0 {
			name = env.Text(all[i].Text)
		}
		is := env.Word("yes", "是")
		if compared {
			list := strings.Split(values, "|")
			for i := range list {
				list[i] = strings.TrimSpace(list[i])
			}
			is = strings.Join(list, env.Word(" or ", " 或 "))
		}
		switch {
		case compared && not:
			out = append(out, env.Word("“"+name+"” is not "+is, "“"+name+"”不为 "+is))
		case not:
			out = append(out, env.Word("the answer to “"+name+"” is no", "“"+name+"”的回答为否"))
		case compared:
			out = append(out, env.Word("“"+name+"” is "+is, "“"+name+"”为 "+is))
		default:
			out = append(out, env.Word("the answer to “"+name+"” is yes", "“"+name+"”的回答为是"))
		}
	}
	return env.Word("if ", "当") + strings.Join(out, env.Word(" and ", "，且")) + env.Word("", "时")
}
