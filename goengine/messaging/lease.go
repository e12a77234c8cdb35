package messaging

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	leaseBucket  = "phalanx_leases"
	DefaultLease = 10 * time.Second // for which a lease is held without being renewed
	minLease     = 500 * time.Millisecond
	maxLease     = time.Hour
	leaseLook    = 500 * time.Millisecond // how often who waits looks, at most
)

// LeaseOptions of Acquire and Elect.
type LeaseOptions struct {
	TTL   time.Duration // 0: DefaultLease. Who holds a lease and dies keeps it for so long
	Owner string        // shown to others; "": host name and process
}

// Lease says that this process, alone in the cluster, may do what the lease's name stands for. It is renewed until it is
// released or lost.
//
// It is lost, and others may have it, when it could not be renewed for its TTL. No clock is compared with another
// machine's: who waits takes a lease over that it has not seen renewed for the TTL by its own clock. A holder that was
// suspended may learn late of its loss: what must not happen twice is to be guarded by Token, as in a condition of an
// UPDATE.
type Lease struct {
	kv     jetstream.KeyValue
	name   string
	record []byte
	ttl    time.Duration
	token  uint64

	ctx    context.Context // ends with the lease
	cancel context.CancelFunc
	once   sync.Once
	stop   chan struct{} // closed by Release
	done   chan struct{} // closed when nothing is renewed any more

	// Of the goroutine that renews, until done.
	revision uint64
	until    time.Time
}

type leaseRecord struct {
	Owner string `json:"owner"` // "": free
	TTL   int64  `json:"ttl"`   // in milliseconds
	Token uint64 `json:"token"`
}

var keyPattern = regexp.MustCompile(`^[-/_=.a-zA-Z0-9]+$`)

// checkKey says whether a name can be a key of a bucket.
func checkKey(what, name string) error {
	if !keyPattern.MatchString(name) || name[0] == '.' || name[len(name)-1] == '.' || len(name) > 512 {
		return fmt.Errorf("messaging: %q is no %s: letters of ASCII, digits and - / _ = . make it, 512 at most, and no dot at its ends", name, what)
	}
	return nil
}

// bucket opens a bucket, and makes it when there is none: with a copy on three servers where there are so many.
func (c *Conn) bucket(ctx context.Context, config jetstream.KeyValueConfig) (jetstream.KeyValue, error) {
	kv, err := c.js.KeyValue(ctx, config.Bucket)
	if !errors.Is(err, jetstream.ErrBucketNotFound) {
		return kv, err
	}
	replicas := config.Replicas
	if replicas == 0 && c.nc.ConnectedClusterName() != "" {
		config.Replicas = 3
		if kv, err = c.js.CreateKeyValue(ctx, config); err == nil || !tooFewServers(err) {
			return kv, c.raced(ctx, &kv, config.Bucket, err)
		}
	}
	config.Replicas = max(replicas, 1)
	kv, err = c.js.CreateKeyValue(ctx, config)
	return kv, c.raced(ctx, &kv, config.Bucket, err)
}

// raced opens a bucket that another process has made at the same time, with settings of its own.
func (c *Conn) raced(ctx context.Context, kv *jetstream.KeyValue, bucket string, err error) error {
	if errors.Is(err, jetstream.ErrBucketExists) || errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
		*kv, err = c.js.KeyValue(ctx, bucket)
	}
	return err
}

// tooFewServers says whether a stream cannot have as many copies as were asked for.
func tooFewServers(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && (api.ErrorCode == 10005 || api.ErrorCode == 10052 || api.ErrorCode == 10074)
}

// Acquire waits until the lease of a name is free and takes it. With a context that has ended it tries once.
func (c *Conn) Acquire(ctx context.Context, name string, o LeaseOptions) (*Lease, error) {
	if o.TTL == 0 {
		o.TTL = DefaultLease
	}
	if o.TTL < minLease || o.TTL > maxLease {
		return nil, fmt.Errorf("messaging: a lease lasts from %s to %s", minLease, maxLease)
	}
	if err := checkKey("name of a lease", name); err != nil {
		return nil, err
	}
	if o.Owner == "" {
		hostName, _ := os.Hostname()
		o.Owner = fmt.Sprintf("%s/%d", hostName, os.Getpid())
	}
	var kv jetstream.KeyValue
	var seen uint64 // the revision that was seen
	var at time.Time
	for {
		try, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.settings.Timeout)
		var err error
		if kv == nil {
			kv, err = c.bucket(try, jetstream.KeyValueConfig{Bucket: leaseBucket, Description: "who of a cluster does what (Phalanx)"})
		}
		var lease *Lease
		var revision uint64
		var ttl time.Duration
		if err == nil {
			lease, revision, ttl, err = c.tryLease(try, kv, name, o, seen, at)
		}
		cancel()
		switch {
		case lease != nil:
			go lease.keep()
			return lease, nil
		case err != nil && (ctx.Err() != nil || !transient(c.notConnected(err))):
			return nil, c.notConnected(fmt.Errorf("messaging: lease %s: %w", name, err))
		case ctx.Err() != nil:
			return nil, fmt.Errorf("messaging: lease %s: %w", name, ErrLeaseHeld)
		case err == nil && revision != seen:
			seen, at = revision, time.Now()
		}
		wait := min(leaseLook, o.TTL/4)
		if left := time.Until(at.Add(ttl)); err == nil && left > 0 {
			wait = min(wait, left)
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(wait):
		}
	}
}

