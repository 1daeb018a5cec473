package gate

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"golang.org/x/text/unicode/norm"

	"hutong/client"
	"hutong/internal/cli/frame"
	"hutong/internal/cli/input"
	"hutong/internal/dataspace"
	"hutong/internal/table/heading"
	"hutong/internal/vocab"
)

// sending holds the flags of send.
type sending struct {
	from, to, purpose, format string
	retention                 int
	dataset                   string // what the dataset is called
	form                      client.SourceForm
	upload                    bool // send the bytes in any case
	facts                     input.Facts
	columns                   input.Columns
	end                       ending
}

// Send makes "send".
func Send(env *frame.Env) *cobra.Command {
	var o sending
	cmd := &cobra.Command{
		Use: "send SOURCE", Short: "Send a dataset to a recipient behind a peer", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Send a dataset the whole way: profile, clear, agree, deliver, prove.
SOURCE is a file or directory, or the id of a dataset registered with 'hutong
dataset add'. The gateway reads a file where it lies, if it runs on this machine
and your key may name the path; otherwise the file is sent to it, and deleted
there when the flow has ended. The gateway does the work; this command follows
it. Ctrl-C leaves the flow running.

Exit codes: 0 delivered and proved, 3 not cleared (refused, action needed, or a
person must decide), 5 peer unreachable.`,
		Example: `  hutong send tickets.csv --to singapore/lion --purpose business --sector digital_content \
      --origin domestic --important no --core=false --state-secret=false \
      --basis consent --separate-consent --notice-given`,
		RunE: func(cmd *cobra.Command, words []string) error { return send(cmd.Context(), env, words[0], o) },
	}
	fs := cmd.Flags()
	fs.StringVar(&o.from, "from", "", "the sending participant; default: the only one")
	fs.StringVar(&o.to, "to", "", "the recipient: PEER/PARTICIPANT")
	fs.StringVar(&o.purpose, "purpose", "", "purpose: "+input.Keys(vocab.Purposes))
	fs.StringVar(&o.format, "format", "", "format of the delivered file: "+input.Keys(vocab.Formats)+"; default csv")
	fs.StringVar(&o.dataset, "dataset", "", "name of the dataset; default: from the file's name")
	fs.IntVar(&o.retention, "retention-days", 0, "after how many days the recipient must delete it")
	fs.StringVar(&o.form.Format, "source-format", "", "csv, jsonl or parquet; default: detected")
	fs.StringVar(&o.form.Charset, "charset", "", "charset of a text file: utf-8, gb18030, big5, shift_jis, euc-kr, ...; default: detected")
	fs.StringVar(&o.form.Delimiter, "delimiter", "", "delimiter of a CSV file; default: detected")
	input.AddDialect(fs, &o.form.Dialect)
	input.AddLayout(fs, &o.form.Header, &o.form.Skip)
	fs.StringVar(&o.form.System, "system", "", "the exporter's system that numbered the people: one person has one number in it; default: this dataset alone")
	fs.BoolVar(&o.upload, "upload", false, "send the file to the gateway, even if the gateway could read it itself")
	o.end.add(cmd)
	o.facts.AddFlow(cmd)
	o.columns.Add(cmd)
	_ = cmd.MarkFlagRequired("to")      // the flag exists
	_ = cmd.MarkFlagRequired("purpose") // the flag exists
	return cmd
}

func send(ctx context.Context, env *frame.Env, source string, o sending) error {
	for _, w := range []struct {
		list vocab.Name
		flag string
		word *string
	}{{vocab.Purposes, "--purpose", &o.purpose}, {vocab.Formats, "--format", &o.format}} {
		if err := input.Word(w.list, w.flag, w.word); err != nil {
			return err
		}
	}
	if err := o.end.check(); err != nil {
		return err
	}
	peer, recipient, err := address(o.to, "PEER/PARTICIPANT")
	if err != nil {
		return err
	}
	c, err := env.Client()
	if err != nil {
		return err
	}
	in := client.Send{Peer: peer, To: recipient, Purpose: o.purpose, Format: o.format, RetentionDays: o.retention}
	if in.From, err = frame.Sole(ctx, c, o.from, "from"); err != nil {
		return err
	}
	if in.Columns, err = readColumns(&o.columns); err != nil {
		return err
	}
	if registered(ctx, c, in.From, source) {
		in.Dataset = source
		err = o.factsOver(ctx, c, &in)
	} else {
		err = o.readSource(ctx, c, source, &in)
	}
	if err != nil {
		return err
	}
	f, err := begin(ctx, env, c, in, o.upload)
	if err != nil {
		return err
	}
	return followTo(ctx, env, c, f, o.end)
}

// address splits PEER/NAME.
func address(s, what string) (peer, name string, err error) {
	peer, name, ok := strings.Cut(s, "/")
	if !ok || peer == "" || name == "" {
		return "", "", frame.Usagef("write it as "+what, "%q is not %s", s, what)
	}
	return peer, name, nil
}

// registered reports whether name is a registered dataset of the participant. A
// file or directory of that name has priority.
func registered(ctx context.Context, c *client.Client, of, name string) bool {
	if _, err := os.Stat(name); err == nil || dataspace.CheckName("dataset", name) != nil {
		return false
	}
	_, err := c.Datasets().Get(ctx, of, name)
	return err == nil
}

// factsOver fills in the given facts of this flow, which override those of a
// registered dataset.
func (o *sending) factsOver(ctx context.Context, c *client.Client, in *client.Send) (err error) {
	if o.facts.Any() {
		in.Facts, err = readFacts(ctx, c, &o.facts)
	}
	return err
}

// readSource fills in a file or directory as the source, and the facts about
// it.
func (o *sending) readSource(ctx context.Context, c *client.Client, name string, in *client.Send) error {
	if _, err := os.Stat(name); err != nil {
		return &dataspace.Problem{Kind: dataspace.ErrNotFound, Code: "source.none", Place: name, Message: "there is no such file, directory or registered dataset",
			Hint: "'hutong dataset list' shows what is registered"}
	}
	path, err := filepath.Abs(name)
	if err != nil {
		return err
	}
	in.Source, in.SourceForm = client.File(path), &o.form
	if in.Dataset = o.dataset; in.Dataset == "" {
		in.Dataset = datasetName(path)
	}
	in.Facts, err = readFacts(ctx, c, &o.facts)
	return err
}

var notName = regexp.MustCompile(`[^a-z0-9ー\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]+`)

// datasetName makes a dataset id from a path. A name that identifies a person
// stays here: the recipient reads the id before anything is cleared.
func datasetName(path string) string {
	base := filepath.Base(path)
	base = norm.NFKC.String(strings.TrimSuffix(base, filepath.Ext(base)))
	if person, _ := heading.Person(base); person {
		return "dataset"
	}
	name := strings.Trim(notName.ReplaceAllString(strings.ToLower(base), "-"), "-")
	if runes := []rune(name); len(runes) > 60 {
		name = strings.Trim(string(runes[:60]), "-")
	}
	switch utf8.RuneCountInString(name) {
	case 0:
		return "dataset"
	case 1:
		return "dataset-" + name
	}
	return name
}
