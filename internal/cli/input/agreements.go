package input

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"hutong/internal/agreed"
	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
	"hutong/internal/node"
	"hutong/internal/recognition"
)

// Agreements holds the flags that name agreements and the trusted keys for
// them.
type Agreements struct{ files, authorities []string }

// Add adds the flags.
func (f *Agreements) Add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.files, "recognition", nil, "file with a recognition agreement that both parties signed; may be repeated")
	AddAuthorityFlag(cmd, &f.authorities)
}

// AddAuthorityFlag adds the flag that names trusted authorities.
func AddAuthorityFlag(cmd *cobra.Command, to *[]string) {
	cmd.Flags().StringArrayVar(to, "authority", nil, "the authority of a jurisdiction: `XX=FILE` with its public key; may be repeated")
}

// Named reports whether the flags were given.
func (f *Agreements) Named() bool { return len(f.files)+len(f.authorities) > 0 }

// Load reads and verifies the agreements. Without authorities it uses the keys
// that the documents name, and a message says so.
func (f *Agreements) Load(env *frame.Env) ([]agreed.Agreement, error) {
	var out []agreed.Agreement
	for _, path := range f.files {
		d, _, err := ReadAgreement(path)
		if err != nil {
			return nil, err
		}
		agreed, err := VerifyAgreement(env, d, path, f.authorities)
		if err != nil {
			return nil, err
		}
		out = append(out, agreed)
	}
	return out, nil
}

// Files reads and verifies the agreements, and returns their files.
func (f *Agreements) Files(env *frame.Env) ([][]byte, error) {
	if _, err := f.Load(env); err != nil {
		return nil, err
	}
	var out [][]byte
	for _, path := range f.files {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, frame.Unreadable(path, err)
		}
		out = append(out, data)
	}
	return out, nil
}

// VerifyAgreement checks both signatures. Without authorities the keys are those
// that the document names, and a message says so.
func VerifyAgreement(env *frame.Env, d *recognition.Document, path string, authorities []string) (agreed.Agreement, error) {
	trust, err := trustOf(authorities)
	if err != nil {
		return agreed.Agreement{}, err
	}
	if len(authorities) == 0 {
		trust = d.AsWritten()
		env.Say(env.Word("%s: both have signed; it was not checked whose keys they are: name the keys with --authority",
			"%s：核验签名时未核实密钥归属，请用 --authority 指定"), path)
	}
	agreed, err := d.Verify(trust)
	if err != nil {
		return agreed, fmt.Errorf("verify %s: %w", path, err)
	}
	return agreed, nil
}

func trustOf(authorities []string) (recognition.Trust, error) {
	var list []node.Authority
	for _, s := range authorities {
		j, file, ok := strings.Cut(s, "=")
		if !ok || len(j) != 2 || file == "" {
			return nil, frame.Usagef("for example --authority XX=authority.pub", "--authority %s: expected jurisdiction=file", s)
		}
		list = append(list, node.Authority{Jurisdiction: dataspace.Jurisdiction(j), Key: file})
	}
	return node.Trust(list)
}

// ReadAgreement reads an agreement, and returns its bytes too.
func ReadAgreement(path string) (*recognition.Document, []byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, frame.Unreadable(path, err)
	}
	d, err := recognition.Parse(path, data)
	return d, data, err
}
