package words

import _ "embed"

// ItemKinds is itemkinds.yaml.
//
//go:embed itemkinds.yaml
var ItemKinds []byte
