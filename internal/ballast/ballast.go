// Package ballast makes the heap larger for the garbage collector, so that it runs
// less often. A gateway keeps some 20 MB between messages, and a short command
// less. Without ballast the collector would run after every few MB of garbage and
// take a quarter of all processor time with many small flows. Unlike a higher GOGC,
// ballast adds the same 64 MB to a large heap, so memory stays bounded. It is not
// used if the operator sets GOGC.
//
// The package imports only os. Go initialises packages in the order of their paths
// as soon as what they import is initialised, so this one comes before those of
// other projects that allocate much at the start of the program.
package ballast

import "os"

// size is that of address space that is never written, so it takes no memory.
const size = 64 << 20

// heap is referred to as long as the program runs.
var heap = allocate()

func allocate() []byte {
	if os.Getenv("GOGC") != "" {
		return nil
	}
	return make([]byte, size)
}

// Size is how many bytes there are.
func Size() int { return len(heap) }
