package input

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
)

// Columns holds the sender's own choices for columns.
type Columns struct {
	keep, drop, mask, pseudonymise, truncate, generalise []string
}

// Add adds the flags.
func (c *Columns) Add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringSliceVar(&c.keep, "keep", nil, "columns to keep as they are, where the rules allow it")
	fs.StringSliceVar(&c.drop, "drop", nil, "columns that do not leave")
	fs.StringSliceVar(&c.mask, "mask", nil, "columns to mask: COLUMN or COLUMN=first:last")
	fs.StringSliceVar(&c.pseudonymise, "pseudonymise", nil, "columns to pseudonymise")
	fs.StringSliceVar(&c.truncate, "truncate", nil, "columns to cut: COLUMN=characters")
	fs.StringSliceVar(&c.generalise, "generalise", nil, "columns to coarsen: COLUMN=year, month or degrees")
}

// Plans returns the choices as parts of a delivery plan.
func (c *Columns) Plans() ([]dataspace.ColumnPlan, error) {
	var out []dataspace.ColumnPlan
	for _, n := range c.keep {
		out = append(out, dataspace.ColumnPlan{Name: n, Action: dataspace.Keep})
	}
	for _, n := range c.drop {
		out = append(out, dataspace.ColumnPlan{Name: n, Action: dataspace.Drop})
	}
	for _, n := range c.pseudonymise {
		out = append(out, dataspace.ColumnPlan{Name: n, Action: dataspace.Pseudonymise})
	}
	for _, s := range c.mask {
		name, how, _ := strings.Cut(s, "=")
		p := dataspace.ColumnPlan{Name: name, Action: dataspace.Mask}
		if how != "" {
			if _, err := fmt.Sscanf(how, "%d:%d", &p.First, &p.Last); err != nil {
				return nil, frame.Usagef("write --mask COLUMN=first:last, such as --mask phone=3:4", "--mask %s", s)
			}
		}
		out = append(out, p)
	}
	for _, s := range c.truncate {
		name, how, _ := strings.Cut(s, "=")
		n, err := strconv.Atoi(how)
		if err != nil || n < 1 {
			return nil, frame.Usagef("write --truncate COLUMN=characters, such as --truncate postcode=3", "--truncate %s", s)
		}
		out = append(out, dataspace.ColumnPlan{Name: name, Action: dataspace.Truncate, Length: n})
	}
	for _, s := range c.generalise {
		name, how, _ := strings.Cut(s, "=")
		p := dataspace.ColumnPlan{Name: name, Action: dataspace.Generalise, To: how}
		if how != "year" && how != "month" {
			grid, err := strconv.ParseFloat(how, 64)
			if err != nil || grid <= 0 {
				return nil, frame.Usagef("write --generalise COLUMN=year, =month or =degrees, such as --generalise lat=0.1", "--generalise %s", s)
			}
			p.To, p.Grid = "grid", grid
		}
		out = append(out, p)
	}
	return out, nil
}
