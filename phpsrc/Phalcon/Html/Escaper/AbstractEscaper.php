<?php

declare(strict_types=1);

namespace Phalcon\Html\Escaper;

use Phalcon\Html\Escaper\Traits\EscaperTrait;

/** What the escapers of all contexts have in common. */
abstract class AbstractEscaper
{
    use EscaperTrait;
}
