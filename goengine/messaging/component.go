// Package messaging passes messages between workers, processes and machines with NATS: publish and subscribe, queues,
// key-value buckets, elections. The server is part of the binary and keeps its data in a folder, or it is a NATS cluster.
package messaging

//go:generate go run github.com/phalanx-php/phalanx/goengine/component/describe/gen

import (
	"github.com/phalanx-php/phalanx/goengine/component"
)

// The exceptions, which are PHP classes of phpsrc/Phalanx/Messaging.
const (
	exceptions       = `Phalanx\Messaging\`
	messagingFailure = exceptions + `MessagingException`
)

// failing are the exceptions that all classes have in common.
func failing(options ...component.Option) []component.Option {
	return append(options,
		component.ThrowsBy(messagingFailure),
		component.Throws(ErrNotConnected, exceptions+`NotConnectedException`),
		component.Throws(ErrNoResponders, exceptions+`NoRespondersException`),
		component.Throws(ErrRemote, exceptions+`RemoteException`),
		component.Throws(ErrConflict, exceptions+`ConflictException`),
		component.Throws(ErrUnsupported, exceptions+`UnsupportedException`),
		component.Throws(ErrQueueFull, exceptions+`QueueFullException`),
	)
}

func init() {
	component.Register(`Phalanx\PubSub`, NewPubSub, failing(
		component.Defaults(RequestOptions{Timeout: DefaultTimeout}),
		component.Defaults(ServerOptions{ConnectTimeout: DefaultTimeout}),
		component.Defaults(SubscribeOptions{Concurrency: 1, MaxPending: DefaultMaxPending, MaxPendingBytes: DefaultMaxPendingBytes}),
		component.Defaults(MessagesOptions{MaxPending: DefaultMaxPending, MaxPendingBytes: DefaultMaxPendingBytes}),
	)...)
	component.RegisterType[*Message](`Phalanx\PubSub\Message`, failing()...)
	component.RegisterType[*Subscription](`Phalanx\PubSub\Subscription`, failing()...)
	component.Register(`Phalanx\Election`, NewElection, failing(
		component.Defaults(ElectionOptions{TTL: DefaultLease, ConnectTimeout: DefaultTimeout}),
	)...)
	component.Register(`Phalanx\Queue`, NewQueue, failing(
		component.Defaults(QueueOptions{ConnectTimeout: DefaultTimeout}),
		component.Defaults(DeadOptions{Limit: 100}),
		component.Defaults(ConsumeOptions{
			Concurrency: 1, MaxAttempts: DefaultMaxAttempts, RetryDelay: DefaultRetryDelay, RetryFactor: DefaultRetryFactor,
			RetryMax: DefaultRetryMax, Timeout: DefaultJobTimeout,
		}),
	)...)
	component.RegisterType[*Job](`Phalanx\Queue\Job`, failing()...)
	component.RegisterType[*Consumer](`Phalanx\Queue\Consumer`, failing()...)
	component.RegisterValue[DeadJob](`Phalanx\Queue\DeadJob`)
	component.Register(`Phalanx\KeyValue`, NewKeyValue, failing(
		component.Defaults(KeyValueOptions{Encoding: encodingJSON, ConnectTimeout: DefaultTimeout}),
		component.Defaults(KeysOptions{Filter: ">"}),
		component.Defaults(WatchOptions{Keys: ">"}),
	)...)
	component.RegisterType[*Watcher](`Phalanx\KeyValue\Watcher`, failing()...)
	component.RegisterValue[Entry](`Phalanx\KeyValue\Entry`)
}
