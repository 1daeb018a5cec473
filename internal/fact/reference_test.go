package fact_test

import (
	"fmt"
	"strings"
	"testing"

	"hutong/internal/fact"
)

// TestReference: docs/reference/facts.md is what the table makes it.
func TestReference(t *testing.T) {
	var b strings.Builder
	b.WriteString(`# Facts

<!-- Made from words/facts.yaml by: go test ./internal/fact -update -->

Everything that a rule can read, in the order of the [table](../../words/facts.yaml). What is not known is unknown, never harmless. Dots are nested objects in the JSON of facts; a dataset or a flow leaves ` + "`data.`" + ` out: its ` + "`important`" + ` is ` + "`data.important`" + `.

*Stated by* says where a fact comes from: the **exporter** and the **recipient** are participants, of whom their own gateway states it (` + "`hutong participant add`" + `); a **dataset** is stated by its owner (` + "`hutong dataset add`" + `), a **flow** by whoever sends it (` + "`hutong send`" + `, flags or ` + "`--facts FILE`" + `), over its dataset. What the **gateway** finds or counts nobody states. ✍ marks what a gateway tells its peers, signed, about a participant. What a flow states of a party may not contradict what that party's gateway states.

*Declared of the company* or *of the dataset*: a compliance officer can [declare](../howto/declare.md) it once a year.

Rule packs may declare [facts of their own](pack-format.md#facts-of-a-pack), which are stated by their whole name.

| fact | type | stated by | in a participant | flag | what it is | question |
|---|---|---|---|---|---|---|
`)
	for i := range fact.Standard().All() {
		d := fact.Standard().At(i)
		field, flag := "", ""
		if d.StatedBy(fact.Exporter) || d.StatedBy(fact.Recipient) {
			field = "`" + d.FieldName() + "`"
			if d.Statement {
				field += " ✍"
			}
		}
		if f := d.FlagName(); f != "" && d.Any == "" && !d.Member && len(d.By) > 0 && !(len(d.By) == 1 && d.By[0] == fact.Gateway) {
			flag = "`--" + f + "`"
		}
		kind := string(d.Type)
		if len(d.Values) > 0 {
			kind += ": " + strings.Join(d.Values, ", ")
		}
		if d.Unit != "" {
			kind += " of " + d.Unit
		}
		var by []string
		for _, s := range d.By {
			by = append(by, string(s))
		}
		if d.Standing != nil {
			by = append(by, fmt.Sprintf("declared of the %s", d.Standing.About))
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s · %s | %s · %s |\n", d.Name, kind, strings.Join(by, ", "), field, flag, d.Text.EN, d.Text.ZH, d.Ask.EN, d.Ask.ZH)
	}
	made(t, "../../docs/reference/facts.md", []byte(b.String()))
}
