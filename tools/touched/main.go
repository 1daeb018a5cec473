// Command touched reads the names of changed files, one on each line, and
// prints the packages of the module in the current directory whose tests can
// come out otherwise: those that own a changed file, and those that use one of
// them, in their code or in their tests.
//
// A package owns the files of its folder and of the folders below that hold no
// package, such as testdata. The module's own files (go.mod, go.sum) touch
// every package. Files that no package owns (a README, a script) are counted
// and touch nothing.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Stdin, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "touched:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out, messages io.Writer) error {
	list, err := packages()
	if err != nil {
		return err
	}
	var files []string
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		if name := strings.TrimSpace(lines.Text()); name != "" {
			files = append(files, name)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read changed files: %w", err)
	}
	found, without := touched(list, files)
	for _, p := range found {
		fmt.Fprintln(out, p)
	}
	fmt.Fprintf(messages, "%d changed files, %d of them in no package; %d of %d packages are touched\n", len(files), without, len(found), len(list))
	return nil
}

// pkg is a package as "go list -json" gives it. Folder is relative to the
// module, with slashes; the module's own folder is ".".
type pkg struct {
	ImportPath   string
	Dir          string
	Folder       string
	Deps         []string
	TestImports  []string
	XTestImports []string
}

func packages() ([]pkg, error) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Deps,TestImports,XTestImports", "./...")
	cmd.Stderr = os.Stderr
	raw, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list packages: %w", err)
	}
	top, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("find the module: %w", err)
	}
	var list []pkg
	for dec := json.NewDecoder(bytes.NewReader(raw)); ; {
		var p pkg
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read list of packages: %w", err)
		}
		folder, err := filepath.Rel(top, p.Dir)
		if err != nil {
			return nil, fmt.Errorf("place package %s: %w", p.ImportPath, err)
		}
		p.Folder = filepath.ToSlash(folder)
		list = append(list, p)
	}
}

// touched returns the import paths in order, and how many files no package
// owns.
func touched(list []pkg, files []string) (found []string, without int) {
	byFolder := map[string]string{}
	deps := map[string][]string{}
	for _, p := range list {
		byFolder[p.Folder] = p.ImportPath
		deps[p.ImportPath] = p.Deps
	}
	changed := map[string]bool{}
	for _, f := range files {
		if f == "go.mod" || f == "go.sum" {
			for _, p := range list {
				changed[p.ImportPath] = true
			}
			continue
		}
		if owner := ownerOf(byFolder, f); owner != "" {
			changed[owner] = true
		} else {
			without++
		}
	}
	for _, p := range list {
		if changed[p.ImportPath] || slices.ContainsFunc(uses(p, deps), func(d string) bool { return changed[d] }) {
			found = append(found, p.ImportPath)
		}
	}
	slices.Sort(found)
	return found, without
}

// ownerOf is the package of the nearest folder above a file.
func ownerOf(byFolder map[string]string, file string) string {
	for dir := path.Dir(path.Clean(file)); ; dir = path.Dir(dir) {
		if owner, ok := byFolder[dir]; ok {
			return owner
		}
		if dir == "." || dir == "/" {
			return ""
		}
	}
}

// uses lists what a package and its tests are built of.
func uses(p pkg, deps map[string][]string) []string {
	all := slices.Clone(p.Deps)
	for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
		all = append(all, imported)
		all = append(all, deps[imported]...)
	}
	return all
}
