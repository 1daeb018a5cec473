package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPythonList(t *testing.T) {
	got, err := pythonList(`['a, b', "it's", 1.5, None, nan, 'x\'y', '\xe9\u4e2d', '']`)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a, b", "it's", "1.5", "", "", "x'y", "é中", ""}, got); diff != "" {
		t.Error(diff)
	}
	for _, s := range []string{"", "1, 2", "['a", "['a]"} {
		if got, err := pythonList(s); err == nil {
			t.Errorf("%q is read as %q", s, got)
		}
	}
}

func TestDump(t *testing.T) {
	tables, err := dump([]byte("CREATE TABLE `a`  (\n  `id` int NOT NULL COMMENT 'x',\n  `name` text,\n  PRIMARY KEY (`id`)\n) ENGINE = InnoDB;\n" +
		"INSERT INTO `a` VALUES (1, 'a, (b) \\'c\\'');\nINSERT INTO `a` VALUES (-2.5, NULL);\n"))
	if err != nil || len(tables) != 1 || len(tables[0].columns) != 2 {
		t.Fatalf("%v, %v", tables, err)
	}
	if diff := cmp.Diff([][]string{{"1", "-2.5"}, {"a, (b) 'c'", ""}}, [][]string{tables[0].columns[0].values, tables[0].columns[1].values}); diff != "" {
		t.Error(diff)
	}
	if _, err := dump([]byte("INSERT INTO `b` VALUES (1);")); err == nil {
		t.Error("a row of no table is read")
	}
}

// Published examples of the formats, checked by the generator's own functions.
func TestCheckDigits(t *testing.T) {
	for _, tc := range [][2]string{
		{pure11("11010519491231002"), "X"},         // GB 11643
		{luhn("7992739871"), "3"},                  // ISO/IEC 7812
		{mod97("WEST12345698765432" + "GB"), "82"}, // IBAN registry
		{mod97("HWUPKR0MPOU8FGXBT3"), "94"},        // LEI
	} {
		if tc[0] != tc[1] {
			t.Errorf("%s, want %s", tc[0], tc[1])
		}
	}
}
