package sentences

import (
	"embed"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"

	"hutong/bench/draw"
)

//go:embed frames/*.txt
var frameFiles embed.FS

// frames are sentences with places for names and things, one on each line.
func frames(name string) ([]string, error) {
	data, err := frameFiles.ReadFile("frames/" + name)
	if err != nil {
		return nil, err
	}
	var out []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimRight(line, "\n"); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, strings.NewReplacer(`\n`, "\n", `\t`, "\t").Replace(line))
		}
	}
	return out, nil
}

// piece is a part of a made sentence.
type piece struct {
	text string
	name bool // it is a name, or a part of one
}

// Sentence is a text with the places of its names.
type Sentence struct {
	Text  string
	Names [][2]int // where they begin and end
}

// join makes a sentence of pieces. Pieces of a name that only a space, a dot or
// a hyphen parts are one name, if joined.
func join(list []piece, joined bool) Sentence {
	var s Sentence
	var b strings.Builder
	for i, p := range list {
		from := b.Len()
		b.WriteString(p.text)
		if !p.name || p.text == "" {
			continue
		}
		if n := len(s.Names); joined && n > 0 && i >= 2 && list[i-2].name {
			if gap := list[i-1].text; gap == " " || gap == ". " || gap == "-" {
				s.Names[n-1][1] = b.Len()
				continue
			}
		}
		s.Names = append(s.Names, [2]int{from, b.Len()})
	}
	s.Text = b.String()
	return s
}

// choose settles the choices between words of a frame: [a|b].
func choose(r *rand.Rand, frame string) string {
	for {
		end := strings.IndexByte(frame, ']')
		if end < 0 {
			return frame
		}
		from := strings.LastIndexByte(frame[:end], '[')
		if from < 0 {
			return frame
		}
		frame = frame[:from] + draw.Pick(r, strings.Split(frame[from+1:end], "|")) + frame[end+1:]
	}
}

// slot is a place in a frame.
var slot = regexp.MustCompile(`\{!?[A-Za-z#]\}`)

// slots makes the content of a place in a frame.
type slots func(r *rand.Rand, b *Bank, slot string) ([]piece, error)

// fill makes a sentence of a frame.
func fill(r *rand.Rand, b *Bank, frame string, of slots, joined bool) (Sentence, error) {
	var list []piece
	for rest := choose(r, frame); rest != ""; {
		at := slot.FindStringIndex(rest)
		if at == nil {
			list = append(list, piece{text: rest})
			break
		}
		if at[0] > 0 {
			list = append(list, piece{text: rest[:at[0]]})
		}
		in, err := of(r, b, rest[at[0]+1:at[1]-1])
		if err != nil {
			return Sentence{}, fmt.Errorf("frame %q: %w", frame, err)
		}
		list = append(list, in...)
		rest = rest[at[1]:]
	}
	return join(list, joined), nil
}

func thing(s string) []piece { return []piece{{text: s}} }

func person(s string) []piece { return []piece{{text: s, name: true}} }
