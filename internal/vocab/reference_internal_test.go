package vocab

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

const referenceFile = "../../docs/reference/vocabularies.md"

const referenceHead = `# Vocabularies · 词表

<!-- Made from words/*.yaml by: go test ./internal/vocab -update -->

The words that facts, flags and packs may have. Wherever a word is stated, its key, a synonym, a code or a name in either language is taken, without regard to case, width and what stands between words; what is kept and decided on is the key. A word of no list is refused with the nearest ones, and a word that can be several is refused with all of them. A word that an older version kept and that is in no list any more counts as unknown; the participant or dataset names it under ` + "`unread`" + `.

事实、命令行选项和规则包只能使用下列词语。可以填写键、同义词、代码或者任一语言的名称，不区分大小写、全角半角和分隔符；保存和判定时使用键。不在词表中的词会被拒绝，并提示最接近的词；有多个含义的词会被拒绝，并列出全部含义。旧版本保存、现已不在词表中的词视为未知，并在参与方或者数据集的 ` + "`unread`" + ` 中列出。

**None of these · 以上均不属于.** The last word of a list says that no other fits. It is a statement, not an unknown: it needs a reason and who says so, beside the fact: ` + "`{sector: none, none: {sector: {note: \"we build violins\", by: \"Li Wei, legal\"}}}`" + ` in a file, ` + "`--sector none --none-note \"we build violins\" --none-by \"Li Wei, legal\"`" + ` on the command line. A gateway takes the name of the key that asks where nobody is named. 每个词表的最后一个词表示均不属于；这是一项声明，而不是未知，须同时说明理由和声明人。

**Words of packs · 规则包的词.** A pack adds words in ` + "`words.yaml`" + `, see [pack format](pack-format.md). While it is in force, its jurisdictions, its kinds of instruments, its elements, and the sectors, scenarios and items of its list are words too. Lists without words here take any word until a pack in force names some. 规则包生效期间，其法域、法律文件种类、数据项以及清单的行业、场景和数据项也是词表中的词。

`

// TestReference: docs/reference/vocabularies.md is what the words make it.
func TestReference(t *testing.T) {
	var b strings.Builder
	b.WriteString(referenceHead)
	w := Standard()
	for _, n := range Names() {
		fmt.Fprintf(&b, "## %s · %s\n\n`%s`", w.Title(n).EN, w.Title(n).ZH, n)
		if w.Open(n) {
			b.WriteString(": only what packs name.\n\n")
		} else {
			fmt.Fprintf(&b, ": %d words.\n\n", len(w.Entries(n)))
		}
		b.WriteString("| key | English | 中文 | also read · 同义词 |\n|---|---|---|---|\n")
		for _, x := range w.Entries(n) {
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", x.Key, x.EN, x.ZH, strings.Join(x.Synonyms, ", "))
		}
		if none := w.None(n); none != nil {
			fmt.Fprintf(&b, "\n`%s`: %s\n", none.Key, none.Note)
		}
		b.WriteString("\n")
	}
	want := strings.TrimRight(b.String(), "\n") + "\n"
	if *update {
		if err := os.WriteFile(referenceFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(referenceFile); err != nil || string(have) != want {
		t.Fatalf("docs/reference/vocabularies.md is not what words/*.yaml make it (%v): go test ./internal/vocab -update", err)
	}
}
