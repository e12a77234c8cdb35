<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper\Input;

/** Makes a radio button. */
class Radio extends AbstractChecked
{
    protected $type = 'radio';
}
