package messaging

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/phalanx-php/phalanx/goengine/component"
)

const (
	maxHistory    = 64
	markerTime    = time.Minute // for which watchers can learn that a key has expired
	changeRounds  = 100
	encodingJSON  = "json" // names of KeyValueOptions.Encoding
	encodingRaw   = "raw"
	bucketMaximum = 64 // characters of a name
)

// Errors of buckets.
var (
	ErrConflict    = errors.New("messaging: the key has another revision, or is there already")
	ErrUnsupported = errors.New("messaging: the server is too old for it")
)

// KeyValue is a bucket of keys and values that all who use the server share. Each change has a revision, by which others can
// tell whether a value is still the one they know.
type KeyValue struct {
	link
	Bucket string `php:"bucket,readonly"`
	o      KeyValueOptions

	mu   sync.Mutex // guards kv and of
	kv   jetstream.KeyValue
	of   *Conn
	json bool
}

// KeyValueOptions of NewKeyValue. What is null stays as the bucket has it, or gets its default when the bucket is made.
type KeyValueOptions struct {
	component.Options
	// How many values of each key are kept: 1 by default, 64 at most.
	History *int
	// Seconds after which a value is forgotten: by default never.
	TTL *time.Duration `php:"ttl"`
	// Bytes of all values: by default what the server has room for.
	MaxBytes *int `php:"maxBytes"`
	// "json": any value, strings too, is kept as JSON; "raw": values are strings and kept as they are.
	Encoding string
	// "file" (the default) or "memory".
	Storage *string
	// Servers of a cluster that have a copy: by default 3 where there are so many.
	Replicas *int

	Server         string
	Credentials    string
	TLSCA          string        `php:"tlsCa"`
	TLSCert        string        `php:"tlsCert"`
	TLSKey         string        `php:"tlsKey"`
	ConnectTimeout time.Duration `php:"connectTimeout"`
}

// NewKeyValue does not connect yet. Buckets of the same name are the same bucket, wherever they are used.
func NewKeyValue(bucket string, o KeyValueOptions) (*KeyValue, error) {
	if !queueName.MatchString(bucket) {
		return nil, fmt.Errorf("messaging: %q is no name of a bucket: up to %d letters of ASCII, digits, - and _ are", bucket, bucketMaximum)
	}
	s, err := (&ServerOptions{Server: o.Server, Credentials: o.Credentials, TLSCA: o.TLSCA, TLSCert: o.TLSCert, TLSKey: o.TLSKey,
		ConnectTimeout: o.ConnectTimeout}).settings()
	switch {
	case err != nil:
		return nil, err
	case o.History != nil && (*o.History < 1 || *o.History > maxHistory):
		return nil, fmt.Errorf("messaging: history is from 1 to %d", maxHistory)
	case o.TTL != nil && *o.TTL < 100*time.Millisecond:
		return nil, errors.New("messaging: ttl is 0.1 seconds or more")
	case o.MaxBytes != nil && *o.MaxBytes < 1, o.Replicas != nil && *o.Replicas < 1:
		return nil, errors.New("messaging: maxBytes and replicas are more than 0")
	case o.Encoding != encodingJSON && o.Encoding != encodingRaw:
		return nil, errors.New(`messaging: encoding is "json" or "raw"`)
	case o.Storage != nil && *o.Storage != storageFile && *o.Storage != storageMemory:
		return nil, errors.New(`messaging: storage is "file" or "memory"`)
	}
	return &KeyValue{link: link{settings: s}, Bucket: bucket, o: o, json: o.Encoding == encodingJSON}, nil
}

