// Package position knows how positions on the earth are written: as a pair in
// one cell, as a row of pairs, and as two columns of degrees.
//
// Values come trimmed, in half-width characters. No function allocates or keeps
// its argument.
package position

import (
	"bytes"
	"strconv"
	"strings"

	"hutong/words"
)

// box is a part of the world, in degrees.
type box struct{ south, north, west, east float64 }

// land is where most people live.
var land = func() (out []box) {
	for line := range strings.Lines(words.Land) {
		line, _, _ = strings.Cut(line, "#")
		if f := strings.Fields(line); len(f) == 4 {
			var n [4]float64
			for i := range n {
				n[i], _ = strconv.ParseFloat(f[i], 64) // a test reads the list
			}
			out = append(out, box{n[0], n[1], n[2], n[3]})
		}
	}
	return out
}()

// Boxes is the most parts of the world that an Axes can tell apart.
const Boxes = 8

// Axes says, of one number, in which parts of the world it can be a latitude
// (the first Boxes bits) and a longitude (the next).
type Axes uint16

// fine is how many decimals a precise position has: about ten metres.
const fine = 4

// AxesOf reads a number of degrees. It is 0 for one without enough decimals.
func AxesOf(b []byte) (a Axes) {
	v, decimals, rest := degrees(b)
	if decimals < fine || len(rest) > 0 {
		return 0
	}
	for i, in := range land {
		if v >= in.south && v <= in.north {
			a |= 1 << i
		}
		if v >= in.west && v <= in.east {
			a |= 1 << (Boxes + i)
		}
	}
	return a
}

// Pair reports whether a value is one position: two numbers of degrees, of which
// one can be a latitude, perhaps in brackets or as POINT(113.2 22.1).
func Pair(b []byte) bool {
	_, ok := Parse(b)
	return ok
}

// Parse reads one position: its two numbers as they stand.
func Parse(b []byte) (at [2]float64, ok bool) {
	b = bytes.TrimPrefix(bytes.TrimPrefix(b, []byte("POINT")), []byte(" "))
	if n := len(b); n > 2 && (b[0] == '(' && b[n-1] == ')' || b[0] == '[' && b[n-1] == ']') {
		b = b[1 : n-1]
	}
	at, rest, ok := pair(b)
	return at, ok && len(rest) == 0
}

// Points reports whether a value is a row of at least three positions, such as
// LINESTRING(113.2 22.1, …), [[113.2,22.1],…] or 113.2,22.1;113.3,22.2;….
func Points(b []byte) bool {
	n := 0
	for n < enough {
		b = bytes.TrimLeft(b, "LINESTRINGMULTIPOINT([{ ,;|")
		_, rest, ok := pair(b)
		if !ok {
			return false
		}
		n++
		b = bytes.TrimLeft(rest, ")]} ,;|")
		if len(b) == len(rest) && n < enough {
			return false
		}
	}
	return true
}

const enough = 3

// pair reads two numbers of degrees with a sign between.
func pair(b []byte) (at [2]float64, rest []byte, ok bool) {
	const coarse = 2
	x, decimals, rest := degrees(b)
	if decimals < coarse || len(rest) == 0 || rest[0] != ',' && rest[0] != ' ' && rest[0] != ';' {
		return at, nil, false
	}
	y, decimals, rest := degrees(bytes.TrimLeft(rest[1:], " "))
	return [2]float64{x, y}, rest, decimals >= coarse && (x <= 90 && x >= -90 && y <= 180 && y >= -180 || y <= 90 && y >= -90 && x <= 180 && x >= -180)
}

// degrees reads a decimal number at the front of a text. decimals is 0 for none.
func degrees(b []byte) (v float64, decimals int, rest []byte) {
	at, scale, dot, sign := 0, 1.0, false, 1.0
	if len(b) > 0 && b[0] == '-' {
		at, sign = 1, -1
	}
	from := at
	for ; at < len(b) && at-from < longest; at++ {
		switch c := b[at]; {
		case c >= '0' && c <= '9':
			v = v*10 + float64(c-'0')
			if dot {
				decimals++
				scale *= 10
			}
			continue
		case c == '.' && !dot && at > from:
			dot = true
			continue
		}
		break
	}
	if v *= sign / scale; v > 180 || v < -180 {
		return 0, 0, b
	}
	return v, decimals, b[at:]
}

const longest = 22
