<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper\Input\Select;

use Phalcon\Contracts\Html\Helper\Input\SelectData;

/** A select element's options from an array: texts by value, and arrays of them as groups. */
class ArrayData implements SelectData
{
    protected $attributes = [];
    protected $data = [];

    public function __construct(array $data = [], array $attributes = [])
    {
        $this->data = $data;
        $this->attributes = $attributes;
    }

    public function getAttributes(): array
    {
        return $this->attributes;
    }

    public function getOptions(): array
    {
        return $this->data;
    }
}