// open finds the bucket, or makes it.
func (k *KeyValue) open(ctx context.Context) (*Conn, jetstream.KeyValue, error) {
	c, err := k.connect()
	if err != nil {
		return nil, nil, err
	}
	k.mu.Lock()
	kv := k.kv
	if k.of != c {
		kv = nil
	}
	k.mu.Unlock()
	if kv != nil {
		return c, kv, nil
	}
	o := &k.o
	config := jetstream.KeyValueConfig{
		Bucket: k.Bucket, Description: "Phalanx", History: uint8(or(o.History, 1)), TTL: or(o.TTL, 0), MaxBytes: int64(or(o.MaxBytes, -1)),
		Replicas: or(o.Replicas, 0), LimitMarkerTTL: markerTime,
	}
	if or(o.Storage, "") == storageMemory {
		config.Storage = jetstream.MemoryStorage
	}
	kv, err = c.bucket(ctx, config)
	if errors.Is(err, jetstream.ErrLimitMarkerTTLNotSupported) { // before NATS 2.11
		config.LimitMarkerTTL = 0
		kv, err = c.bucket(ctx, config)
	}
	if err == nil {
		err = k.adjust(ctx, c)
	}
	if err != nil {
		return nil, nil, k.explain(c, err)
	}
	k.mu.Lock()
	k.kv, k.of = kv, c
	k.mu.Unlock()
	return c, kv, nil
}

// adjust changes what was asked to be otherwise.
func (k *KeyValue) adjust(ctx context.Context, c *Conn) error {
	o := &k.o
	if o.History == nil && o.TTL == nil && o.MaxBytes == nil && o.Replicas == nil {
		return nil
	}
	stream, err := c.js.Stream(ctx, "KV_"+k.Bucket)
	if err != nil {
		return err
	}
	has := stream.CachedInfo().Config
	want := has
	want.MaxMsgsPerSubject = int64(or(o.History, int(has.MaxMsgsPerSubject)))
	want.MaxAge = or(o.TTL, has.MaxAge)
	want.MaxBytes = int64(or(o.MaxBytes, int(has.MaxBytes)))
	want.Replicas = or(o.Replicas, has.Replicas)
	if want.MaxMsgsPerSubject == has.MaxMsgsPerSubject && want.MaxAge == has.MaxAge && want.MaxBytes == has.MaxBytes && want.Replicas == has.Replicas {
		return nil
	}
	if want.MaxAge > 0 && want.Duplicates > want.MaxAge {
		want.Duplicates = want.MaxAge
	}
	_, err = c.js.UpdateStream(ctx, want)
	return err
}

func (k *KeyValue) explain(c *Conn, err error) error {
	var api *jetstream.APIError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, jetstream.ErrKeyExists):
		return fmt.Errorf("%w: bucket %s (%w)", ErrConflict, k.Bucket, err)
	case errors.Is(err, jetstream.ErrJetStreamNotEnabled) || errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount):
		return fmt.Errorf("messaging: the server %s has no JetStream, which queues and buckets need: start it with -js: %w", c.settings.Name(), err)
	case errors.As(err, &api) && api.ErrorCode == 10071: // wrong last sequence
		return fmt.Errorf("%w: bucket %s (%w)", ErrConflict, k.Bucket, err)
	}
	if errors.Is(err, jetstream.ErrNoStreamResponse) || errors.Is(err, jetstream.ErrStreamNotFound) || errors.Is(err, jetstream.ErrBucketNotFound) {
		k.mu.Lock()
		k.kv = nil // it has been deleted: the next call makes it anew
		k.mu.Unlock()
	}
	return c.notConnected(fmt.Errorf("messaging: bucket %s: %w", k.Bucket, err))
}

// with does something with the bucket, in a time that is bounded.
func (k *KeyValue) with(ctx context.Context, key string, do func(context.Context, jetstream.KeyValue) error) error {
	if key != "" {
		if err := checkKey("key", key); err != nil {
			return err
		}
	}
	c, err := k.connect()
	if err != nil {
		return err
	}
	ctx, cancel := c.withDefault(ctx)
	defer cancel()
	c, kv, err := k.open(ctx)
	if err != nil {
		return err
	}
	return k.explain(c, do(ctx, kv))
}

func (k *KeyValue) encode(value any) ([]byte, error) {
	if k.json {
		return appendJSON(nil, value, 0)
	}
	text, ok := value.(string)
	if !ok {
		return nil, fmt.Errorf("messaging: bucket %s is used with encoding: 'raw', whose values are strings, %T given", k.Bucket, value)
	}
	return []byte(text), nil
}

