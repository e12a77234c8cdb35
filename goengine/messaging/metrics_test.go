package messaging_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/phalanx-php/phalanx/goengine/messaging"
	"github.com/phalanx-php/phalanx/goengine/metrics"
)

func TestMetrics(t *testing.T) {
	server := embedded(t, "")
	q := queue(t, server, "measured", messaging.QueueOptions{})
	c := consume(t, q, quick(1), func(_ context.Context, j *messaging.Job) error {
		if j.ID == "bad" {
			return errors.New("as it should")
		}
		return nil
	})
	push(t, q, "x", messaging.PushOptions{ID: "bad"})
	push(t, q, "x", messaging.PushOptions{ID: "good"})
	require.Eventually(t, func() bool { s := c.Stats(); return s.Buried == 1 && s.Succeeded == 1 }, patience, time.Millisecond)
	text, err := metrics.Default().Text()
	require.NoError(t, err)
	for _, line := range []string{
		`phalanx_queue_jobs_total{queue="measured",result="succeeded"} 1`,
		`phalanx_queue_jobs_total{queue="measured",result="buried"} 1`,
		`phalanx_messaging_connected{server="` + server + `"} 1`,
		`phalanx_messaging_reconnects_total{server="` + server + `"} 0`,
	} {
		require.Contains(t, text, line)
	}
	require.NotContains(t, text, `phalanx_messaging_sent_messages_total{server="`+server+`"} 0`)
	require.Contains(t, text, `phalanx_messaging_sent_messages_total{server="`+server+`"} `)
}
