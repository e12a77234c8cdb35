<?php

declare(strict_types=1);

namespace Phalanx\Messaging;

use Phalanx\Exception\GoException;

/** What Phalanx\PubSub, Queue, KeyValue and Election throw; getChain() has the errors of Go behind it. */
class MessagingException extends GoException
{
}
