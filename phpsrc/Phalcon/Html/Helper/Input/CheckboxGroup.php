<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper\Input;

/** Makes check boxes, of which any number may be checked. */
class CheckboxGroup extends AbstractGroup
{
    protected $type = 'checkbox';

    protected function isChecked(string $value): bool
    {
        return $this->checked !== null && in_array($value, (array) $this->checked);
    }
}
