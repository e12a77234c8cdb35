<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper\Input;

/** Makes a check box. */
class Checkbox extends AbstractChecked
{
    protected $type = 'checkbox';
}
