<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Html\Helper\Input;

/** The options of a select element. */
interface SelectData
{
    public function getAttributes(): array;

    public function getOptions(): array;
}
