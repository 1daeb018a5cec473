package authority

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"hutong/internal/cli/frame"
	"hutong/internal/dataspace"
	"hutong/internal/files"
	"hutong/internal/pack"
	"hutong/internal/packtools"
)

func packKeygen(env *frame.Env) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use: "keygen", Short: "Make a key that signs packs", Args: frame.Args(cobra.NoArgs),
		Long: `Make an Ed25519 key. The secret half goes to a new file that only you can read (PEM).
The public half, which gateways take as pack_key, goes to a file beside it that ends
in .pub.`,
		Example: `  hutong pack keygen --out packs.key`,
		RunE: func(*cobra.Command, []string) error {
			if out == "" {
				return frame.Usagef("name the new file with --out", "the new file is not named")
			}
			for _, path := range []string{out, out + ".pub"} {
				if _, err := os.Lstat(path); err == nil {
					return &dataspace.Problem{Kind: dataspace.ErrConflict, Code: "file.exists", Place: path, Message: "is there already", Hint: "choose another name: a key that is lost cannot be made again"}
				}
			}
			public, private, err := ed25519.GenerateKey(rand.Reader)
			if err != nil {
				return fmt.Errorf("make key: %w", err)
			}
			der, err := x509.MarshalPKCS8PrivateKey(private)
			if err != nil {
				return fmt.Errorf("encode key: %w", err)
			}
			if err := files.WriteFile(out, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
				return err
			}
			pub := base64.StdEncoding.EncodeToString(public)
			if err := files.WriteFile(out+".pub", []byte(pub+"\n"), 0o644); err != nil {
				return err
			}
			v := map[string]string{"secret": out, "public": out + ".pub", "key": pub}
			return env.Print(v, func(w io.Writer) {
				fmt.Fprintf(w, "secret %s\npublic %s.pub\n       %s\n", out, out, pub)
			})
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "the new file")
	return cmd
}

func packSign(env *frame.Env) *cobra.Command {
	var keyFile string
	var sample bool
	cmd := &cobra.Command{
		Use: "sign DIR...", Short: "Sign packs, so that gateways take them", Args: frame.Args(cobra.MinimumNArgs(1)),
		Long: `Check packs and write pack.sig beside each pack.yaml. A gateway whose pack_key is
the public half takes the pack if it is newer than the version it has.
A pack with findings or failing cases is not signed.`,
		Example: `  hutong pack sign packs/cn/national --key packs.key`,
		RunE: func(cmd *cobra.Command, list []string) error {
			if keyFile == "" {
				return frame.Usagef("name the secret key with --key; 'hutong pack keygen' makes one", "the secret key is not named")
			}
			key, err := readSigningKey(keyFile)
			if err != nil {
				return err
			}
			var out []signedPack
			for _, dir := range list {
				if _, err := os.Stat(filepath.Join(dir, "pack.yaml")); err != nil {
					return frame.Unreadable(filepath.Join(dir, "pack.yaml"), err)
				}
				s, err := signPack(dir, key, sample)
				if err != nil {
					return err
				}
				out = append(out, s)
			}
			return env.Print(out, func(w io.Writer) {
				for _, s := range out {
					fmt.Fprintf(w, "signed %s %s (sha256 %s)\n       %s\n", s.Pack.ID, s.Pack.Version, s.Pack.SHA256.Short(), s.Signature)
				}
			})
		},
	}
	cmd.Flags().StringVar(&keyFile, "key", "", "file with the secret key: PEM, or base64 of the 32 bytes")
	frame.AddSampleFlag(cmd, &sample)
	return cmd
}

// signedPack is a pack and the path of its signature.
type signedPack struct {
	Pack      dataspace.PackRef `json:"pack"`
	Signature string            `json:"signature"`
}

// checkedPack loads a pack that has no findings and whose cases hold.
func checkedPack(dir string, sample bool) (*pack.Pack, error) {
	p, _, err := loadOne(dir)
	if err != nil {
		return nil, err
	}
	return p, packtools.Fit(p, sample)
}

func signPack(dir string, key ed25519.PrivateKey, sample bool) (signedPack, error) {
	p, err := checkedPack(dir, sample)
	if err != nil {
		return signedPack{}, err
	}
	sig, err := pack.Sign(p, key)
	if err != nil {
		return signedPack{}, err
	}
	path := filepath.Join(dir, pack.SignatureFile)
	if err := files.WriteFile(path, sig, 0o644); err != nil {
		return signedPack{}, err
	}
	return signedPack{p.Ref(), path}, nil
}

// readSigningKey reads a secret Ed25519 key; errors never hold any of it.
func readSigningKey(path string) (ed25519.PrivateKey, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, frame.Unreadable(path, err)
	}
	bad := &dataspace.Problem{Kind: dataspace.ErrInvalid, Code: "pack.key", Place: path, Message: "holds no secret Ed25519 key", Hint: "expected PEM (PKCS 8), or base64 of the 32 bytes of the seed; 'hutong pack keygen' makes one"}
	if block, _ := pem.Decode(data); block != nil {
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if private, ok := key.(ed25519.PrivateKey); err == nil && ok {
			return private, nil
		}
		return nil, bad
	}
	seed, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(data)))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, bad
	}
	return ed25519.NewKeyFromSeed(seed), nil
}
