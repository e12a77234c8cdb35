<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Arr;

use Phalcon\Traits\Php\InfoTrait;

/** Elements in groups: by what a callback answers, or by a property or key. */
class Group
{
    use InfoTrait;


    public function __invoke(array $collection, $method): array
    {
        $groups = [];
        foreach ($collection as $element) {
            if (is_callable($method)) {
                $groups[$method($element)][] = $element;
            } elseif (is_object($element)) {
                $groups[$element->$method][] = $element;
            } elseif (isset($element[$method])) {
                $groups[$element[$method]][] = $element;
            }
        }

        return $groups;
    }
}
