<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper\Input;

/** Makes radio buttons, of which one may be checked. */
class RadioGroup extends AbstractGroup
{
    protected $type = 'radio';

    protected function isChecked(string $value): bool
    {
        return $this->checked !== null && (string) $this->checked === $value;
    }
}
