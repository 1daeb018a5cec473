package runs_test

import (
	"encoding/binary"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hutong/internal/table/parquet/runs"
)

// write writes numbers as the format says, partly as runs and partly packed.
func write(t *rapid.T, numbers []uint32, width int) []byte {
	var out []byte
	for len(numbers) > 0 {
		same := 1
		for same < len(numbers) && numbers[same] == numbers[0] {
			same++
		}
		if n := rapid.IntRange(0, same).Draw(t, "run"); n > 0 {
			out = binary.AppendUvarint(out, uint64(n)<<1)
			out = append(out, binary.LittleEndian.AppendUint32(nil, numbers[0])[:(width+7)/8]...)
			numbers = numbers[n:]
			continue
		}
		groups := rapid.IntRange(1, (len(numbers)+7)/8).Draw(t, "groups")
		out = binary.AppendUvarint(out, uint64(groups)<<1|1)
		packed := make([]byte, groups*width)
		n := min(len(numbers), groups*8)
		for i, v := range numbers[:n] {
			for b := range width {
				if at := i*width + b; v>>b&1 == 1 {
					packed[at/8] |= 1 << (at % 8)
				}
			}
		}
		out, numbers = append(out, packed...), numbers[n:]
	}
	return out
}

func TestProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(0, runs.MaxWidth).Draw(t, "width")
		one := rapid.Uint32Range(0, uint32(1<<width-1))
		few := rapid.SliceOfN(one, 1, 3).Draw(t, "few")
		want := rapid.SliceOfN(rapid.OneOf(one, rapid.SampledFrom(few)), 1, 200).Draw(t, "numbers")
		data := write(t, want, width)
		var d runs.Decoder
		d.Reset(data, width)
		var got []uint32
		for len(got) < len(want) {
			n := rapid.IntRange(1, len(want)-len(got)).Draw(t, "n")
			if v, ok := d.Run(n); ok {
				got = append(got, slices.Repeat([]uint32{v}, n)...)
				continue
			}
			part := make([]uint32, n)
			if err := d.Read(part); err != nil {
				t.Fatal(err)
			}
			got = append(got, part...)
		}
		if !slices.Equal(want, got) {
			t.Fatalf("%d bits: want %v, got %v", width, want, got)
		}
		if width == 0 {
			return // then packed numbers have no bytes that could be missing
		}
		d.Reset(data[:rapid.IntRange(0, len(data)-1).Draw(t, "cut")], width)
		if err := d.Read(make([]uint32, len(want)+8)); err == nil {
			t.Fatal("numbers that are cut off are read")
		}
	})
}

// Some writers leave out the end of the last packed numbers.
func TestShortEnd(t *testing.T) {
	t.Parallel()
	var d runs.Decoder
	d.Reset([]byte{1<<1 | 1, 0x21, 0x43}, 4)
	got := make([]uint32, 4)
	if err := d.Read(got); err != nil || !slices.Equal(got, []uint32{1, 2, 3, 4}) {
		t.Errorf("%v, %v", got, err)
	}
	if err := d.Read(got); err == nil {
		t.Error("numbers that are not there are read")
	}
}

// A run of a number that does not fit is an error, also after Run has met it.
func TestWide(t *testing.T) {
	t.Parallel()
	for _, run := range []bool{false, true} {
		var d runs.Decoder
		d.Reset([]byte{4 << 1, 2, 4 << 1, 1}, 1)
		if run {
			if v, ok := d.Run(4); ok {
				t.Errorf("a run of %d in one bit", v)
			}
		}
		if err := d.Read(make([]uint32, 4)); err == nil {
			t.Error("2 is read as a number of one bit")
		}
	}
}

func TestPacked(t *testing.T) {
	t.Parallel()
	var d runs.Decoder
	d.ResetPacked([]byte{0b10110001, 0b1})
	got := make([]uint32, 3)
	var all []uint32
	for range 3 {
		if err := d.Read(got); err != nil {
			t.Fatal(err)
		}
		all = append(all, got...)
	}
	if !slices.Equal(all, []uint32{1, 0, 0, 0, 1, 1, 0, 1, 1}) {
		t.Error(all)
	}
	if err := d.Read(make([]uint32, 8)); err == nil {
		t.Error("bits that are not there are read")
	}
}

func FuzzDecoder(f *testing.F) {
	f.Add([]byte{3, 0xFF, 4, 7}, 3)
	f.Add([]byte{0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1}, 32)
	f.Fuzz(func(t *testing.T, data []byte, width int) {
		if width < 0 || width > runs.MaxWidth {
			return
		}
		var d runs.Decoder
		d.Reset(data, width)
		dst := make([]uint32, 64)
		for range 100 {
			d.Run(3)
			if d.Read(dst) != nil {
				return
			}
			for _, v := range dst {
				if uint64(v) >= 1<<width {
					t.Fatalf("%d has more than %d bits", v, width)
				}
			}
		}
	})
}
