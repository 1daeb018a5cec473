package authority

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hutong/internal/agreed"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/dataspace"
	"hutong/internal/files"
	"hutong/internal/pack"
	"hutong/internal/recognition"
	"hutong/internal/rules"
	"hutong/internal/vocab"
	"hutong/packs"
)

// Recognition makes "recognition".
func Recognition(env *frame.Env) *cobra.Command {
	cmd := frame.Group("recognition", "Recognition agreements: whose documents count where",
		recognitionNew(env), recognitionSign(env), recognitionVerify(env), recognitionList(env), recognitionShow(env))
	cmd.Long = `Recognition agreements say which instrument or certificate of one party satisfies
which demand of the other, from when and within what scope. Both parties sign the
same file; a gateway takes it when it trusts both keys.`
	cmd.Example = `  hutong recognition new --id parties/papers --party XX=x.key.pub --party YY=y.key.pub --out recognition.yaml
  hutong recognition sign recognition.yaml --key x.key
  hutong recognition verify recognition.yaml --authority XX=x.pub --authority YY=y.pub`
	return cmd
}

func recognitionNew(env *frame.Env) *cobra.Command {
	var out, id string
	var parties []string
	cmd := &cobra.Command{
		Use: "new", Short: "Begin an agreement: a file to fill in", Args: frame.Args(cobra.NoArgs),
		Long: `Write a file with the two parties and one entry to fill in. Each party is named by
its jurisdiction and the public half of a key made by 'hutong pack keygen'.`,
		Example: `  hutong recognition new --id parties/papers --party XX=x.key.pub --party YY=y.key.pub --out recognition.yaml`,
		RunE: func(*cobra.Command, []string) error {
			if out == "" || id == "" || len(parties) != 2 {
				return frame.Usagef("see the example in --help", "--out, --id and two times --party are needed")
			}
			if _, err := os.Lstat(out); err == nil {
				return &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "file.exists", Place: out, Message: "is there already", Hint: "choose another name"}
			}
			text, err := draft(id, parties)
			if err != nil {
				return err
			}
			if err := files.WriteFile(out, []byte(text), 0o644); err != nil {
				return err
			}
			return env.Print(map[string]string{"file": out}, func(w io.Writer) {
				fmt.Fprintf(w, env.Word("wrote %s; fill it in, then both parties sign it\n", "已写入 %s；填写后由双方签署\n"), out)
			})
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&out, "out", "", "the new file")
	fs.StringVar(&id, "id", "", "id of the agreement, a path such as parties/subject")
	fs.StringArrayVar(&parties, "party", nil, "a party: `XX=FILE` with its public key; twice")
	return cmd
}

// draft returns an agreement that Parse refuses until it is filled in.
func draft(id string, parties []string) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "format: %s\nid: %s\ntitle: {en: '', zh: ''}\nparties:\n", recognition.Format, id)
	var js []string
	for _, p := range parties {
		j, file, ok := strings.Cut(p, "=")
		if !ok || file == "" {
			return "", frame.Usagef("for example --party XX=x.key.pub", "--party %s: expected jurisdiction=file", p)
		}
		key, err := os.ReadFile(file)
		if err != nil {
			return "", frame.Unreadable(file, err)
		}
		js = append(js, j)
		fmt.Fprintf(&b, "- {name: {en: '', zh: ''}, jurisdiction: %s, key: %q}\n", j, strings.TrimSpace(string(key)))
	}
	fmt.Fprintf(&b, `entries:
- id: papers.first                 # unique among all rules
  of: {jurisdiction: %[1]s, kind: ''}  # or certification instead of kind
  satisfies: {jurisdiction: %[2]s, side: export, demand: ''}
  # or: counts_as: {jurisdiction: %[2]s, kind: ''}, and onward: true where it may be recognised further
  from: ''                         # first and last day in force
  to: ''
  scope: {}                        # sectors, scenarios, purposes, elements, recipients, max_people
  article: ''                      # of the agreement
  source: ''                       # the address where it is published
  text: {en: '', zh: ''}
`, js[0], js[1])
	return b.String(), nil
}

