package gateway

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hutong/internal/dataspace"
)

// A token is never accepted twice within the window in which it is valid,
// however much time passes between the two uses.
func TestReplayProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newReplay()
		now := time.Unix(1_000_000, 0)
		used := map[string]time.Time{}
		for range rapid.IntRange(1, 60).Draw(t, "n") {
			now = now.Add(time.Duration(rapid.IntRange(0, int(2*replayWindow/time.Second)).Draw(t, "s")) * time.Second)
			id := strconv.Itoa(rapid.IntRange(0, 5).Draw(t, "id"))
			err := r.use("issuer", id, now)
			at, before := used[id]
			switch {
			case before && now.Sub(at) <= replayWindow && err == nil:
				t.Fatalf("used again after %s", now.Sub(at))
			case !before && err != nil:
				t.Fatalf("refused at first: %v", err)
			}
			if err == nil {
				used[id] = now
			}
		}
	})
}

func TestReplayBound(t *testing.T) {
	r, now := newReplay(), time.Unix(1_000_000, 0)
	for i := range maxReplay {
		if err := r.use("issuer", strconv.Itoa(i), now); err != nil {
			t.Fatal(i, err)
		}
	}
	if err := r.use("issuer", "more", now); !errors.Is(err, dataspace.ErrUnavailable) {
		t.Errorf("got %v when the memory is full", err)
	}
	if err := r.use("other", "more", now); err != nil {
		t.Errorf("one peer's flood stops another: %v", err)
	}
	if err := r.use("issuer", "more", now.Add(replayWindow)); err != nil {
		t.Errorf("got %v after the window", err)
	}
}
