<?php

declare(strict_types=1);

namespace Phalanx\Messaging;

/** A key of a bucket has another revision than was expected, or is there already. */
class ConflictException extends MessagingException
{
}
