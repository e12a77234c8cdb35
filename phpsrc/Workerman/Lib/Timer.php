<?php

declare(strict_types=1);

namespace Workerman\Lib;

/** The name Workerman 3 and 4 used; upstream 5.2.2 no longer has it, applications still do. */
class Timer extends \Workerman\Timer
{
}
