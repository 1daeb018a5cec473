package deliver_test

import (
	"bytes"
	"errors"
	"net/http"
	"syscall"
	"testing"

	"hutong/internal/dataspace"
	"hutong/internal/deliver"
	"hutong/internal/table/format"
)

// A sender that announced nothing is bounded by the disk, of which a part stays
// free for the gateway itself. What had arrived is kept: the disk may get room.
func TestRoomStaysFree(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=40m"); err != nil {
		t.Skip("needs root to mount a small disk")
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	web := sender(t, func(w http.ResponseWriter, _ int64) {
		leaf := append([]byte{0, 16, 0, 0}, bytes.Repeat([]byte("1,a,1\n"), 1<<20)[:deliver.LeafSize]...)
		for sent := 0; sent < 1<<40; sent += deliver.LeafSize {
			if _, err := w.Write(leaf); err != nil {
				return
			}
		}
	})
	_, err := pull(web, dir, agreedPlan(format.CSV), nil)
	var p *dataspace.Problem
	if !errors.Is(err, dataspace.ErrUnavailable) || !errors.As(err, &p) || p.Code != "deliver.disk.full" || errors.Is(err, deliver.ErrNotAgreed) {
		t.Fatalf("error %v", err)
	}
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		t.Fatal(err)
	}
	if free := disk.Bavail * uint64(disk.Bsize); free < 2<<20 || free > 4<<20 {
		t.Errorf("%d bytes are free", free)
	}
}