// Entry is a value that a key has or had.
type Entry struct {
	Key string `php:"key"`
	// Null when the key was deleted.
	Value    any   `php:"value"`
	Revision int64 `php:"revision"`
	// "put", "delete", "purge" or "expired".
	Operation string    `php:"operation"`
	CreatedAt time.Time `php:"createdAt"`
}

func (k *KeyValue) entry(e jetstream.KeyValueEntry) (Entry, error) {
	entry := Entry{Key: e.Key(), Revision: int64(e.Revision()), CreatedAt: e.Created(), Operation: "put"}
	switch e.Operation() {
	case jetstream.KeyValueDelete:
		entry.Operation = "delete"
		return entry, nil
	case jetstream.KeyValuePurge:
		entry.Operation = "purge"
		return entry, nil
	}
	var err error
	if entry.Value, err = decodeValue(e.Value(), k.json); err != nil {
		err = fmt.Errorf("messaging: bucket %s, key %s: the value is no JSON; one who writes other values is read with encoding: 'raw': %w", k.Bucket, e.Key(), err)
	}
	return entry, err
}

// Get answers the value of a key, null when there is none.
func (k *KeyValue) Get(ctx context.Context, key string) (any, error) {
	e, err := k.Entry(ctx, key, EntryOptions{})
	if e == nil {
		return nil, err
	}
	return e.Value, err
}

// EntryOptions of Entry.
type EntryOptions struct {
	component.Options
	// An earlier one, if the bucket has a history; 0: the present.
	Revision int64
}

