package deliver

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"hutong/internal/dataspace"
)

// syncStep is the number of leaves after which received data is made durable.
// After a power failure at most this much is fetched again.
const syncStep = 16

// download is a delivery that is being received: a hidden part file, its
// journal, and the final name that the file gets when it is complete.
type download struct {
	dir, name string
	binding   leafHash
	part      *os.File
	log       *os.File
	logSize   int64

	tree    *tree
	pending []byte // journal records of leaves that are not durable yet
	tail    []byte // a last leaf that is not full; it enters the tree when the end is known
	tag     string
	done    *Result
}

func partPath(dir, name string) string    { return filepath.Join(dir, "."+name+".part") }
func journalPath(dir, name string) string { return filepath.Join(dir, "."+name+".journal") }

// openDownload finds what an earlier attempt left and truncates it to the part
// that is certainly complete.
func openDownload(req *Request) (_ *download, err error) {
	if err := os.MkdirAll(req.Dir, 0o700); err != nil {
		return nil, local("create directory", err)
	}
	l := &download{dir: req.Dir, name: req.Name, binding: bindingOf(req.Transfer, req.Format), tree: newTree()}
	if l.log, err = os.OpenFile(journalPath(l.dir, l.name), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return nil, local("open journal", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.close())
		}
	}()
	if err := lock(l.log); err != nil {
		return nil, &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "deliver.busy", Place: l.name,
			Message: "another process is fetching it", Err: err}
	}
	data, err := io.ReadAll(l.log)
	if err != nil {
		return nil, local("read journal", err)
	}
	j, ours := parseJournal(data, l.binding)
	if ours && j.done != nil {
		l.done = j.done
		return l, nil
	}
	if err := l.vacant(); err != nil {
		return nil, err
	}
	if l.part, err = os.OpenFile(partPath(l.dir, l.name), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return nil, local("open part", err)
	}
	if !ours {
		return l, l.reset()
	}
	return l, l.recover(j)
}

// vacant refuses to overwrite a file that does not belong to this delivery.
func (l *download) vacant() error {
	if _, err := os.Lstat(filepath.Join(l.dir, l.name)); err == nil {
		return &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "deliver.exists", Place: l.name,
			Message: "a file of this name already exists", Hint: "move it away and fetch again"}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return local("look for final file", err)
	}
	return nil
}

// recover goes back to the leaves whose content in the part file matches the
// journal, from the first one on. It reads all of them again: the receipt is
// signed over them, and a disk or a person can change a leaf after it was
// synced.
func (l *download) recover(j journal) error {
	info, err := l.part.Stat()
	if err != nil {
		return local("open part", err)
	}
	n, most := 0, min(len(j.leaves), int(info.Size()/LeafSize))
	buf := make([]byte, LeafSize)
	for check := newTree(); n < most; n++ {
		if _, err := l.part.ReadAt(buf, int64(n)*LeafSize); err != nil {
			return local("read part", err)
		}
		if check.addLeaf(buf) != j.leaves[n] {
			break
		}
	}
	l.logSize = int64(j.good - (len(j.leaves)-n)*leafRecord)
	if err := l.log.Truncate(l.logSize); err != nil {
		return local("cut journal", err)
	}
	for _, h := range j.leaves[:n] {
		l.tree.add(h, LeafSize)
	}
	l.tag = j.tag
	return nil
}

// reset starts again from an empty file.
func (l *download) reset() error {
	l.tree, l.pending, l.tail, l.tag = newTree(), l.pending[:0], l.tail[:0], ""
	if err := l.log.Truncate(0); err != nil {
		return local("cut journal", err)
	}
	l.logSize = 0
	if err := l.part.Truncate(0); err != nil {
		return local("cut part", err)
	}
	l.pending = newJournal(l.binding)
	return nil
}

// held is the number of full leaves received.
func (l *download) held() int64 { return l.tree.leaves }

// setTag records the entity tag. It works only before the first leaf.
func (l *download) setTag(tag string) {
	if len(tag) <= 255 {
		l.tag = tag
		l.pending = appendRecord(l.pending, recordTag, []byte(tag))
	}
}

