package main

import (
	"context"
	"flag"
	"fmt"
	"os"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "fit:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	folder := flag.String("sources", os.TempDir()+"/hutong-fit", "folder of the packages of sources.yaml")
	fetch := flag.Bool("fetch", false, "get the packages that are not in the folder")
	spelt := flag.Bool("headwords", false, "write words/headwords.json: the Chinese header words of the taxonomy in pinyin and traditional characters")
	names := flag.Bool("names", false, "write words/names.txt: what is learnt about names of columns")
	measure := flag.Bool("eval", false, "measure on what nothing was fitted to")
	dump := flag.Bool("pairs", false, "print the pairs of name and label")
	flag.Parse()
	lib, err := openLibrary(*folder)
	if err != nil {
		return err
	}
	if *fetch {
		if err := lib.fetch(ctx, os.Stderr); err != nil {
			return err
		}
	}
	forms, err := lib.scripts()
	if err != nil {
		return err
	}
	if *spelt {
		return writeHeadwords("words/headwords.json", forms)
	}
	if *names {
		return writeNames("words/names.txt", lib, forms)
	}
	if *measure {
		for _, x := range []float64{3, 5, 6, 7} {
			if err := measureNames(lib, forms, x); err != nil {
				return err
			}
		}
		return nil
	}
	if *dump {
		for _, s := range lib.list {
			list, err := lib.pairs(s.Name)
			if err != nil {
				return err
			}
			for _, p := range list {
				fmt.Printf("%s\t%s\t%s\t%s\n", s.Name, p.name, p.label, p.group)
			}
		}
	}
	return nil
}
