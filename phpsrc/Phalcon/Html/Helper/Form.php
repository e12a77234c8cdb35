<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper;

/** Makes a form's start tag. */
class Form extends AbstractHelper
{
    public function __invoke(array $attributes = []): string
    {
        return $this->renderElement(
            'form',
            $this->orderAttributes(['method' => 'post', 'enctype' => 'multipart/form-data'], $attributes)
        );
    }
}
