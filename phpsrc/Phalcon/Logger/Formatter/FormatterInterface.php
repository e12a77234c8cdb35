<?php

declare(strict_types=1);

namespace Phalcon\Logger\Formatter;

use Phalcon\Contracts\Logger\Formatter\Formatter;

/** Writes a log item as text. */
interface FormatterInterface extends Formatter
{
}
