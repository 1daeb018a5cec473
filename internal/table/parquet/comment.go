package parquet

import (
	"bytes"
	"encoding/base64"
	"encoding/json"

	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/parquet/file"
)

// A writer can say in the metadata of a file what its columns are: Spark and
// Hive with their comments, Avro with its documentation, Arrow with the metadata
// of fields. Nothing depends on it, so what cannot be read is left out.

// maxComments limits what is read, in bytes.
const maxComments = 1 << 20

// described is what a schema of Spark or Avro says of its fields.
type described struct {
	Fields []struct {
		Name     string `json:"name"`
		Doc      string `json:"doc"` // of Avro
		Metadata struct {
			Comment string `json:"comment"` // of Spark
		} `json:"metadata"`
	} `json:"fields"`
}

// comments are the descriptions of columns, by their names.
func comments(f *file.Reader) map[string]string {
	out := map[string]string{}
	kv := f.MetaData().KeyValueMetadata()
	for _, key := range []string{"org.apache.spark.sql.parquet.row.metadata", "parquet.avro.schema", "avro.schema"} {
		v := kv.FindValue(key)
		if v == nil || len(*v) > maxComments {
			continue
		}
		var d described
		if json.Unmarshal([]byte(*v), &d) != nil {
			continue
		}
		for _, field := range d.Fields {
			say(out, field.Name, field.Metadata.Comment)
			say(out, field.Name, field.Doc)
		}
	}
	if v := kv.FindValue("ARROW:schema"); v != nil && len(*v) <= maxComments {
		fromArrow(out, *v)
	}
	return out
}

func say(out map[string]string, name, text string) {
	if text != "" && out[name] == "" {
		out[name] = text
	}
}

// fromArrow reads a schema as Arrow writes it.
func fromArrow(out map[string]string, encoded string) {
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return
	}
	r, err := ipc.NewReader(bytes.NewReader(raw))
	if err != nil {
		return
	}
	defer r.Release()
	for _, field := range r.Schema().Fields() {
		for _, key := range []string{"comment", "description", "doc"} {
			if text, ok := field.Metadata.GetValue(key); ok {
				say(out, field.Name, text)
			}
		}
	}
}
