package redis

import (
	"context"
	hash "crypto/sha1"
	"encoding/hex"
	"strconv"

	"github.com/phalanx-php/phalanx/goengine/component"
)

// Script runs a Lua script by its SHA-1, and by its text where the server does not know it yet.
func (c *Client) Script(ctx context.Context, sha1, source string, keys, args []any, readOnly bool) (Reply, error) {
	suffix := ""
	if readOnly {
		suffix = "_RO"
	}
	run := func(name, what string) (Reply, error) {
		list := append(make([]any, 0, 3+len(keys)+len(args)), name+suffix, what, strconv.Itoa(len(keys)))
		cmd, err := prepare(append(append(list, keys...), args...), int(Raw))
		if err != nil {
			return Reply{}, err
		}
		return c.do(ctx, &cmd)
	}
	r, err := run("EVALSHA", sha1)
	if e, ok := err.(*component.Exception); ok && e.Properties["prefix"] == "NOSCRIPT" {
		return run("EVAL", source)
	}
	return r, err
}

func sha(source string) string {
	sum := hash.Sum([]byte(source))
	return hex.EncodeToString(sum[:])
}
