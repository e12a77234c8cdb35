<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\Uuid;

use Phalcon\Contracts\Encryption\Security\Uuid\TimeBasedUuid;

/** A UUID that tells when and where it was made. */
interface TimeBasedUuidInterface extends TimeBasedUuid
{
}
