<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\Uuid;

use Phalcon\Contracts\Encryption\Security\Uuid\Uuid;

/** A UUID as text. */
interface UuidInterface extends Uuid
{
}