func recognitionSign(env *frame.Env) *cobra.Command {
	var keyFile string
	cmd := &cobra.Command{
		Use: "sign FILE", Short: "Sign an agreement for one party", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Add one party's signature to the file. The signature of the other party stays, if the
text did not change since.`,
		Example: `  hutong recognition sign recognition.yaml --key x.key`,
		RunE: func(_ *cobra.Command, list []string) error {
			if keyFile == "" {
				return frame.Usagef("name the secret key with --key; 'hutong pack keygen' makes one", "the secret key is not named")
			}
			d, data, err := input.ReadAgreement(list[0])
			if err != nil {
				return err
			}
			key, err := readSigningKey(keyFile)
			if err != nil {
				return err
			}
			if err := d.Sign(key); err != nil {
				return err
			}
			if data, err = d.Encode(data); err != nil {
				return err
			}
			if err := files.WriteFile(list[0], data, 0o644); err != nil {
				return err
			}
			return showAgreements(env, []string{list[0]}, false)
		},
	}
	cmd.Flags().StringVar(&keyFile, "key", "", "file with the secret key: PEM, or base64 of the 32 bytes")
	return cmd
}

func recognitionVerify(env *frame.Env) *cobra.Command {
	var authorities []string
	cmd := &cobra.Command{
		Use: "verify FILE", Short: "Check that both parties signed, and by whose keys", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Check the form of an agreement and both signatures, and with --authority that the
keys are those of the authorities named. The command compares what the agreement
recognises with the packs that are built in, and names a demand or kind that no pack
has, and a word of a scope that cannot be read.

Exit codes: 0 verified, 4 a signature is missing, wrong or not trusted.`,
		Example: `  hutong recognition verify recognition.yaml --authority XX=x.pub --authority YY=y.pub`,
		RunE: func(_ *cobra.Command, list []string) error {
			d, _, err := input.ReadAgreement(list[0])
			if err != nil {
				return err
			}
			agreed, err := input.VerifyAgreement(env, d, list[0], authorities)
			if errors.Is(err, dataspace.ErrDenied) {
				env.Say("%v", err)
				return frame.Quiet(frame.ExitEvidence)
			}
			if err != nil {
				return err
			}
			builtin, words, err := builtinLaw()
			if err != nil {
				return err
			}
			unknown, unread := unknownTo(builtin, d), unreadBy(words, d)
			v := struct {
				dataspace.RecognitionRef
				Entries int      `json:"entries"`
				Unknown []string `json:"unknown,omitempty"`
				Unread  []string `json:"unread,omitempty"`
			}{agreed.Ref, len(agreed.Entries), unknown, unread}
			return env.Print(v, func(w io.Writer) {
				fmt.Fprintf(w, env.Word("✓ %s: signed by both parties, %s\nsha256 %s\n", "✓ %s：双方均已签署，%s\nsha256 %s\n"),
					v.ID, env.Count(int64(v.Entries), "entry", "条"), v.SHA256)
				for _, u := range unknown {
					fmt.Fprintf(w, env.Word("  no built-in pack has %s\n", "  内置规则包中没有 %s\n"), u)
				}
				printUnread(env, w, unread)
			})
		},
	}
	input.AddAuthorityFlag(cmd, &authorities)
	return cmd
}

