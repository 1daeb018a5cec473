package authority

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/packtools"
)

const builtIn = "../../../packs"

// copied is a folder of its own with some of the packs that come with the
// program.
func copied(t *testing.T, ids ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, id := range ids {
		if err := os.CopyFS(filepath.Join(root, id), os.DirFS(filepath.Join(builtIn, id))); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// What is sent to a gateway is the pack under its id, with what it needs of its
// own tree, and nothing else of it.
func TestFilesOf(t *testing.T) {
	root := copied(t, "sg/pdpa", "calendars")
	put(t, filepath.Join(root, ".hutong-import-1", "zz", "x", "pack.yaml"), "a pack on its way")
	put(t, filepath.Join(root, "sg", "pdpa", "deeper", "notes.txt"), "another folder")
	for name, c := range map[string]struct {
		dirs []string
		have []string
		not  string
	}{
		"a pack":    {[]string{filepath.Join(root, "sg", "pdpa")}, []string{"sg/pdpa/pack.yaml", "sg/pdpa/tests.yaml"}, "deeper"},
		"a folder":  {[]string{root}, []string{"sg/pdpa/pack.yaml", "calendars/"}, ".hutong"},
		"both":      {[]string{root, filepath.Join(builtIn, "uk", "gdpr")}, []string{"sg/pdpa/pack.yaml", "uk/gdpr/pack.yaml"}, ".hutong"},
		"of no one": {nil, nil, "/"},
	} {
		files, err := filesOf(c.dirs)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		names := strings.Join(slices.Sorted(maps.Keys(files)), "\n")
		for _, want := range c.have {
			if !strings.Contains(names, want) {
				t.Errorf("%s: %s is not sent:\n%s", name, want, names)
			}
		}
		if strings.Contains(names, c.not) {
			t.Errorf("%s: %s is sent:\n%s", name, c.not, names)
		}
		if len(c.dirs) == 0 {
			continue
		}
		if _, err := files.Load(); err != nil {
			t.Errorf("%s: what is sent does not load: %v", name, err)
		}
	}
}

// What cannot be sent is refused before it is read, and the error names it.
func TestFilesOfRefuses(t *testing.T) {
	root := t.TempDir()
	put(t, filepath.Join(root, "file"), "x")
	large := filepath.Join(root, "large")
	put(t, filepath.Join(large, "zz", "x", "pack.yaml"), "")
	if err := os.Truncate(filepath.Join(large, "zz", "x", "pack.yaml"), packtools.MaxBytes+1); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(root, "empty")
	if err := os.Mkdir(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	for dir, code := range map[string]string{
		filepath.Join(root, "nothing"): "file.missing",
		filepath.Join(root, "file"):    "pack.dir",
		empty:                          "pack.none",
		large:                          "pack.size",
	} {
		_, err := filesOf([]string{dir})
		var p *dataspace.Problem
		if !errors.As(err, &p) || p.Code != code || p.Place == "" {
			t.Errorf("%s: %v, want %s", dir, err, code)
		}
	}
}

// A new version takes the place of the old one whole; packs below it stay, and
// nothing of the work is left.
func TestPlace(t *testing.T) {
	root := t.TempDir()
	put(t, filepath.Join(root, "zz", "a", "pack.yaml"), "old")
	put(t, filepath.Join(root, "zz", "a", "gone.txt"), "of the old version")
	put(t, filepath.Join(root, "zz", "a", "inner", "pack.yaml"), "another pack")
	put(t, filepath.Join(root, "calendars", "zz.yaml"), "mine")
	target, err := place(root, "zz/a", packtools.Files{"pack.yaml": []byte("new"), "items.csv": []byte("items")})
	if err != nil || target != filepath.Join(root, "zz", "a") {
		t.Fatal(target, err)
	}
	want := map[string]string{"zz/a/pack.yaml": "new", "zz/a/items.csv": "items", "zz/a/inner/pack.yaml": "another pack", "calendars/zz.yaml": "mine"}
	err = fs.WalkDir(os.DirFS(root), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			if strings.HasPrefix(e.Name(), ".hutong") {
				t.Errorf("%s is left", name)
			}
			return err
		}
		data, err := os.ReadFile(filepath.Join(root, name))
		if text, ok := want[name]; ok && text == string(data) {
			delete(want, name)
		} else if !strings.HasPrefix(name, "calendars/") {
			t.Errorf("%s is %q", name, data)
		}
		return err
	})
	if err != nil || len(want) > 0 {
		t.Errorf("missing or other: %v, %v", want, err)
	}
	// Where a new folder is begun, it is made.
	if _, err := place(filepath.Join(root, "new"), "zz/b", packtools.Files{"pack.yaml": []byte("x")}); err != nil {
		t.Error(err)
	}
}

// A word names a folder or ids; what it is not is said with what there is.
func TestNamed(t *testing.T) {
	root := copied(t, "sg/pdpa", "uk/gdpr")
	for name, want := range map[string]int{"sg/pdpa": 1, "sg/pdpa,uk/gdpr": 2, root: 2, filepath.Join(root, "uk", "gdpr"): 1} {
		list, err := regimeNamed(name)
		if err != nil || len(list) != want {
			t.Errorf("%s: %d packs, %v", name, len(list), err)
		}
	}
	for name, says := range map[string]string{"sg/pdpb": "did you mean sg/pdpa?", "nowhere/near/anything": "or one of"} {
		_, err := packNamed(name)
		if err == nil || !strings.Contains(dataspace.Hint(err), says) {
			t.Errorf("%s: %v (%s)", name, err, dataspace.Hint(err))
		}
	}
	if _, err := packNamed(root); err == nil || !strings.Contains(err.Error(), "holds 2 packs") {
		t.Errorf("a folder of two: %v", err)
	}
	side, err := sideNamed("cn/national,sg/pdpa")
	if err != nil || !slices.Equal(side.Packs, []string{"cn/national", "sg/pdpa"}) || side.Files != nil {
		t.Errorf("%+v, %v", side, err)
	}
	if side, err = sideNamed(filepath.Join(root, "sg", "pdpa")); err != nil || side.Packs != nil || len(side.Files["sg/pdpa/pack.yaml"]) == 0 {
		t.Errorf("%v, %v", side.Packs, err)
	}
}
