<?php

declare(strict_types=1);

namespace Phalcon\Config\Exceptions;

use Phalcon\Config\Exception;

/** The factory was not told the file or the adapter. */
class MissingConfigOption extends Exception
{
    private string $option;

    public function __construct(string $option)
    {
        $this->option = $option;
        parent::__construct("You must provide '$option' option in factory config parameter.");
    }

    public function getOption(): string
    {
        return $this->option;
    }
}