// unknownTo lists the demands and kinds of an agreement that no built-in pack
// of their jurisdiction has.
func unknownTo(builtin []*pack.Pack, d *recognition.Document) []string {
	known := map[string]bool{}
	for _, p := range builtin {
		for _, id := range p.Demands() {
			known[string(p.Jurisdiction())+" "+id] = true
		}
		for _, f := range p.Foundings() {
			if f.Kind == "instrument" {
				known[string(p.Jurisdiction())+" "+f.ID] = true
			}
		}
	}
	var out []string
	look := func(j dataspace.Jurisdiction, what string) {
		name := string(j) + " " + what
		if what != "" && !known[name] && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, e := range d.Entries {
		look(e.Of.Jurisdiction, e.Of.Kind)
		if e.Satisfies != nil {
			look(e.Satisfies.Jurisdiction, e.Satisfies.Demand)
		}
		if e.CountsAs != nil {
			look(e.CountsAs.Jurisdiction, e.CountsAs.Kind)
		}
	}
	return out
}

// builtinLaw are the built-in packs and the words that they know.
func builtinLaw() ([]*pack.Pack, *vocab.Words, error) {
	all, err := pack.LoadAll(packs.FS)
	if err != nil {
		return nil, nil, err
	}
	set, err := rules.NewSet(all...)
	if err != nil {
		return nil, nil, err
	}
	return all, set.Facts().Words(), nil
}

// unreadBy lists the words of an agreement's scopes that cannot be read.
func unreadBy(words *vocab.Words, d *recognition.Document) (out []string) {
	for _, err := range d.Unread(words) {
		out = append(out, err.Error())
	}
	return out
}

func printUnread(env *frame.Env, w io.Writer, unread []string) {
	for _, u := range unread {
		fmt.Fprintf(w, env.Word("  unread: %s\n", "  无法识别：%s\n"), u)
	}
}

func recognitionList(env *frame.Env) *cobra.Command {
	return &cobra.Command{
		Use: "list DIR|FILE...", Short: "List agreements and who has signed them", Args: frame.Args(cobra.MinimumNArgs(1)),
		Long: `List the agreements in files, or in the files of a directory, with their parties and
with those that have signed.`,
		Example: `  hutong recognition list agreements/
  hutong recognition list recognition.yaml --json`,
		RunE: func(_ *cobra.Command, list []string) error {
			var paths []string
			for _, p := range list {
				info, err := os.Stat(p)
				switch {
				case err != nil:
					return frame.Unreadable(p, err)
				case !info.IsDir():
					paths = append(paths, p)
					continue
				}
				for _, ext := range []string{"*.yaml", "*.yml", "*.json"} {
					found, err := filepath.Glob(filepath.Join(p, ext))
					if err != nil {
						return err
					}
					paths = append(paths, found...)
				}
			}
			return showAgreements(env, paths, false)
		},
	}
}

func recognitionShow(env *frame.Env) *cobra.Command {
	return &cobra.Command{
		Use: "show FILE", Short: "Show what an agreement recognises", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Show what an agreement recognises, entry by entry: which document of which party
counts for what, from when, within what scope, by which article.`,
		Example: `  hutong recognition show recognition.yaml`,
		RunE:    func(_ *cobra.Command, list []string) error { return showAgreements(env, list, true) },
	}
}

// shownAgreement is the output of list and show for an agreement.
type shownAgreement struct {
	File   string                   `json:"file"`
	Ref    dataspace.RecognitionRef `json:"agreement"`
	Signed [2]bool                  `json:"signed"` // by party
	// Unread are words of the scopes that cannot be read by the built-in packs.
	Unread []string `json:"unread,omitempty"`
	*recognition.Document
}

func showAgreements(env *frame.Env, paths []string, entries bool) error {
	_, words, err := builtinLaw()
	if err != nil {
		return err
	}
	out := make([]shownAgreement, 0, len(paths))
	for _, path := range paths {
		d, _, err := input.ReadAgreement(path)
		if err != nil {
			return err
		}
		v := shownAgreement{File: path, Document: d}
		if v.Ref, err = d.Ref(); err != nil {
			return err
		}
		if v.Signed, err = d.Signed(); err != nil {
			return err
		}
		v.Unread = unreadBy(words, d)
		out = append(out, v)
	}
	return env.Print(out, func(w io.Writer) {
		for _, v := range out {
			fmt.Fprintf(w, "%s  %s\nsha256 %s\n", v.ID, env.Text(v.Title), v.Ref.SHA256)
			for i, p := range v.Parties {
				mark := env.Word("☐ not signed", "☐ 未签署")
				if v.Signed[i] {
					mark = env.Word("☑ signed", "☑ 已签署")
				}
				fmt.Fprintf(w, "  %s  %s  %s  %s\n", p.Jurisdiction, mark, p.Key, env.Text(p.Name))
			}
			printUnread(env, w, v.Unread)
			if entries {
				for i := range v.Entries {
					printEntry(env, w, &v.Entries[i])
				}
			}
		}
	})
}

func printEntry(env *frame.Env, w io.Writer, e *agreed.Recognition) {
	of, verb, to := e.Of.Kind, "", ""
	if e.Of.Certification != "" {
		of = env.Word("certification ", "认证 ") + e.Of.Certification
	}
	if e.Satisfies != nil {
		verb, to = env.Word("satisfies", "满足"), fmt.Sprintf("%s %s (%s)", e.Satisfies.Jurisdiction, e.Satisfies.Demand, e.Satisfies.Side)
	} else {
		verb, to = env.Word("counts as", "视同"), fmt.Sprintf("%s %s", e.CountsAs.Jurisdiction, e.CountsAs.Kind)
		if e.Onward {
			to += env.Word(", also onward", "，可再认可")
		}
	}
	fmt.Fprintf(w, "\n%s\n  %s %s → %s %s\n", e.ID, e.Of.Jurisdiction, of, verb, to)
	if e.From != "" || e.To != "" {
		fmt.Fprintf(w, "  %s – %s\n", e.From, e.To)
	}
	var limits []string
	limit := func(what string, values []string) {
		if len(values) > 0 {
			limits = append(limits, what+": "+strings.Join(values, ", "))
		}
	}
	limit("sectors", e.Scope.Sectors)
	limit("scenarios", e.Scope.Scenarios)
	limit("purposes", e.Scope.Purposes)
	limit("elements", frame.NamesOf(e.Scope.Elements))
	limit("recipients", frame.NamesOf(e.Scope.Recipients))
	if e.Scope.MaxPeople > 0 {
		limits = append(limits, "max_people: "+frame.Thousands(e.Scope.MaxPeople))
	}
	for _, l := range limits {
		fmt.Fprintf(w, "  %s\n", l)
	}
	fmt.Fprintf(w, "  %s\n", e.Article)
	frame.Paragraph(w, "  ", "  ", env.Text(e.Text))
	fmt.Fprintf(w, "  %s\n", e.Source)
}
