package client

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"syscall"
)

// transport makes requests and reads answers.
type transport struct {
	base, key string
	http      *http.Client
}

// do makes one request; in may be nil. A response that is not a success is an
// error.
func (t *transport) do(ctx context.Context, method, path string, in any) (*http.Response, error) {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("encode request: %w", err)
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, t.base+path, body)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	if t.key != "" {
		req.Header.Set("Authorization", "Bearer "+t.key)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := t.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, unanswered(err)
	}
	if resp.StatusCode/100 == 2 {
		return resp, nil
	}
	defer resp.Body.Close()
	return nil, refusal(resp)
}

// unanswered returns the error for a gateway that does not answer.
func unanswered(err error) error {
	e := &Error{Kind: kindOf(ErrUnavailable), Code: "gateway.down", Message: "the gateway does not answer", cause: err}
	if errors.Is(err, syscall.ECONNREFUSED) {
		e.Message, e.cause, e.Hint = "the gateway is not running", nil, "start it with 'hutong serve'; flows go on where they were"
	}
	return e
}

// call makes one request and decodes its answer.
func call[T any](ctx context.Context, t *transport, method, path string, in any) (T, error) {
	out, _, err := answer[T](ctx, t, method, path, in)
	return out, err
}

// answer is call with the headers of the answer.
func answer[T any](ctx context.Context, t *transport, method, path string, in any) (out T, h http.Header, err error) {
	resp, err := t.do(ctx, method, path, in)
	if err != nil {
		return out, nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNoContent {
		return out, resp.Header, nil
	}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		return out, nil, fmt.Errorf("read answer of the gateway: %w", err)
	}
	return out, resp.Header, nil
}

// read returns the bytes of an answer.
func (t *transport) read(ctx context.Context, path string) ([]byte, error) {
	resp, err := t.do(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("read answer of the gateway: %w", err)
	}
	return data, nil
}

// remove deletes what is at a path.
func (t *transport) remove(ctx context.Context, path string) error {
	_, err := call[struct{}](ctx, t, http.MethodDelete, path, nil)
	return err
}

// Page says which part of a list to read.
type Page struct {
	Cursor string // from the page before; empty: the first
	Limit  int    // how many at most; 0: as many as the gateway gives
}

// NextHeader is the header of an answer that holds the cursor of the next
// page; absent where there is none.
const NextHeader = "Hutong-Next"

// page reads one page of a list.
func page[T any](ctx context.Context, t *transport, path string, q url.Values, p Page) (list []T, next string, err error) {
	if p.Cursor != "" {
		q.Set("cursor", p.Cursor)
	}
	if p.Limit > 0 {
		q.Set("limit", strconv.Itoa(p.Limit))
	}
	list, h, err := answer[[]T](ctx, t, http.MethodGet, path+query(q), nil)
	return list, h.Get(NextHeader), err
}

// pages ranges over all of a list, page by page. The first error ends it.
func pages[T any](read func(Page) ([]T, string, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for at := (Page{}); ; {
			list, next, err := read(at)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, v := range list {
				if !yield(v, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			at.Cursor = next
		}
	}
}

// Collect reads a whole list.
func Collect[T any](list iter.Seq2[T, error]) ([]T, error) {
	out := []T{}
	for v, err := range list {
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// query returns the query part of a path, empty without parameters.
func query(q url.Values) string {
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// values makes a query of names and values in turn; empty values are left out.
func values(pairs ...string) url.Values {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return q
}

// path joins segments, each escaped.
func path(segments ...string) string {
	out := ""
	for _, s := range segments {
		out += "/" + url.PathEscape(s)
	}
	return out
}

// hasKey returns an error unless the server has the key.
func hasKey(s tls.ConnectionState, spki string) error {
	if len(s.PeerCertificates) == 0 {
		return errors.New("the server shows no certificate")
	}
	sum := sha256.Sum256(s.PeerCertificates[0].RawSubjectPublicKeyInfo)
	if hex.EncodeToString(sum[:]) != spki {
		return errors.New("the server does not have the key of the gateway")
	}
	return nil
}
