<?php

declare(strict_types=1);

namespace Phalanx\Messaging;

/** Nobody subscribes to the subject of a request. */
class NoRespondersException extends MessagingException
{
}
