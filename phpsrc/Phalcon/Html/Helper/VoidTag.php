<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper;

/** Makes a tag that has no end tag, as the document's type wants it. */
class VoidTag extends AbstractHelper
{
    public function __invoke(string $name, array $attributes = []): string
    {
        return $this->renderTag($name, $attributes, $this->doctype?->getType() > Doctype::HTML5 ? '/' : '');
    }
}
