package files

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"hutong/internal/dataspace"
	"hutong/internal/table/format"
)

// list finds the files of a source, in the order of their names.
func list(at root, path string) ([]part, error) {
	info, err := at.stat(path)
	if err != nil {
		return nil, ioProblem("open", path, err)
	}
	if !info.IsDir() {
		p := part{root: at, path: path, name: baseName(path), info: info}
		return []part{p}, p.regular()
	}
	entries, err := at.readDir(path)
	if err != nil {
		return nil, ioProblem("read the directory", path, err)
	}
	within := root{outer: at.outer, folder: path}
	var parts []part
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || strings.HasPrefix(e.Name(), "_") {
			continue
		}
		p := part{root: within, path: filepath.Join(path, e.Name()), name: e.Name()}
		if p.info, err = within.stat(p.path); err != nil { // follows links
			if e.Type()&fs.ModeSymlink != 0 && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
				return nil, &dataspace.Problem{
					Kind: dataspace.ErrInvalid, Code: "files.link", Place: p.path,
					Message: "a symbolic link leads out of the directory that is the source, or is absolute",
					Hint:    "copy the file into the directory, or take the link out",
				}
			}
			return nil, ioProblem("open", p.path, err)
		}
		if err := p.regular(); err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	if len(parts) == 0 {
		return nil, &dataspace.Problem{
			Kind: dataspace.ErrInvalid, Code: "files.dir.empty", Place: path,
			Message: "the directory holds no files",
			Hint:    `files whose names begin with "." or "_" do not count`,
		}
	}
	return parts, nil
}

// regular refuses a file that is not a regular file.
func (p *part) regular() error {
	switch {
	case p.info.IsDir():
		return &dataspace.Problem{
			Kind: dataspace.ErrInvalid, Code: "files.dir.nested", Place: p.path,
			Message: "a directory inside the source is not read",
			Hint:    "name the inner directory as the source, or move its files up",
		}
	case !p.info.Mode().IsRegular():
		return &dataspace.Problem{
			Kind: dataspace.ErrInvalid, Code: "files.irregular", Place: p.path,
			Message: "not a regular file",
			Hint:    "a source is read more than once: save pipes and devices to a file first",
		}
	}
	return nil
}

// stamp is a digest that changes when a file changes.
func stamp(parts []part) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%q %d %d %d\n", p.name, p.info.Size(), p.info.ModTime().UnixNano(), inode(p.info))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// look detects the properties that the options do not give.
func (p *part) look(want shape) error {
	p.shape = want
	f, err := p.root.open(p.path)
	if err != nil {
		return ioProblem("open", p.path, err)
	}
	defer f.Close()
	head := make([]byte, 4096)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return ioProblem("read", p.path, err)
	}
	head = head[:n]
	if p.shape.format == "" {
		if p.shape.format, err = p.sniffFormat(head); err != nil {
			return err
		}
	}
	if p.shape.format == format.Parquet {
		p.shape.charset, p.shape.delimiter = "", 0
		return nil
	}
	if p.shape.charset == "" {
		if p.shape.charset, err = sniffCharset(f, p.info.Size(), p.name); err != nil {
			return err
		}
	}
	if want.format != "" {
		return nil // somebody knows better
	}
	text := plain(head, p.shape.charset)
	if p.shape.format == "" {
		p.shape.format = textFormat(text)
	}
	return p.disguised(text)
}

// packed are the first bytes of files that must be unpacked or exported first.
var packed = []struct{ magic, what, hint string }{
	{"\x1f\x8b", "gzip-compressed", "unpack it first: gunzip -k"},
	{"\x28\xb5\x2f\xfd", "zstd-compressed", "unpack it first: unzstd"},
	{"BZh", "bzip2-compressed", "unpack it first: bunzip2 -k"},
	{"\xfd7zXZ\x00", "xz-compressed", "unpack it first: unxz -k"},
	{"PK\x03\x04", "a ZIP archive or an Excel workbook", "unpack it, or save the sheet as CSV (UTF-8)"},
	{"\xd0\xcf\x11\xe0", "an old Excel workbook", "save the sheet as CSV (UTF-8)"},
	{"SQLite format 3\x00", "an SQLite database", "export the table as CSV"},
	{"ARROW1", "an Arrow file", "write it as Parquet"},
	{"Obj\x01", "an Avro file", "write it as Parquet"},
	{"ORC", "an ORC file", "write it as Parquet"},
}

// sniffFormat detects the format by the first bytes, then by the extension;
// empty means some kind of text.
func (p *part) sniffFormat(head []byte) (string, error) {
	if bytes.HasPrefix(head, []byte("PAR1")) || bytes.HasPrefix(head, []byte("PARE")) {
		return format.Parquet, nil
	}
	ext := strings.ToLower(filepath.Ext(p.name))
	for _, k := range packed {
		// Some of these first bytes could begin a text, but no text contains a
		// zero byte.
		letter := k.magic[0] >= 'A' && k.magic[0] <= 'Z'
		if bytes.HasPrefix(head, []byte(k.magic)) && (!letter || bytes.IndexByte(head, 0) >= 0) {
			return "", &dataspace.Problem{
				Kind: dataspace.ErrInvalid, Code: "files.format.packed", Place: p.name,
				Message: "the file is " + k.what + ", which is not read", Hint: k.hint,
			}
		}
	}
	switch ext {
	case ".csv", ".tsv":
		return format.CSV, nil
	case ".jsonl", ".ndjson", ".json":
		return format.JSONL, nil
	case ".parquet", ".pq":
		return format.Parquet, nil // the reader reports what is wrong
	}
	return "", nil
}
