package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
)

// child is what runs in a process of its own, so that only it is measured.
func child(what, file string) error {
	if what != "csv" {
		return fmt.Errorf("no such child: %s", what)
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close() // only read
	r := csv.NewReader(bufio.NewReaderSize(f, 1<<20))
	r.ReuseRecord = true
	for cells := 0; ; {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			fmt.Println(cells)
			return nil
		}
		if err != nil {
			return err
		}
		cells += len(record)
	}
}
