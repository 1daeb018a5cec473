package client

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
)

// Source says where the gateway finds a dataset.
type Source struct {
	Kind       string `json:"kind" doc:"file: a path on the gateway; upload: a file that was sent to it"`
	Connection string `json:"connection,omitempty" doc:"settings of the connection; empty for files and uploads"`
	Place      string `json:"place" doc:"the absolute path, or the name of the upload"`
}

// The kinds of sources.
const (
	SourceFile   = "file"   // of the gateway's machine
	SourceUpload = "upload" // sent to the gateway for one flow
)

// File is a source that lies on the gateway's machine, at an absolute path.
func File(path string) Source { return Source{Kind: SourceFile, Place: path} }

// String names the source for people.
func (s Source) String() string {
	if s.Kind == SourceFile || s.IsZero() {
		return s.Place
	}
	return s.Kind + " " + s.Place
}

// IsZero reports whether the source is empty.
func (s Source) IsZero() bool { return s == Source{} }

// UnmarshalJSON also reads a string: the path of a file.
func (s *Source) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		var path string
		if err := json.Unmarshal(data, &path); err != nil {
			return err
		}
		*s = Source{}
		if path != "" {
			*s = File(path)
		}
		return nil
	}
	type plain Source
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	return dec.Decode((*plain)(s))
}

// Uploads are files that were sent to the gateway, each for one flow.
type Uploads struct{ t *transport }

// Upload describes the file that is sent.
type Upload struct {
	Owner  string // the participant that owns it
	Name   string // of the file, for its ending and for people
	Size   int64
	SHA256 string // lower-case hexadecimal
}

// UploadOf describes bytes that are in memory.
func UploadOf(owner, name string, data []byte) Upload {
	sum := sha256.Sum256(data)
	return Upload{Owner: owner, Name: name, Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}
}

// Uploaded describes the file that has arrived.
type Uploaded struct {
	Source Source `json:"source" doc:"source for the new flow; it is deleted when that flow has ended"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Add sends a file to the gateway, to be the source of one flow. It returns
// ErrInvalid if the received bytes do not have the announced size or digest;
// the gateway then keeps nothing.
func (u Uploads) Add(ctx context.Context, up Upload, r io.Reader) (Uploaded, error) {
	return send[Uploaded](ctx, u.t, path("participants", up.Owner, "uploads")+query(up.values()), up.Size, r)
}

// Profile sends a file to the gateway, which reads it once and removes it. The
// gateway says what each column holds and how many people the file is about.
// The answer is a profile document; it holds no value of a cell.
func (u Uploads) Profile(ctx context.Context, up Upload, form SourceForm, r io.Reader) (json.RawMessage, error) {
	q := up.values()
	maps.Copy(q, values("format", form.Format, "charset", form.Charset, "delimiter", form.Delimiter, "dialect", form.Dialect, "header", form.Header))
	if form.Skip > 0 {
		q.Set("skip", strconv.Itoa(form.Skip))
	}
	return send[json.RawMessage](ctx, u.t, path("participants", up.Owner, "uploads", "profile")+query(q), up.Size, r)
}

func (up Upload) values() url.Values {
	return url.Values{"name": {up.Name}, "size": {strconv.FormatInt(up.Size, 10)}, "sha256": {up.SHA256}}
}

// send makes a request whose body is a file, and decodes its answer.
func send[T any](ctx context.Context, t *transport, path string, size int64, r io.Reader) (out T, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.base+path, r)
	if err != nil {
		return out, fmt.Errorf("make request: %w", err)
	}
	req.ContentLength = size
	req.Header.Set("Authorization", "Bearer "+t.key)
	req.Header.Set("Content-Type", "application/octet-stream")
	resp, err := t.http.Do(req)
	if err != nil {
		return out, unanswered(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return out, refusal(resp)
	}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		return out, fmt.Errorf("read answer of the gateway: %w", err)
	}
	return out, nil
}
