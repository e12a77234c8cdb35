package messaging

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
	)
}

func init() {
	component.Register(`Phalanx\PubSub`, NewPubSub, failing(
		component.Params("Publish", "subject", "data"),
		component.Params("Request", "subject", "data"),
		component.Params("Subscribe", "subject", "handler"),
		component.Params("Messages", "subject"),
		component.Defaults(RequestOptions{Timeout: DefaultTimeout}),
		component.Defaults(ServerOptions{ConnectTimeout: DefaultTimeout}),
		component.Defaults(SubscribeOptions{Concurrency: 1, MaxPending: DefaultMaxPending, MaxPendingBytes: DefaultMaxPendingBytes}),
		component.Defaults(MessagesOptions{MaxPending: DefaultMaxPending, MaxPendingBytes: DefaultMaxPendingBytes}),
	)...)
	component.RegisterType[*Message](`Phalanx\PubSub\Message`, failing(component.Params("Respond", "data"), component.Params("Header", "name"))...)
	component.RegisterType[*Subscription](`Phalanx\PubSub\Subscription`, failing()...)
}
