<?php

declare(strict_types=1);

namespace Phalcon\Flash;

use Phalcon\Contracts\Flash\Flash;

/** Shows messages to the user, once. */
interface FlashInterface extends Flash
{
}
