package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"hutong/internal/odds"
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
	cells := flag.Bool("latin", false, "write words/latin.bin: what is learnt about cells in Latin letters")
	numbers := flag.Bool("odds", false, "fit the numbers of words/odds.yaml")
	mistaken := flag.Bool("mistaken", false, "measure which share of mistaken cells package latin should expect in a column")
	texts := flag.Bool("tagger", false, "fit words/tagger.bin: what is learnt about names in texts")
	wrong := flag.Int("wrong", 0, "with -eval: list so many texts in which the tagger is wrong")
	measure := flag.Bool("eval", false, "measure on what nothing was fitted to")
	measureTexts := flag.Bool("eval-tagger", false, "measure the tagger on names and sentences that nothing was fitted to")
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
		if err := writeHeadwords("words/headwords.json", forms); err != nil {
			return err
		}
	}
	if *names {
		if err := writeNames("words/names.txt", lib, forms); err != nil {
			return err
		}
	}
	if *cells {
		if err := writeLatin("words/latin.bin", lib, forms); err != nil {
			return err
		}
	}
	if *mistaken {
		if err := measureMistaken(os.Stdout, lib, forms); err != nil {
			return err
		}
	}
	if *numbers {
		if err := writeOdds("words/odds.yaml", lib, forms); err != nil {
			return err
		}
	}
	if *texts {
		if err := writeTagger("words/tagger.bin", lib, forms, os.Stderr); err != nil {
			return err
		}
	}
	if *measure {
		return evaluate(lib, forms)
	}
	if *measureTexts {
		return measureTagger(os.Stdout, lib, forms, *wrong)
	}
	return nil
}

// The seeds of the splits: each has tables of its own.
const (
	seedFit = iota + 1
	seedCalibrate
	seedMeasure
)

// tables makes the tables of one split.
func (l *library) tables(seed uint64, n int, forms *scripts) ([][]column, error) {
	fit, held, err := l.banks()
	if err != nil {
		return nil, err
	}
	b, list := held, []pair(nil)
	if seed == seedFit {
		b = fit
		list, err = l.ofUse("fit")
	} else {
		list, err = heldOut(l)
	}
	if err != nil {
		return nil, err
	}
	return newGenerator(b, list, forms, seed).tables(n), nil
}

// evaluate prints what the numbers of the program are worth on the held-out
// words, pairs and tables.
func evaluate(l *library, forms *scripts) error {
	tables, err := l.tables(seedMeasure, 700, forms)
	if err != nil {
		return err
	}
	report(os.Stdout, judgeAll(tables, odds.Builtin()))
	fmt.Println()
	return measureNames(os.Stdout, l, forms)
}