// Entry answers the value of a key with its revision, null when there is none.
func (k *KeyValue) Entry(ctx context.Context, key string, o EntryOptions) (*Entry, error) {
	if key == "" {
		return nil, checkKey("key", key)
	}
	var found *Entry
	err := k.with(ctx, key, func(ctx context.Context, kv jetstream.KeyValue) error {
		var e jetstream.KeyValueEntry
		var err error
		if o.Revision != 0 {
			e, err = kv.GetRevision(ctx, key, uint64(o.Revision))
		} else {
			e, err = kv.Get(ctx, key)
		}
		if errors.Is(err, jetstream.ErrKeyNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		entry, err := k.entry(e)
		found = &entry
		return err
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

func (k *KeyValue) write(ctx context.Context, key string, value any, write func(context.Context, jetstream.KeyValue, []byte) (uint64, error)) (int64, error) {
	if key == "" {
		return 0, checkKey("key", key)
	}
	data, err := k.encode(value)
	if err != nil {
		return 0, err
	}
	var revision uint64
	err = k.with(ctx, key, func(ctx context.Context, kv jetstream.KeyValue) error {
		revision, err = write(ctx, kv, data)
		return err
	})
	return int64(revision), err
}

// Put sets a value, whatever the key had, and answers its revision.
func (k *KeyValue) Put(ctx context.Context, key string, value any) (int64, error) {
	return k.write(ctx, key, value, func(ctx context.Context, kv jetstream.KeyValue, data []byte) (uint64, error) {
		return kv.Put(ctx, key, data)
	})
}

// CreateOptions of Create.
type CreateOptions struct {
	component.Options
	// Seconds after which the key is forgotten, 1 or more; 0: as the bucket has it. It needs NATS 2.11.
	TTL time.Duration `php:"ttl"`
}

// Create sets a value when the key has none, and answers its revision; else it is a conflict.
func (k *KeyValue) Create(ctx context.Context, key string, value any, o CreateOptions) (int64, error) {
	if o.TTL != 0 && (o.TTL < time.Second || o.TTL > maxDelay) {
		return 0, errors.New("messaging: a key's ttl is a second or more")
	}
	return k.write(ctx, key, value, func(ctx context.Context, kv jetstream.KeyValue, data []byte) (uint64, error) {
		if o.TTL == 0 {
			return kv.Create(ctx, key, data)
		}
		status, err := kv.Status(ctx)
		if err == nil && status.LimitMarkerTTL() == 0 { // the server would take it and forget nothing
			err = fmt.Errorf("%w: a key's own ttl needs NATS 2.11, and a bucket that was made there; set the bucket's ttl", ErrUnsupported)
		}
		if err != nil {
			return 0, err
		}
		return kv.Create(ctx, key, data, jetstream.KeyTTL(o.TTL))
	})
}

// Update sets a value when the key has this revision, and answers the new one; else it is a conflict.
func (k *KeyValue) Update(ctx context.Context, key string, value any, revision int64) (int64, error) {
	return k.write(ctx, key, value, func(ctx context.Context, kv jetstream.KeyValue, data []byte) (uint64, error) {
		return kv.Update(ctx, key, data, uint64(revision))
	})
}

// Change sets the value that change makes of the present one (null: there is none), again when others have changed it
// meanwhile. It answers the new value.
func (k *KeyValue) Change(ctx context.Context, key string, change func(context.Context, any) (any, error)) (any, error) {
	for range changeRounds {
		e, err := k.Entry(ctx, key, EntryOptions{})
		if err != nil {
			return nil, err
		}
		var value any
		if e != nil {
			value = e.Value
		}
		if value, err = change(ctx, value); err != nil {
			return nil, err
		}
		if e == nil {
			_, err = k.Create(ctx, key, value, CreateOptions{})
		} else {
			_, err = k.Update(ctx, key, value, e.Revision)
		}
		if !errors.Is(err, ErrConflict) {
			return value, err
		}
	}
	return nil, fmt.Errorf("%w: others were quicker %d times", ErrConflict, changeRounds)
}

// DeleteOptions of Delete.
type DeleteOptions struct {
	component.Options
	// What the key must have; 0: any.
	Revision int64
}

// Delete takes the value from a key. Its history stays.
func (k *KeyValue) Delete(ctx context.Context, key string, o DeleteOptions) error {
	if key == "" {
		return checkKey("key", key)
	}
	return k.with(ctx, key, func(ctx context.Context, kv jetstream.KeyValue) error {
		if o.Revision != 0 {
			return kv.Delete(ctx, key, jetstream.LastRevision(uint64(o.Revision)))
		}
		return kv.Delete(ctx, key)
	})
}

// Purge takes the value from a key, and its history.
func (k *KeyValue) Purge(ctx context.Context, key string) error {
	if key == "" {
		return checkKey("key", key)
	}
	return k.with(ctx, key, func(ctx context.Context, kv jetstream.KeyValue) error { return kv.Purge(ctx, key) })
}

// KeysOptions of Keys.
type KeysOptions struct {
	component.Options
	// Which: "*" stands for one part between dots, ">" for all that follow.
	Filter string
}

// Keys lists the keys that have a value.
func (k *KeyValue) Keys(ctx context.Context, o KeysOptions) ([]string, error) {
	keys := []string{}
	ctx, cancel := context.WithTimeout(ctx, bulkTime)
	defer cancel()
	err := k.with(ctx, "", func(ctx context.Context, kv jetstream.KeyValue) error {
		w, err := kv.Watch(ctx, o.Filter, jetstream.IgnoreDeletes(), jetstream.MetaOnly())
		if err != nil {
			return err
		}
		defer func() { _ = w.Stop() }()
		for {
			select {
			case e := <-w.Updates():
				if e == nil {
					return nil // that was all
				}
				keys = append(keys, e.Key())
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
	})
	return keys, err
}

// History lists the values that a key had, as far as the bucket keeps them, the oldest first.
func (k *KeyValue) History(ctx context.Context, key string) ([]Entry, error) {
	if key == "" {
		return nil, checkKey("key", key)
	}
	list := []Entry{}
	err := k.with(ctx, key, func(ctx context.Context, kv jetstream.KeyValue) error {
		all, err := kv.History(ctx, key)
		if errors.Is(err, jetstream.ErrKeyNotFound) {
			return nil
		}
		for _, e := range all {
			entry, err := k.entry(e)
			if err != nil {
				return err
			}
			list = append(list, entry)
		}
		return err
	})
	return list, err
}

// WatchOptions of Watch and Changes.
type WatchOptions struct {
	component.Options
	// Which keys: "*" stands for one part between dots, ">" for all that follow.
	Keys string
	// Without the values that there are at the beginning.
	UpdatesOnly bool `php:"updatesOnly"`
}

// watcher ends what waits for its context too. The library does that by itself only while the connection is open.
type watcher struct {
	jetstream.KeyWatcher
	cancel context.CancelFunc
}

func (w watcher) Stop() error {
	defer w.cancel()
	return w.KeyWatcher.Stop()
}

func (k *KeyValue) watcher(ctx context.Context, o *WatchOptions) (*Conn, jetstream.KeyWatcher, error) {
	c, err := k.connect()
	if err != nil {
		return nil, nil, err
	}
	bounded, cancel := c.withDefault(ctx)
	defer cancel()
	c, kv, err := k.open(bounded)
	if err != nil {
		return nil, nil, err
	}
	var opts []jetstream.WatchOpt
	if o.UpdatesOnly {
		opts = append(opts, jetstream.UpdatesOnly())
	}
	lasting, end := context.WithCancel(context.WithoutCancel(ctx))
	w, err := kv.Watch(lasting, o.Keys, opts...)
	if err != nil {
		end()
		return nil, nil, k.explain(c, err)
	}
	return c, watcher{w, end}, nil
}

// Watcher is one of a script, and ends with it.
type Watcher struct {
	stop chan struct{}
	once sync.Once
	done chan struct{}
	seen atomic.Int64
}

// Watch has the handler called with the values that there are, and then with every change, one after another.
func (k *KeyValue) Watch(ctx context.Context, handler func(context.Context, Entry) error, o WatchOptions) (*Watcher, error) {
	c, updates, err := k.watcher(ctx, &o)
	if err != nil {
		return nil, err
	}
	w := &Watcher{stop: make(chan struct{}), done: make(chan struct{})}
	stopping := (<-chan struct{})(nil)
	if life := component.LifeOf(ctx); life != nil {
		stopping = life.Stopping()
	}
	lasting, cancel := context.WithCancel(context.Background())
	go func() {
		defer close(w.done)
		defer cancel()
		defer func() { _ = updates.Stop() }()
		for {
			var e jetstream.KeyValueEntry
			var open bool
			select {
			case e, open = <-updates.Updates():
				if !open {
					return
				}
			case <-w.stop:
				return
			case <-stopping:
				return
			}
			if e == nil {
				continue // the values that there were have come
			}
			w.seen.Add(1)
			entry, err := k.entry(e)
			if err == nil {
				err = handler(lasting, entry)
			}
			if errors.Is(err, component.ErrStopped) {
				return
			}
			if err != nil {
				c.log.WithError(err).WithField("bucket", k.Bucket).WithField("key", e.Key()).Error("messaging: a watcher's handler failed")
			}
		}
	}()
	return w, nil
}

// Stop ends it.
func (w *Watcher) Stop() { w.once.Do(func() { close(w.stop) }) }

// Wait waits for the end. Handlers run meanwhile, also in a script that has no loop.
func (w *Watcher) Wait(ctx context.Context) error {
	select {
	case <-w.done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Changes gives the values that there are, and then every change, for as long as the iteration lasts.
func (k *KeyValue) Changes(ctx context.Context, o WatchOptions) (iter.Seq2[Entry, error], error) {
	_, updates, err := k.watcher(ctx, &o)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { _ = updates.Stop() })
	return func(yield func(Entry, error) bool) {
		defer func() { _ = updates.Stop() }()
		for {
			select {
			case e, open := <-updates.Updates():
				if !open {
					yield(Entry{}, nats.ErrConnectionClosed)
					return
				}
				if e == nil {
					continue
				}
				if entry, err := k.entry(e); !yield(entry, err) || err != nil {
					return
				}
			case <-ctx.Done():
				yield(Entry{}, context.Cause(ctx))
				return
			}
		}
	}, nil
}
