package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"

	"hutong/client"
)

// A list is ranged over; further pages are read as they are needed.
func ExampleParticipants_List() {
	c, stop := gateway()
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
	c, stop := gateway()
	defer stop()
	_, err := c.Flows().Send(context.Background(), client.Send{From: "nobody", Peer: "singapore", To: "lion", Dataset: "tickets", Purpose: "business", Source: client.File("/data/tickets.csv")})
	if errors.Is(err, client.ErrNotFound) {
		var e *client.Error
		errors.As(err, &e)
		fmt.Println(e.Status, e.Kind)
	}
	// Output:
	// 404 not_found
}

// A file is profiled without a flow; the gateway keeps nothing of it.
func ExampleUploads_Profile() {
	c, stop := gateway()
	defer stop()
	const table = "email,city\na@example.com,x\nb@example.com,y\n"
	doc, err := c.Uploads().Profile(context.Background(), client.UploadOf("acme", "members.csv", []byte(table)), client.SourceForm{}, strings.NewReader(table))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Contains(string(doc), `"rows":2`), strings.Contains(string(doc), "example.com"))
	// Output:
	// true false
}

// A question of law needs no flow, and nothing is recorded.
func ExampleLaw_Assess() {
	c, stop := gateway()
	defer stop()
	doc, err := c.Law().Assess(context.Background(), client.Question{Facts: client.Facts{
		"on": "2026-03-01", "exporter": map[string]any{"jurisdiction": "SG"}, "recipient": map[string]any{"jurisdiction": "DE"}, "data": map[string]any{"personal": false},
	}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Contains(string(doc), `"verdict":"cleared"`))
	// Output:
	// true
}

// The tools of packs work on packs that are sent, too.
func ExamplePacks_Check() {
	c, stop := gateway()
	defer stop()
	_, err := c.Packs().Check(context.Background(), client.PacksToExamine{Files: client.PackFiles{"zz/mine/pack.yaml": []byte("id: zz/mine\n")}})
	fmt.Println(errors.Is(err, client.ErrInvalid))
	// Output:
	// true
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