// ErrLeaseHeld answers Acquire that does not wait: somebody else has the lease.
var ErrLeaseHeld = errors.New("messaging: somebody else has it")

// tryLease takes a lease that is free, or that has not changed since it was seen for its TTL.
func (c *Conn) tryLease(ctx context.Context, kv jetstream.KeyValue, name string, o LeaseOptions, seen uint64, at time.Time) (*Lease, uint64, time.Duration, error) {
	var revision uint64
	var was leaseRecord
	began := time.Now()
	entry, err := kv.Get(ctx, name)
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound):
	case err != nil:
		return nil, 0, 0, err
	default:
		revision = entry.Revision()
		if err := json.Unmarshal(entry.Value(), &was); err != nil {
			was = leaseRecord{} // not ours; it was not a lease
		}
		ttl := time.Duration(was.TTL) * time.Millisecond
		if was.Owner != "" && (revision != seen || began.Sub(at) < ttl) {
			return nil, revision, ttl, nil
		}
	}
	record, err := json.Marshal(leaseRecord{Owner: o.Owner, TTL: o.TTL.Milliseconds(), Token: was.Token + 1})
	if err != nil {
		return nil, 0, 0, err
	}
	if revision == 0 {
		revision, err = kv.Create(ctx, name, record)
	} else {
		revision, err = kv.Update(ctx, name, record, revision)
	}
	if err != nil {
		if errors.Is(err, jetstream.ErrKeyExists) {
			err = nil // another one was quicker
		}
		return nil, 0, 0, err
	}
	l := &Lease{kv: kv, name: name, record: record, ttl: o.TTL, token: was.Token + 1, revision: revision, until: began.Add(o.TTL),
		stop: make(chan struct{}), done: make(chan struct{})}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	return l, revision, o.TTL, nil
}

// keep renews the lease three times within its TTL, until it ends.
func (l *Lease) keep() {
	defer close(l.done)
	defer l.cancel()
	tick := time.NewTicker(l.ttl / 3)
	defer tick.Stop()
	for {
		end := time.NewTimer(time.Until(l.until))
		select {
		case <-l.stop:
			end.Stop()
			return
		case <-end.C:
			return
		case <-tick.C:
			end.Stop()
		}
		sent := time.Now()
		ctx, cancel := context.WithDeadline(context.Background(), l.until)
		err := l.renew(ctx)
		cancel()
		if err == nil {
			l.until = sent.Add(l.ttl)
		} else if errors.Is(err, ErrLeaseHeld) {
			return
		}
	}
}

func (l *Lease) renew(ctx context.Context) error {
	revision, err := l.kv.Update(ctx, l.name, l.record, l.revision)
	if errors.Is(err, jetstream.ErrKeyExists) {
		// It has changed: by somebody else, or by an earlier try whose answer did not come.
		var entry jetstream.KeyValueEntry
		if entry, err = l.kv.Get(ctx, l.name); err == nil {
			if string(entry.Value()) != string(l.record) {
				return ErrLeaseHeld
			}
			revision = entry.Revision()
		}
	}
	if err == nil {
		l.revision = revision
	}
	return err
}

// Context ends when the lease is lost or released: what it stands for is to stop then.
func (l *Lease) Context() context.Context { return l.ctx }

// Token grows with each holder of the lease.
func (l *Lease) Token() uint64 { return l.token }

// Release gives the lease back, so that others need not wait for its end. It waits for the server while ctx lasts.
func (l *Lease) Release(ctx context.Context) error {
	l.once.Do(func() { close(l.stop) })
	<-l.done
	free, err := json.Marshal(leaseRecord{Token: l.token})
	if err != nil {
		return err
	}
	if _, err = l.kv.Update(ctx, l.name, free, l.revision); errors.Is(err, jetstream.ErrKeyExists) {
		return nil // somebody has it already
	}
	return err
}

// Elect calls lead whenever this process gets the lease of a name, with a context that ends with the lease. When lead
// returns the lease is given back, and the next round begins. It goes on until ctx ends; lead's context ends with that too.
// While the server cannot be reached nobody leads.
func Elect(ctx context.Context, c *Conn, name string, o LeaseOptions, lead func(ctx context.Context, token uint64)) error {
	for {
		l, err := c.Acquire(ctx, name, o)
		switch {
		case ctx.Err() != nil:
			if l != nil {
				giveBack(l)
			}
			return context.Cause(ctx)
		case err != nil && !transient(err):
			return err
		case err != nil:
			c.log.WithError(err).WithField("lease", name).Warn("messaging: an election cannot be held at the moment")
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
			continue
		}
		leading, cancel := context.WithCancel(ctx)
		stop := context.AfterFunc(l.Context(), cancel)
		lead(leading, l.Token())
		stop()
		cancel()
		giveBack(l)
	}
}

// transient says whether an error is of the server's state, not of what was asked.
func transient(err error) bool {
	return errors.Is(err, ErrNotConnected) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, nats.ErrTimeout) ||
		errors.Is(err, nats.ErrNoResponders) || errors.Is(err, jetstream.ErrNoStreamResponse) || errors.Is(err, jetstream.ErrJetStreamNotEnabled)
}

func giveBack(l *Lease) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = l.Release(ctx) // it ends by itself otherwise
}
