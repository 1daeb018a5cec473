package input

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"hutong/internal/cli/frame"
	"hutong/internal/clock"
	"hutong/internal/dataspace"
	"hutong/internal/element"
	"hutong/internal/files"
	"hutong/internal/profile"
)

// ReadProfile reads a profile that a command printed.
func ReadProfile(path string) (p dataspace.Profile, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return p, frame.Unreadable(path, err)
	}
	if err := json.Unmarshal(data, &p); err != nil || len(p.Columns) == 0 {
		return p, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "profile.form", Place: path, Message: "is no profile", Hint: "'hutong profile SOURCE --json' prints one"}
	}
	return p, nil
}

// ProfileFile profiles a source as of today. known holds the elements to
// recognise; nil means those of the program.
func ProfileFile(ctx context.Context, env *frame.Env, source Source, path string, known *element.Taxonomy) (dataspace.Profile, error) {
	src, err := source.Open(path)
	if err != nil {
		return dataspace.Profile{}, err
	}
	return Profile(ctx, env, src, profile.Options{On: clock.Process().Now(), Taxonomy: known}, nil)
}

// Source says how to read a source whose format cannot be detected.
type Source struct {
	files.Options
	sensitive string
}

// Add adds the flags; format is the name of the flag for the format.
func (f *Source) Add(cmd *cobra.Command, format string) {
	fs := cmd.Flags()
	fs.StringVar(&f.Format, format, "", "csv, jsonl or parquet; default: detected")
	fs.StringVar(&f.Charset, "charset", "", "charset of a text file: utf-8, gb18030, big5, shift_jis, euc-kr, ...; default: detected")
	fs.StringVar(&f.Delimiter, "delimiter", "", `delimiter of a CSV file: one character, or "tab"; default: detected`)
	AddDialect(fs, &f.Dialect)
	AddLayout(fs, &f.Header, &f.Skip)
	var ids []string
	for _, c := range element.Builtin().Classifications() {
		ids = append(ids, c.ID)
	}
	fs.StringVar(&f.sensitive, "sensitive", element.Strictest, "the standard that says which data is sensitive: "+strings.Join(ids, ", ")+", or all of them together")
}

// Flag returns the name of a given flag, or an empty text.
func (f *Source) Flag() string {
	for name, v := range map[string]string{"format": f.Format, "charset": f.Charset, "delimiter": f.Delimiter, "dialect": f.Dialect, "header": f.Header} {
		if v != "" {
			return name
		}
	}
	if f.Skip != 0 {
		return "skip"
	}
	return ""
}

// Open opens a source. An error in the flags is a usage error.
func (f *Source) Open(path string) (*files.Source, error) {
	src, err := files.Open(path, f.Options)
	var p *dataspace.Problem
	if errors.As(err, &p) && p.Place == "" {
		return nil, &frame.UsageError{Err: err, Hint: p.Hint}
	}
	return src, err
}

// View is the classification by which data is sensitive.
func (f *Source) View() (element.View, error) {
	v, err := element.Builtin().ParseView(f.sensitive)
	if err != nil {
		return v, &frame.UsageError{Err: err, Hint: dataspace.Hint(err)}
	}
	return v, nil
}

// Profile profiles a source with progress on stderr. It removes the files of the
// run before it returns; use, which may be nil, gets the people before that.
func Profile(ctx context.Context, env *frame.Env, src *files.Source, opt profile.Options, use func(*profile.Result) error) (p dataspace.Profile, err error) {
	dir, err := os.MkdirTemp("", "hutong-")
	if err != nil {
		return p, fmt.Errorf("make temporary directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	m := env.NewMeter(env.Word("reading", "正在读取"))
	defer m.Done()
	opt.Dir, opt.Progress, opt.CountOnly = dir, m.Update, use == nil
	res, err := profile.Run(ctx, src, opt)
	if err != nil {
		if ctx.Err() != nil {
			m.Done()
			env.Say("%s", env.Word("stopped; nothing was written", "已停止，未写入任何内容"))
			return p, frame.Quiet(frame.ExitFailed)
		}
		return p, err
	}
	if use == nil {
		return res.Profile, nil
	}
	defer func() { err = errors.Join(err, res.Census.Close()) }()
	return res.Profile, use(res)
}
