package tlsconn_test

import (
	"crypto/tls"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/sirupsen/logrus/hooks/test"
	"github.com/stretchr/testify/require"
	"go.step.sm/crypto/pemutil"

	"github.com/phalanx-php/phalanx/goengine/tlsconn"
	"github.com/phalanx-php/phalanx/goengine/tlsconn/certtest"
)

// shown is the name in the certificate that a server shows to a client that asks for a name.
func shown(t *testing.T, server opts, name string) (string, error) {
	t.Helper()
	c, s := connect(t, opts{"peer_name": name, "verify_peer": false, "verify_peer_name": false, "no_ticket": true}, server, 1<<20)
	if err := errors.Join(c.err, s.err); err != nil {
		return "", err
	}
	return c.State().PeerCertificates[0].Subject.CommonName, nil
}

func TestCertificatesByName(t *testing.T) {
	a := certtest.New(t)
	cert, key := a.Make("pair.test")
	server := opts{
		"local_cert": a.Issue("default.test"),
		"SNI_server_certs": opts{
			"one.test": a.Issue("one.test"),
			"*.wild.test": opts{
				"local_cert": a.Write("pair-cert.pem", certtest.CertBlock(cert)),
				"local_pk":   a.Write("pair-key.pem", certtest.KeyBlock(t, key)),
			},
		},
	}
	for asked, want := range map[string]string{
		"one.test": "one.test", "ONE.test": "one.test", "a.wild.test": "pair.test", "a.b.wild.test": "default.test",
		"wild.test": "default.test", "other.test": "default.test", "": "default.test",
	} {
		got, err := shown(t, server, asked)
		require.NoError(t, err)
		require.Equal(t, want, got, asked)
	}
	delete(server, "local_cert")
	_, err := shown(t, server, "other.test")
	require.Error(t, err)
	server["SNI_enabled"], server["local_cert"] = false, a.Issue("default.test")
	got, err := shown(t, server, "one.test")
	require.NoError(t, err)
	require.Equal(t, "default.test", got)
}

func TestEncryptedKeys(t *testing.T) {
	a := certtest.New(t)
	cert, key := a.Make("secret.test")
	for name, options := range map[string][]pemutil.Options{
		"PKCS 8":      {pemutil.WithPKCS8(true)},
		"traditional": nil,
	} {
		t.Run(name, func(t *testing.T) {
			block, err := pemutil.Serialize(key, append(options, pemutil.WithPassword([]byte("open sesame")))...)
			require.NoError(t, err)
			path := a.Write("secret.pem", certtest.CertBlock(cert), block)
			got, err := shown(t, opts{"local_cert": path, "passphrase": "open sesame"}, "secret.test")
			require.NoError(t, err)
			require.Equal(t, "secret.test", got)
			for passphrase, want := range map[string]string{"": "give its passphrase", "wrong": "does not open"} {
				o, _, err := parse(t, false, opts{"local_cert": path, "passphrase": passphrase})
				require.NoError(t, err)
				_, err = tlsconn.Open(o, quiet())
				require.ErrorContains(t, err, want)
				require.ErrorIs(t, err, tlsconn.ErrOptions)
			}
		})
	}
}

