<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Auth\Guard;

/** The settings of a guard. */
interface GuardConfig
{
}
