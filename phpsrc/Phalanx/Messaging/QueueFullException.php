<?php

declare(strict_types=1);

namespace Phalanx\Messaging;

/** A queue, or the store of its server, has no room for a job. */
class QueueFullException extends MessagingException
{
}