func TestChangedFilesAreLoaded(t *testing.T) {
	a := certtest.New(t)
	log, hook := test.NewNullLogger()
	put := func(name string) {
		cert, key := a.Make(name)
		a.Write("cert.pem", certtest.CertBlock(cert))
		a.Write("key.pem", certtest.KeyBlock(t, key))
	}
	put("old.test")
	server := opts{"local_cert": filepath.Join(a.Dir, "cert.pem"), "local_pk": filepath.Join(a.Dir, "key.pem")}
	again := func() error { // what a slot does that starts anew
		o, _, err := parse(t, false, server)
		require.NoError(t, err)
		_, err = tlsconn.Open(o, log)
		return err
	}
	require.NoError(t, again())
	first := open(t, false, server)
	is := func(want string) {
		t.Helper()
		got, err := shown(t, server, "any.test")
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	is("old.test")

	// A new certificate without its key, as in the moment between two renames.
	cert, key := a.Make("new.test")
	a.Write("cert.pem", certtest.CertBlock(cert))
	require.NoError(t, again())
	is("old.test")
	require.NoError(t, again())
	require.Len(t, hook.AllEntries(), 1, "a broken file is reported once")
	require.Equal(t, logrus.ErrorLevel, hook.LastEntry().Level)
	a.Write("key.pem", certtest.KeyBlock(t, key))
	require.NoError(t, again())
	is("new.test")

	require.NoError(t, os.Remove(filepath.Join(a.Dir, "cert.pem")))
	require.NoError(t, again())
	is("new.test")

	// A connection made some time later looks by itself, and loads what it finds for those after it.
	put("newest.test")
	first.LookNow()
	c, s := newEnd(t, open(t, true, opts{"verify_peer": false, "verify_peer_name": false})), newEnd(t, first)
	c.err = c.Start()
	converse(c, s, 1<<20)
	require.NoError(t, errors.Join(c.err, s.err))
	require.Eventually(t, func() bool { return first.CommonName() == "newest.test" }, 10*time.Second, time.Millisecond)
}

func TestUnusableOptions(t *testing.T) {
	a := certtest.New(t)
	cert, other := a.Issue("a.test"), a.Issue("b.test")
	empty := a.Write("empty.pem")
	onlyCert, _ := a.Make("c.test")
	alone := a.Write("alone.pem", certtest.CertBlock(onlyCert))
	for name, tt := range map[string]struct {
		o    opts
		want string
	}{
		"no certificate":           {opts{}, "local_cert: a server needs a certificate"},
		"a path to nowhere":        {opts{"local_cert": "/nowhere/cert.pem"}, "local_cert: open /nowhere/cert.pem: no such file"},
		"a key to nowhere":         {opts{"local_cert": cert, "local_pk": "/nowhere/key.pem"}, "local_pk: open /nowhere/key.pem"},
		"an empty file":            {opts{"local_cert": empty}, "holds no private key"},
		"no key":                   {opts{"local_cert": alone}, "holds no private key"},
		"another's key":            {opts{"local_cert": cert, "local_pk": other}, "does not match"},
		"no authority":             {opts{"local_cert": cert, "verify_peer": true, "cafile": empty}, "cafile: "},
		"authorities nowhere":      {opts{"local_cert": cert, "verify_peer": true, "capath": "/nowhere"}, "capath: "},
		"ciphers nobody has":       {opts{"local_cert": cert, "ciphers": "RC5-MAGIC"}, "ciphers: none of"},
		"SSL 3":                    {opts{"local_cert": cert, "crypto_method": 1 << 2}, "SSL 3"},
		"versions in wrong order":  {opts{"local_cert": cert, "min_proto_version": 1 << 6, "max_proto_version": 1 << 5}, "no TLS version"},
		"a version of no protocol": {opts{"local_cert": cert, "min_proto_version": 3}, "min_proto_version"},
		"a high security level":    {opts{"local_cert": cert, "security_level": 4}, "security_level"},
		"names without files":      {opts{"SNI_server_certs": opts{"a.test": opts{}}}, "SNI_server_certs: a.test"},
		"names' files nowhere":     {opts{"SNI_server_certs": opts{"a.test": "/nowhere"}}, "SNI_server_certs: a.test"},
		"names as a list":          {opts{"SNI_server_certs": "a.test"}, "SNI_server_certs: must be"},
		"a path that is a number":  {opts{"local_cert": []string{"x"}}, "local_cert: must be a string"},
		"a short fingerprint":      {opts{"local_cert": cert, "peer_fingerprint": "abc"}, "peer_fingerprint"},
	} {
		t.Run(name, func(t *testing.T) {
			o, _, err := parse(t, false, tt.o)
			if err == nil {
				err = tlsconn.Check(o)
			}
			require.ErrorContains(t, err, tt.want)
			require.ErrorIs(t, err, tlsconn.ErrOptions)
		})
	}
}

func TestOptions(t *testing.T) {
	o, unknown, err := parse(t, true, opts{
		"verify_dept": 3, "dh_param": "x", "peer_certificate": true, "verify_peer": "0", "passphrase": 1234, "verify_depth": "3",
		"crypto_method": 1<<3 | 1<<4 | 1<<5 | 1, "alpn_protocols": "h2, http/1.1",
		"ciphers": "TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES128-SHA:!aNULL:@STRENGTH",
	})
	require.NoError(t, err)
	require.Equal(t, []string{"verify_dept"}, unknown)
	require.False(t, o.VerifyPeer)
	require.True(t, o.VerifyPeerName)
	require.Equal(t, "1234", o.Passphrase)
	require.Equal(t, 3, o.VerifyDepth)
	require.Equal(t, uint16(tls.VersionTLS12), o.MinVersion, "1.0 is not what STREAM_CRYPTO_METHOD_ANY asks for")
	require.Equal(t, uint16(tls.VersionTLS12), o.MaxVersion)
	require.Equal(t, []string{"h2", "http/1.1"}, o.ALPN)
	require.Contains(t, o.CipherSuites, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)

	o, _, err = parse(t, true, opts{"ciphers": "HIGH:!aNULL:!MD5", "crypto_method": 1<<3 | 1})
	require.NoError(t, err)
	require.Nil(t, o.CipherSuites)
	require.Equal(t, uint16(tls.VersionTLS10), o.MinVersion, "alone it is")
	o, _, err = parse(t, true, opts{"ciphers": "HIGH:!ECDHE-RSA-AES128-GCM-SHA256"})
	require.NoError(t, err)
	require.NotContains(t, o.CipherSuites, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)
	require.Contains(t, o.CipherSuites, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384)

	for _, nothing := range []string{"", "[]", "{}"} {
		_, _, err = tlsconn.ParseOptions([]byte(nothing), true, nil)
		require.NoError(t, err)
	}
	_, _, err = tlsconn.ParseOptions([]byte("nonsense"), true, nil)
	require.ErrorIs(t, err, tlsconn.ErrOptions)
}

func TestProtocolsByALPN(t *testing.T) {
	a := certtest.New(t)
	server := opts{"local_cert": a.Issue("a.test"), "alpn_protocols": "http/1.1"}
	client := opts{"verify_peer": false, "verify_peer_name": false, "alpn_protocols": "h2,http/1.1"}
	c, s := connect(t, client, server, 1<<20)
	require.NoError(t, errors.Join(c.err, s.err))
	require.Equal(t, "http/1.1", c.State().NegotiatedProtocol)
	client["alpn_protocols"] = "spdy/1"
	c, s = connect(t, client, server, 1<<20)
	require.Error(t, errors.Join(c.err, s.err))
}

func TestAuthoritiesInAFolder(t *testing.T) {
	a := certtest.New(t)
	require.NoError(t, os.WriteFile(filepath.Join(a.Dir, "README"), []byte("no certificate"), 0o600))
	c, s := connect(t, opts{"capath": a.Dir, "peer_name": "a.test"}, opts{"local_cert": a.Issue("a.test")}, 1<<20)
	require.NoError(t, errors.Join(c.err, s.err))
}

func TestAChainThatIsTooLong(t *testing.T) {
	a := certtest.New(t)
	c, _ := connect(t, opts{"cafile": a.CAFile(), "peer_name": "a.test", "verify_depth": 0}, opts{"local_cert": a.Issue("a.test")}, 1<<20)
	require.ErrorContains(t, c.err, "verify_depth")
}

func FuzzOptions(f *testing.F) {
	f.Add(`{"local_cert": "/x", "SNI_server_certs": {"a": {"local_cert": "b"}}, "ciphers": "A:B", "peer_fingerprint": {"md5": "x"}}`)
	f.Fuzz(func(t *testing.T, text string) {
		o, _, err := tlsconn.ParseOptions([]byte(text), false, func(s string) string { return s })
		if err == nil {
			require.True(t, o.Cert != "" || len(o.SNI) > 0)
			require.LessOrEqual(t, o.MinVersion, o.MaxVersion)
		}
	})
}

// However the bytes of the wire are cut, the same whole records are found, and never beyond the end.
func FuzzRecords(f *testing.F) {
	f.Add([]byte("\x16\x03\x01\x00\x01x\x17\x03\x03\x00\x02yz\x17\x03"), uint16(7))
	f.Add([]byte("\x17\x03\x03\xff\xff"), uint16(2))
	f.Add([]byte("GET / HTTP/1.1"), uint16(4))
	f.Fuzz(func(t *testing.T, in []byte, at uint16) {
		whole, ok := tlsconn.Complete(in)
		require.LessOrEqual(t, whole, len(in))
		rest := in[whole:]
		n, restOK := tlsconn.Complete(rest)
		require.Zero(t, n)
		require.Equal(t, ok, restOK)
		cut := int(at) % (len(in) + 1)
		first, firstOK := tlsconn.Complete(in[:cut])
		if firstOK {
			second, secondOK := tlsconn.Complete(in[first:])
			require.Equal(t, whole, first+second)
			require.Equal(t, ok, secondOK)
		} else {
			require.Equal(t, whole, first)
			require.False(t, ok)
		}
	})
}

// Whatever a peer sends, a server neither panics nor lets anything through.
func FuzzServer(f *testing.F) {
	a := certtest.New(f)
	parsed, _, err := parse(f, false, opts{"local_cert": a.Issue("a.test")})
	require.NoError(f, err)
	config, err := tlsconn.Open(parsed, quiet())
	require.NoError(f, err)
	hello := newEnd(f, open(f, true, opts{"verify_peer": false, "verify_peer_name": false}))
	require.NoError(f, hello.Start())
	f.Add(append([]byte(nil), hello.Unsent()...), uint8(3))
	f.Add([]byte("\x16\x03\x01\x00\x01x\x17\x03\x03\x00\x02yz\x17\x03"), uint8(1))
	hands := &tlsconn.Hands{}
	f.Fuzz(func(t *testing.T, in []byte, step uint8) {
		s := &end{Conn: tlsconn.New(config, hands)}
		s.deliver(in, max(int(step), 1))
		require.Empty(t, s.got)
		require.False(t, s.Established())
		require.LessOrEqual(t, s.Kept(), tlsconn.Overhead)
		require.Error(t, s.End())
		s.Close()
	})
}
