<?php

declare(strict_types=1);

namespace Phalcon\Mvc;

/** Marks controllers. */
interface ControllerInterface
{
}
