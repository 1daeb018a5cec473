package input

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"hutong/client"
	"hutong/internal/dataspace"
)

// OpenUpload opens a file that is to be sent to a gateway, and says what is sent.
// The caller closes it. The error wraps fs.ErrNotExist if there is no such file.
func OpenUpload(path string) (up client.Upload, _ *os.File, err error) {
	file, err := os.Open(path)
	if err != nil {
		return up, nil, fmt.Errorf("upload source: %w", err)
	}
	up, err = describe(path, file)
	if err != nil {
		_ = file.Close() // only read
		return up, nil, err
	}
	return up, file, nil
}

func describe(path string, file *os.File) (up client.Upload, err error) {
	info, err := file.Stat()
	if err != nil {
		return up, fmt.Errorf("upload source: %w", err)
	}
	if !info.Mode().IsRegular() {
		return up, &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "upload.kind", Place: path, Message: "only a single file can be sent to the gateway",
			Hint: "put the directory into the participant's outbox on the gateway, or send its files one by one"}
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return up, fmt.Errorf("upload source: %w", err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return up, fmt.Errorf("upload source: %w", err)
	}
	return client.Upload{Name: filepath.Base(path), Size: info.Size(), SHA256: hex.EncodeToString(hash.Sum(nil))}, nil
}
