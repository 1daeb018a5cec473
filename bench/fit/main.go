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
	pinyin := flag.Bool("pinyin", false, "write words/pinyin.json: how the Chinese header words of the taxonomy are read")
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
	if *pinyin {
		return writePinyin("words/pinyin.json", forms)
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
