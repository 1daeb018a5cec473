package input

import (
	"errors"
	"strconv"

	"github.com/spf13/pflag"
)

// AddDialect adds the flag that says how a CSV file quotes and escapes cells.
func AddDialect(fs *pflag.FlagSet, dialect *string) {
	fs.StringVar(dialect, "dialect", "", "how a CSV file separates, quotes and escapes cells: excel, tsv, mysql, postgres, unix, rfc4180, or parts such as delimiter=;,quote=',escape=backslash; default: as RFC 4180")
}

// AddLayout adds the flags that say where a CSV file names its columns.
func AddLayout(fs *pflag.FlagSet, header *string, skip *int) {
	for _, f := range []choice{{header, "yes", "header"}, {header, "no", "no-header"}} {
		usage := "CSV: the first line names the columns; default: detected"
		if f.value == "no" {
			usage = "CSV: the first line is a row; the columns are called column_1, column_2, ..."
		}
		fs.VarPF(f, f.name, "", usage).NoOptDefVal = "true"
	}
	fs.IntVar(skip, "skip", 0, "CSV: number of lines above the names of the columns or the first row")
}

// choice is a flag without a value that chooses one value for a field.
type choice struct {
	field *string
	value string
	name  string
}

func (c choice) String() string {
	if c.field == nil {
		return "" // pflag asks the zero value
	}
	return strconv.FormatBool(*c.field == c.value)
}

// Set is called for each time the flag is given.
func (c choice) Set(s string) error {
	on, err := strconv.ParseBool(s)
	switch {
	case err != nil:
		return err
	case on && *c.field != "" && *c.field != c.value:
		return errors.New("--header and --no-header exclude each other")
	case on:
		*c.field = c.value
	}
	return nil
}

func (c choice) Type() string { return "bool" }
