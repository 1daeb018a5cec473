package office

// Filled says what became of a template.
type Filled struct {
	Filled  int      `json:"filled"`  // places that got a value
	Unknown []string `json:"unknown"` // fields of the template without a value
	Unused  []string `json:"unused"`  // values that the template has no field for
}

// Fill is written below.
func Fill(template []byte, values map[string]string, draft string) ([]byte, Filled, error) {
	return template, Filled{}, nil
}
