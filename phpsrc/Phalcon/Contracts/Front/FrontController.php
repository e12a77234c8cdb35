<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Front;

/** Runs an application for one request. */
interface FrontController
{
    public function run(): int;
}
