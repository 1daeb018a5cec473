package words

import _ "embed"

// ICD10 is the categories of diseases; package medical reads it.
//
//go:embed icd10.txt
var ICD10 string
