package cli_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"hutong/internal/cli"
	"hutong/internal/files"
	"hutong/internal/table"
	"hutong/internal/table/format"
)

// minScripts is the minimum number of scripts: with fewer, the test would have
// tested nothing.
const minScripts = 8

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hutong": func() {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		code := cli.Run(ctx, os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
		stop()
		os.Exit(code)
	}})
}

// TestScripts runs testdata/script/*.txtar against the program itself.
// Besides the commands of testscript there are:
//
//	exits N COMMAND...       the exit code must be N
//	encode CHARSET IN OUT    write a text in another charset: gb18030, utf-16le
//	convert IN OUT FORMAT    write a table as csv, jsonl or parquet
//	cut FILE BYTES           leave only the first bytes of a file
//	empty DIR                the directory must hold nothing
func TestScripts(t *testing.T) {
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	if len(scripts) < minScripts {
		t.Errorf("%d scripts, at least %d should be there", len(scripts), minScripts)
	}
	evidence, err := filepath.Abs("../prove/testdata")
	if err != nil {
		t.Fatal(err)
	}
	annexes, err := filepath.Abs("../../docs/howto/sample-annex")
	if err != nil {
		t.Fatal(err)
	}
	packs, err := filepath.Abs("../../packs")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Files:               scripts,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			home := filepath.Join(env.WorkDir, ".home")
			env.Setenv("HOME", home)
			env.Setenv("XDG_CONFIG_HOME", filepath.Join(home, ".config"))
			env.Setenv("HUTONG_LANG", "en")
			env.Setenv("EVIDENCE", evidence)
			env.Setenv("PACKS", packs)
			env.Setenv("SAMPLE", annexes)
			return os.MkdirAll(home, 0o700)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits, "encode": encode, "convert": convert, "cut": cut, "empty": empty,
		},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits N COMMAND [ARGS...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if err != nil {
		var failed *exec.ExitError
		if !errors.As(err, &failed) {
			ts.Fatalf("%v", err)
		}
		got = failed.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func encode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: encode CHARSET IN OUT")
	}
	charsets := map[string]encoding.Encoding{"gb18030": simplifiedchinese.GB18030, "utf-16le": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)}
	cs, ok := charsets[args[0]]
	if !ok {
		ts.Fatalf("unknown charset %s", args[0])
	}
	out, err := cs.NewEncoder().String(ts.ReadFile(args[1]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(out), 0o644))
}

func convert(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: convert IN OUT FORMAT")
	}
	src, err := files.Open(ts.MkAbs(args[0]), files.Options{})
	ts.Check(err)
	in, err := src.Read(context.Background())
	ts.Check(err)
	defer in.Close()
	f, err := os.Create(ts.MkAbs(args[1]))
	ts.Check(err)
	w, err := format.NewWriter(args[2], f, in.Schema())
	ts.Check(err)
	var b table.Batch
	for {
		err := in.Next(&b)
		if errors.Is(err, io.EOF) {
			break
		}
		ts.Check(err)
		ts.Check(w.Write(&b))
	}
	ts.Check(w.Close())
	ts.Check(f.Close())
}

func cut(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: cut FILE BYTES")
	}
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if info.Size() <= n {
		ts.Fatalf("%s has only %d bytes", args[0], info.Size())
	}
	ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
}

func empty(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: [!] empty DIR")
	}
	list, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	if (len(list) == 0) == neg {
		ts.Fatalf("%s holds %s", args[0], fmt.Sprint(list))
	}
}
