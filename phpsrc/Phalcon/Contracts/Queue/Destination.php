<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Queue;

/** Where messages go: a queue or a topic. */
interface Destination
{
}
