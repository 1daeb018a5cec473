package gateway

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"hutong/internal/dataspace"
)

// Lifetime of a certificate. Peers pin its key, so the key does not change. The
// certificate is issued again for the same key when less than a tenth of its
// lifetime is left or the hosts change; the pins stay valid.
const certificateYears = 10

func newTLSKey() ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

func readTLSKey(data []byte) (*ecdsa.PrivateKey, error) {
	block, _ := pem.Decode(data)
	if block == nil || block.Type != "PRIVATE KEY" {
		return nil, errors.New("expected a PEM block PRIVATE KEY")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("expected a PKCS #8 key")
	}
	ec, ok := key.(*ecdsa.PrivateKey)
	if !ok {
		return nil, errors.New("expected an ECDSA key")
	}
	return ec, nil
}

// spkiOf is the pin of a public key.
func spkiOf(public crypto.PublicKey) (dataspace.Digest, error) {
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return "", err
	}
	return dataspace.DigestOf(der), nil
}

// certificate reads the certificate of the key, or issues it.
func certificate(opt KeyOptions, key *ecdsa.PrivateKey) (tls.Certificate, error) {
	path := filepath.Join(opt.Dir, "tls.crt")
	data, err := os.ReadFile(path)
	if err == nil {
		if cert, ok := usable(data, opt, key); ok {
			return cert, nil
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return tls.Certificate{}, fmt.Errorf("read certificate: %w", err)
	}
	der, err := issue(opt, key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("issue certificate: %w", err)
	}
	if err := replaceFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})); err != nil {
		return tls.Certificate{}, err
	}
	leaf, err := x509.ParseCertificate(der)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, err
}

func usable(data []byte, opt KeyOptions, key *ecdsa.PrivateKey) (tls.Certificate, bool) {
	block, _ := pem.Decode(data)
	if block == nil {
		return tls.Certificate{}, false
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil || !key.PublicKey.Equal(leaf.PublicKey) {
		return tls.Certificate{}, false
	}
	left := leaf.NotAfter.Sub(opt.Now())
	if left < leaf.NotAfter.Sub(leaf.NotBefore)/10 || opt.Now().Before(leaf.NotBefore) {
		return tls.Certificate{}, false
	}
	for _, host := range hosts(opt) {
		if leaf.VerifyHostname(host) != nil {
			return tls.Certificate{}, false
		}
	}
	return tls.Certificate{Certificate: [][]byte{block.Bytes}, PrivateKey: key, Leaf: leaf}, true
}

func hosts(opt KeyOptions) []string {
	return append([]string{"localhost", "127.0.0.1", "::1"}, opt.Hosts...)
}

func issue(opt KeyOptions, key *ecdsa.PrivateKey) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	now := opt.Now()
	t := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: string(opt.Gateway)},
		NotBefore:             now.Add(-time.Hour), // clocks of visitors differ
		NotAfter:              now.AddDate(certificateYears, 0, 0),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	for _, host := range hosts(opt) {
		if ip := net.ParseIP(host); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, host)
		}
	}
	return x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
}
