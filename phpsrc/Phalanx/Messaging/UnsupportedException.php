<?php

declare(strict_types=1);

namespace Phalanx\Messaging;

/** The server is too old for what was asked. */
class UnsupportedException extends MessagingException
{
}
