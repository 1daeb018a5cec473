package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"hutong/client"
)

// pretend is a gateway that knows two participants and refuses one purpose.
func pretend() (*client.Client, func()) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/participants"):
			fmt.Fprint(w, `[{"id": "acme", "jurisdiction": "CN"}, {"id": "lion", "jurisdiction": "SG"}]`)
		case strings.HasSuffix(r.URL.Path, "/flows/send"):
			w.WriteHeader(http.StatusConflict)
			fmt.Fprint(w, `{"code": "flow.lapsed", "kind": "not_cleared", "message": "it is not cleared", "hint": "begin a new flow"}`)
		}
	}))
	c, err := client.New(s.URL, "hutong_key", client.TrustKey(spki(s)))
	if err != nil {
		log.Fatal(err)
	}
	return c, s.Close
}

// A list is ranged over; further pages are read as they are needed.
func ExampleParticipants_List() {
	c, stop := pretend()
	defer stop()
	for p, err := range c.Participants().List(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(p.ID, p.Jurisdiction)
	}
	// Output:
	// acme CN
	// lion SG
}

// Kinds of errors are told apart by errors.Is; what a person should know is in
// the Error.
func ExampleError() {
	c, stop := pretend()
	defer stop()
	_, err := c.Flows().Send(context.Background(), client.Send{From: "acme", Peer: "singapore", To: "lion", Dataset: "tickets", Purpose: "business"})
	if errors.Is(err, client.ErrNotCleared) {
		var e *client.Error
		errors.As(err, &e)
		fmt.Println(e.Code, "→", e.Hint)
	}
	// Output:
	// flow.lapsed → begin a new flow
}

// A program on the machine of the gateway finds it by its data directory.
func ExampleOpen() {
	c, err := client.Open("hutong-data", "")
	if err != nil {
		log.Fatal(err)
	}
	f, err := c.Flows().Send(context.Background(), client.Send{From: "acme", Peer: "singapore", To: "lion", Dataset: "tickets", Purpose: "business"})
	if err != nil {
		log.Fatal(err)
	}
	for f, err := range c.Flows().Follow(context.Background(), f.ID) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(f.State)
	}
}
