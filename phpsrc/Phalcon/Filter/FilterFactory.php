<?php

declare(strict_types=1);

namespace Phalcon\Filter;

/** Makes a filter that knows the sanitizers of this namespace. */
class FilterFactory
{
    public function newInstance(): FilterInterface
    {
        return new Filter($this->getServices());
    }

    /** Name => class. */
    protected function getServices(): array
    {
        return Filter::getDefaultMapper();
    }
}
