<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Filter;

/** Makes a value safe; the class is callable with the value. */
interface Sanitizer
{
}
