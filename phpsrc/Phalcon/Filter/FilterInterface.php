<?php

declare(strict_types=1);

namespace Phalcon\Filter;

/** Makes values safe by named sanitizers. */
interface FilterInterface
{
    /** $sanitizers: a name, or several in the order of their use; arrays value by value unless $noRecursive. */
    public function sanitize($value, $sanitizers, bool $noRecursive = false);
}
