package deliver

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"hutong/internal/dataspace"
)

// compareAnnounced compares the received data with what the sender announced,
// if it announced anything.
func compareAnnounced(resp *http.Response, l *download) (*Result, error) {
	say := resp.Trailer
	if resp.StatusCode == http.StatusPartialContent {
		say = resp.Header
	}
	rows, err := strconv.ParseInt(say.Get(trailerRows), 10, 64)
	if err != nil || rows < 0 {
		rows = -1
	}
	got := l.whole(rows)
	if _, total, ok := strings.Cut(resp.Header.Get("Content-Range"), "/"); ok && total != "*" && total != strconv.FormatInt(got.Size, 10) {
		return nil, fmt.Errorf("%w: %d bytes of %s", errMismatch, got.Size, total)
	}
	if root := say.Get(trailerRoot); root != "" && root != string(got.Root) {
		return nil, fmt.Errorf("%w: root %s", errMismatch, got.Root.Short())
	}
	return &got, nil
}

// unreachable marks an error as temporary.
func unreachable(err error) error {
	return fmt.Errorf("%w: %w", dataspace.ErrPeerUnreachable, err)
}

var publicCode = regexp.MustCompile(`^[a-z0-9.]{1,64}$`)

// refused turns the status of an answer that has no delivery into an error.
func refused(resp *http.Response) error {
	status := resp.StatusCode
	if status == http.StatusOK || status == http.StatusPartialContent {
		return nil
	}
	var body struct {
		Code string `json:"code"`
	}
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxTrailer)) // for the error message only
	if json.Unmarshal(text, &body) != nil || !publicCode.MatchString(body.Code) {
		body.Code = "http." + strconv.Itoa(status)
	}
	p := &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: body.Code,
		Message: fmt.Sprintf("the other side answers %d (%s)", status, body.Code)}
	switch {
	case status == http.StatusRequestedRangeNotSatisfiable:
		p.Kind = errMismatch
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests, status >= 500:
		p.Kind = dataspace.ErrPeerUnreachable
	case status == http.StatusUnauthorized:
		p.Kind, p.Hint = dataspace.ErrUnauthenticated, "ask for the transfer again: its token is no longer valid"
	case status == http.StatusForbidden:
		p.Kind, p.Hint = dataspace.ErrDenied, "ask the other side why: it suspended or ended the transfer"
	case status == http.StatusGone:
		p.Kind, p.Hint = dataspace.ErrDenied, "ask the other side why: it stopped the delivery for good"
	case status == http.StatusNotFound:
		p.Kind = dataspace.ErrNotFound
	}
	return p
}
