<?php

declare(strict_types=1);

namespace Phalcon\Storage\Exceptions;

use Phalcon\Storage\Exception;

/** No node of the Redis cluster answers. */
class ClusterConnectionFailed extends Exception
{
}
