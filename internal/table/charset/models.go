package charset

// script is what texts of some languages look like in a charset. The texts and
// the languages are in tables_test.go.
type script struct {
	units units
	// accents: its letters stand one by one between those of ASCII, and not in
	// runs.
	accents bool
	// rare is what a charset takes that is hardly used any more, in bits.
	rare int
}

// scripts are the charsets that are detected. Where two read a text alike, the
// one that takes fewer bits counts.
var scripts = map[string]script{
	"gb18030":      {units: gb18030, rare: -4}, // the most usual here
	"big5":         {units: double},
	"shift_jis":    {units: shiftJIS},
	"euc-jp":       {units: eucKana},
	"euc-kr":       {units: double},
	"windows-1252": {units: single, accents: true, rare: -1},
	"windows-1250": {units: single, accents: true},
	"windows-1254": {units: single, accents: true},
	"windows-1257": {units: single, accents: true},
	"windows-1251": {units: single},
	"windows-1253": {units: single},
	"windows-1255": {units: single},
	"windows-1256": {units: single},
	"windows-874":  {units: single},
	"iso-8859-2":   {units: single, accents: true, rare: 4},
	"koi8-r":       {units: single, rare: 4},
	"macintosh":    {units: single, accents: true, rare: 6},
	"ibm850":       {units: single, accents: true, rare: 6},
}
