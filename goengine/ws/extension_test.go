package ws_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/ws"
)

func TestDeflateAnswer(t *testing.T) {
	const (
		nothingKept = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
		kept        = "permessage-deflate; server_max_window_bits=12"
	)
	takeover := ws.DeflateOptions{Takeover: true}
	tests := []struct {
		name, offer string
		options     ws.DeflateOptions
		answer      string
	}{
		{name: "a plain offer", offer: "permessage-deflate", answer: nothingKept},
		{name: "a browser's", offer: "permessage-deflate; client_max_window_bits", answer: nothingKept},
		{name: "in another case, with white space", offer: " Permessage-Deflate ;client_max_window_bits ", answer: nothingKept},
		{name: "no field"},
		{name: "something else", offer: "x-webkit-deflate-frame, permessage-bzip2"},
		{name: "behind something else", offer: "permessage-bzip2; a=1, permessage-deflate", answer: nothingKept},
		{name: "the first that can be met", offer: "permessage-deflate; new=1, permessage-deflate", answer: nothingKept},
		{
			name: "a limit on the server's window", offer: "permessage-deflate; server_max_window_bits=10",
			answer: nothingKept + "; server_max_window_bits=10",
		},
		{
			name: "in quotes", offer: `permessage-deflate; server_max_window_bits="10"`,
			answer: nothingKept + "; server_max_window_bits=10",
		},
		{
			name: "a limit above the server's own", offer: "permessage-deflate; server_max_window_bits=15",
			options: ws.DeflateOptions{WindowBits: 11}, answer: nothingKept + "; server_max_window_bits=11",
		},
		{name: "windows are kept", offer: "permessage-deflate", options: takeover, answer: kept},
		{
			name: "the client's window is bounded where it may be", offer: "permessage-deflate; client_max_window_bits",
			options: takeover, answer: kept + "; client_max_window_bits=12",
		},
		{
			name: "the client's own bound is lower", offer: "permessage-deflate; client_max_window_bits=9",
			options: takeover, answer: kept + "; client_max_window_bits=9",
		},
		{
			name: "the server is asked to keep nothing", offer: "permessage-deflate; server_no_context_takeover",
			options: takeover, answer: "permessage-deflate; server_no_context_takeover; server_max_window_bits=12",
		},
		{
			name: "the client will keep nothing", offer: "permessage-deflate; client_no_context_takeover",
			options: takeover, answer: "permessage-deflate; client_no_context_takeover; server_max_window_bits=12",
		},
		{name: "an unknown parameter", offer: "permessage-deflate; fast"},
		{name: "a parameter twice", offer: "permessage-deflate; server_no_context_takeover; server_no_context_takeover"},
		{name: "bits twice", offer: "permessage-deflate; server_max_window_bits=10; server_max_window_bits=10"},
		{name: "a value where none belongs", offer: "permessage-deflate; server_no_context_takeover=1"},
		{name: "a server's window without a size", offer: "permessage-deflate; server_max_window_bits"},
		{name: "a window that is too small", offer: "permessage-deflate; server_max_window_bits=7"},
		{name: "a window that is too large", offer: "permessage-deflate; client_max_window_bits=16"},
		{name: "a leading zero", offer: "permessage-deflate; server_max_window_bits=08"},
		{name: "a sign", offer: "permessage-deflate; server_max_window_bits=+9"},
		{name: "an empty value", offer: "permessage-deflate; client_max_window_bits="},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, answer := tt.options.Answer([]byte(tt.offer))
			require.Equal(t, tt.answer, answer)
			require.Equal(t, tt.answer != "", d != nil)
		})
	}
}

func TestDeflateOfferAndAccepted(t *testing.T) {
	small, large := ws.DeflateOptions{}, ws.DeflateOptions{Takeover: true}
	require.Equal(t, "permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits", small.Offer())
	require.Equal(t, "permessage-deflate; server_max_window_bits=12; client_max_window_bits", large.Offer())

	tests := []struct {
		name, answer string
		options      *ws.DeflateOptions
		none, wrong  bool
	}{
		{name: "declined", options: &small, none: true},
		{name: "as offered", options: &small, answer: "permessage-deflate; server_no_context_takeover"},
		{name: "what was asked for is not confirmed", options: &small, answer: "permessage-deflate"},
		{name: "a larger window than asked for", options: &large, answer: "permessage-deflate; server_max_window_bits=15"},
		{name: "no bound where one was asked for", options: &large, answer: "permessage-deflate"},
		{name: "a smaller window", options: &large, answer: "permessage-deflate; server_max_window_bits=9; client_max_window_bits=9"},
		{name: "a size that must be there", options: &large, answer: "permessage-deflate; server_max_window_bits=9; client_max_window_bits", wrong: true},
		{name: "another extension", options: &small, answer: "x-other", wrong: true},
		{
			name: "twice", options: &small, wrong: true,
			answer: "permessage-deflate; server_no_context_takeover, permessage-deflate; server_no_context_takeover",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := tt.options.Accepted([]byte(tt.answer))
			if tt.wrong {
				var ce *ws.CloseError
				require.ErrorAs(t, err, &ce)
				require.Equal(t, ws.CloseMandatoryExtension, ce.Code)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.none, d == nil)
		})
	}
}

// Whatever one end answers, the other accepts.
func TestDeflateEndsAgree(t *testing.T) {
	for _, client := range []ws.DeflateOptions{{}, {Takeover: true}, {Takeover: true, WindowBits: 15}, {WindowBits: 9}} {
		for _, server := range []ws.DeflateOptions{{}, {Takeover: true}, {Takeover: true, WindowBits: 15}, {WindowBits: 9}} {
			ours, answer := server.Answer([]byte(client.Offer()))
			require.NotNil(t, ours)
			theirs, err := client.Accepted([]byte(answer))
			require.NoError(t, err, answer)
			require.NotNil(t, theirs)
		}
	}
}

func TestDeflateAnnouncedByTheApplication(t *testing.T) {
	o := ws.DeflateOptions{OnDemand: true}
	require.NotNil(t, o.Announced(" permessage-deflate", []byte("permessage-deflate; client_max_window_bits")))
	require.Nil(t, o.Announced("permessage-deflate", nil), "nobody has offered it")
	require.Nil(t, o.Announced("permessage-deflate; odd", []byte("permessage-deflate")))
	require.Nil(t, o.Announced("x-other", []byte("permessage-deflate")))
}

func TestConnectionsThatKeepNothingShareTheirState(t *testing.T) {
	o := ws.DeflateOptions{}
	a, _ := o.Answer([]byte("permessage-deflate"))
	b, _ := o.Answer([]byte("permessage-deflate; client_max_window_bits"))
	require.Same(t, a, b)
	require.True(t, a.Shared())

	k := ws.DeflateOptions{Takeover: true}
	a, _ = k.Answer([]byte("permessage-deflate"))
	b, _ = k.Answer([]byte("permessage-deflate"))
	require.NotSame(t, a, b)
	require.False(t, a.Shared())
}