// add takes the next leaf. A leaf that is not full is the last one.
func (l *download) add(data []byte) error {
	if _, err := l.part.WriteAt(data, l.tree.leaves*LeafSize); err != nil {
		return local("write part", err)
	}
	if len(data) < LeafSize {
		l.tail = append(l.tail[:0], data...)
		return nil
	}
	h := l.tree.addLeaf(data)
	l.pending = appendRecord(l.pending, recordLeaf, h[:])
	if l.tree.leaves%syncStep == 0 {
		return l.sync()
	}
	return nil
}

// spare is the share of a disk that deliveries leave free, a twentieth, and the
// most that it is in bytes: the gateway itself must still be able to write.
const (
	spareShare = 20
	spareMost  = 256 << 20
)

// room reports an error where the disk has no room for n more bytes.
func (l *download) room(n int) error {
	var disk syscall.Statfs_t
	if err := syscall.Fstatfs(int(l.part.Fd()), &disk); err != nil {
		return local("look for room", err)
	}
	block := uint64(disk.Bsize)
	spare := min(uint64(disk.Blocks)*block/spareShare, spareMost)
	if uint64(disk.Bavail)*block < spare+uint64(n) {
		return local("write part", errSpare)
	}
	return nil
}

// errSpare is that only the part of the disk is free that deliveries leave free.
var errSpare = fmt.Errorf("no more than the spare room is left: %w", syscall.ENOSPC)

// sync makes the received data durable: first the bytes, then their records.
func (l *download) sync() error {
	if len(l.pending) == 0 {
		return nil
	}
	if err := l.part.Sync(); err != nil {
		return local("sync part", err)
	}
	return l.record()
}

func (l *download) record() error {
	if _, err := l.log.WriteAt(l.pending, l.logSize); err != nil {
		return local("write journal", err)
	}
	if err := l.log.Sync(); err != nil {
		return local("sync journal", err)
	}
	l.logSize += int64(len(l.pending))
	l.pending = l.pending[:0]
	return nil
}

// whole closes the tree and returns the result.
func (l *download) whole(rows int64) Result {
	if len(l.tail) > 0 {
		l.tree.addLeaf(l.tail)
	}
	return l.tree.result(rows)
}

// publish gives the complete file its final name. If the process is killed
// during the call, the next Pull finishes it.
func (l *download) publish(r Result) error {
	if err := l.part.Truncate(r.Size); err != nil {
		return local("cut part", err)
	}
	if err := l.part.Sync(); err != nil {
		return local("sync part", err)
	}
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode result: %w", err)
	}
	l.pending = appendRecord(l.pending, recordDone, text)
	if err := l.record(); err != nil {
		return err
	}
	l.done = &r
	return l.rename()
}

// rename is the last step. If neither the part file nor the final file exists,
// the file was published before and its recipient has moved it away.
func (l *download) rename() error {
	part := partPath(l.dir, l.name)
	if _, err := os.Lstat(part); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := l.vacant(); err != nil {
		return err
	}
	if err := os.Rename(part, filepath.Join(l.dir, l.name)); err != nil {
		return local("publish file", err)
	}
	return syncDir(l.dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return local("sync directory", err)
	}
	err = d.Sync()
	if err := errors.Join(err, d.Close()); err != nil {
		return local("sync directory", err)
	}
	return nil
}

func (l *download) close() error {
	var errs []error
	for _, f := range []*os.File{l.part, l.log} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	return errors.Join(errs...)
}

// Clean removes the files that Pull keeps beside a delivered file to know that
// it is done. After Clean, a Pull of the same transfer fetches again.
func Clean(dir, name string) error {
	for _, p := range []string{partPath(dir, name), journalPath(dir, name)} {
		if err := os.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return local("clean up", err)
		}
	}
	return nil
}

// local is an error of this machine's disk: another request to the other side
// would not help.
func local(verb string, err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return &dataspace.Problem{Kind: dataspace.ErrUnavailable, Code: "deliver.disk.full",
			Message: "the disk is full", Err: err,
			Hint: "free space and resume: the part already received is kept, and the file is visible only when it is complete"}
	}
	return &dataspace.Problem{Kind: dataspace.ErrUnavailable, Code: "deliver.disk",
		Message: verb, Err: err, Hint: "look at the recipient's directory and resume"}
}
