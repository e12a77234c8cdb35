<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\Uuid;

use Phalcon\Contracts\Encryption\Security\Uuid\NodeProvider;

/** Says which machine a UUID was made on. */
interface NodeProviderInterface extends NodeProvider
{
}
