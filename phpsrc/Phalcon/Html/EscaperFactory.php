<?php

declare(strict_types=1);

namespace Phalcon\Html;

/** Makes escapers. */
class EscaperFactory
{
    public function newInstance(): Escaper
    {
        return new Escaper();
    }
}
