// Package evidence holds the commands that check evidence offline, with no
// gateway and no network.
package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
	"hutong/internal/prove"
	"hutong/internal/tlog"
)

// maxEvidence is the largest file that verify reads: a waybill has a few
// kilobytes for each step of its flow.
const maxEvidence = 64 << 20

// Verify makes "verify".
func Verify(env *frame.Env) *cobra.Command {
	var keys, files []string
	var data string
	cmd := &cobra.Command{
		Use: "verify FILE", Short: "Check a waybill offline", Args: frame.Args(cobra.ExactArgs(1)),
		Long: `Check a waybill with the keys that you trust, without a gateway or a network. Each
line says what is proved. The command names the first check that fails.

You can trust a waybill only as far as the key of its log. Give keys that their owners
confirmed with --key or --keys, or keep them in $XDG_CONFIG_HOME/hutong/known-keys
(~/.config without it), one key per line; # begins a comment. 'hutong peer list' and
'hutong serve' show the fingerprint to compare.

--data also compares the delivered file with the receipt, byte for byte.

Exit codes: 0 verified, 4 does not verify or the log's key is not trusted, 1 a
file cannot be read, 2 usage.`,
		Example: `  hutong verify flow.waybill
  hutong verify flow.waybill --keys regulator.keys --data delivered.csv
  hutong verify flow.waybill --key 'gateway/log+1a2b3c4d+AQ...'`,
		RunE: func(cmd *cobra.Command, list []string) error {
			trust, err := trustedKeys(env, keys, files)
			if err != nil {
				return err
			}
			waybill, err := readEvidence(list[0])
			if err != nil {
				return err
			}
			report, err := prove.Verify(waybill, prove.Trust{Keys: trust.vkeys()})
			if err == nil && data != "" {
				err = checkData(cmd.Context(), data, &report)
			}
			if err != nil && !errors.Is(err, dataspace.ErrEvidence) {
				return err
			}
			return concludeVerify(env, list[0], report, trust, err)
		},
	}
	fs := cmd.Flags()
	fs.StringArrayVar(&keys, "key", nil, "a key that you trust, in the form name+id+base64; may be repeated")
	fs.StringArrayVar(&files, "keys", nil, "file with keys that you trust, one a line; may be repeated")
	fs.StringVar(&data, "data", "", "the delivered file, to compare with the receipt")
	return cmd
}

// readEvidence reads a complete file of evidence.
func readEvidence(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, frame.Unreadable(path, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxEvidence+1))
	if err != nil {
		return nil, frame.Unreadable(path, err)
	}
	if len(data) > maxEvidence {
		return nil, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "file.size", Place: path, Message: fmt.Sprintf("is larger than %s: this is no waybill", frame.Size(maxEvidence))}
	}
	return data, nil
}

// trusted holds keys and the source of the trust in each.
type trusted struct {
	keys []string
	from map[string]string // by key
}

func (t *trusted) add(key, from string) {
	if _, ok := t.from[key]; !ok {
		t.keys, t.from[key] = append(t.keys, key), from
	}
}

func (t *trusted) vkeys() []string { return t.keys }

// trustedKeys collects the keys of the flags, of the files, and the known keys.
func trustedKeys(env *frame.Env, keys, files []string) (*trusted, error) {
	t := &trusted{from: map[string]string{}}
	for _, k := range keys {
		if _, err := tlog.ParseKey(k); err != nil {
			return nil, frame.Usagef("give the whole key as its owner shows it: name+id+base64", "--key: %v", err)
		}
		t.add(k, "--key")
	}
	for _, f := range files {
		if err := t.file(f); err != nil {
			return nil, err
		}
	}
	if known := knownKeys(); known != "" {
		if err := t.file(known); err != nil && !errors.Is(err, dataspace.ErrNotFound) {
			return nil, err
		}
	}
	return t, nil
}

func (t *trusted) file(path string) error {
	data, err := readEvidence(path)
	if err != nil {
		return err
	}
	for i, line := range strings.Split(string(data), "\n") {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if _, err := tlog.ParseKey(line); err != nil {
			return &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "key.form", Place: fmt.Sprintf("%s:%d", path, i+1),
				Message: "is no key", Err: err, Hint: "write one key a line, as its owner shows it: name+id+base64"}
		}
		t.add(line, path)
	}
	return nil
}

// knownKeys returns the path of the user's file of keys, empty if there is no
// home directory.
func knownKeys() string {
	dir := os.Getenv("XDG_CONFIG_HOME")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(home, ".config")
	}
	return filepath.Join(dir, "hutong", "known-keys")
}

// checkData adds a line about the delivered file to the report.
func checkData(ctx context.Context, path string, report *prove.Report) error {
	f, err := os.Open(path)
	if err != nil {
		return frame.Unreadable(path, err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return frame.Unreadable(path, &fs.PathError{Op: "read", Path: path, Err: errors.New("is a directory")})
	}
	err = prove.VerifyFile(ctx, *report.Statement, f)
	line := prove.Line{OK: err == nil, Place: "data", Text: dataspace.Text{
		EN: fmt.Sprintf("The file is the one that both sides signed for: %d rows, %d bytes.", report.Statement.Rows, report.Statement.Size),
		ZH: fmt.Sprintf("数据文件即双方签收的文件：%d 行，%d 字节。", report.Statement.Rows, report.Statement.Size),
	}}
	if err != nil {
		if !errors.Is(err, dataspace.ErrEvidence) {
			return err
		}
		line.Text = dataspace.Text{EN: "Does not hold: " + err.Error() + ".", ZH: "不成立：数据文件与回执不符。"}
		report.OK = false
	}
	report.Lines = append(report.Lines, line)
	return err
}

// concludeVerify prints the report, and gives a failure its exit code.
func concludeVerify(env *frame.Env, path string, r prove.Report, t *trusted, failed error) error {
	if err := env.Print(r, func(w io.Writer) { printReport(env, w, path, r, t) }); err != nil {
		return err
	}
	if failed == nil {
		return nil
	}
	if env.JSON {
		return frame.Quiet(frame.ExitEvidence) // the report has the details
	}
	if hint := dataspace.Hint(failed); hint != "" {
		env.Say("hutong: hint: %s", hint)
	}
	return frame.Quiet(frame.ExitEvidence)
}

func printReport(env *frame.Env, w io.Writer, path string, r prove.Report, t *trusted) {
	for _, l := range r.Lines {
		mark := "✓"
		if !l.OK {
			mark = "✗"
		}
		frame.Paragraph(w, mark+" ", "  ", env.Text(l.Text))
	}
	if len(r.Keys) > 0 {
		fmt.Fprintln(w, env.Word("\nkeys", "\n密钥"))
		var rows [][]string
		for _, k := range r.Keys {
			how := env.Word("named by the log only", "仅由日志载明")
			if k.Trusted {
				how = env.Word("trusted: ", "信任来源：") + t.from[k.Key]
			}
			name, _, _ := strings.Cut(k.Key, "+")
			rows = append(rows, []string{name, k.Fingerprint, how})
		}
		frame.Grid(w, "  ", rows)
	}
	fmt.Fprintln(w)
	if r.OK {
		fmt.Fprintf(w, env.Word("%s verifies\n", "%s 验证通过\n"), path)
		return
	}
	fmt.Fprintf(w, env.Word("%s does not verify\n", "%s 未通过验证\n"), path)
}
