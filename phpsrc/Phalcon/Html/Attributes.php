<?php

declare(strict_types=1);

namespace Phalcon\Html;

use Phalcon\Html\Attributes\RenderInterface;
use Phalcon\Html\Escaper\Attribute;
use Phalcon\Html\Escaper\AttributeEscaper;
use Phalcon\Html\Exceptions\AttributeNotRenderable;
use Phalcon\Support\Collection;
use Stringable;

/** The attributes of an element, as a collection that can be rendered. */
class Attributes extends Collection implements RenderInterface, Stringable
{
    /** Those that come first, in this order. */
    private const FIRST = [
        'rel' => null,
        'type' => null,
        'for' => null,
        'src' => null,
        'href' => null,
        'action' => null,
        'id' => null,
        'name' => null,
        'value' => null,
        'class' => null,
    ];

    public function render(): string
    {
        return $this->renderAttributes($this->toArray());
    }

    public function __toString(): string
    {
        return $this->render();
    }

    /** Each ends with a space. Those without a name, with one that HTML does not allow, or null are left out. */
    protected function renderAttributes(array $attributes): string
    {
        $ordered = array_merge(array_intersect_key(self::FIRST, $attributes), $attributes);
        unset($ordered['escape']);
        $escaper = new AttributeEscaper()->setFlags(ENT_QUOTES);
        $result = '';
        foreach ($ordered as $name => $value) {
            if (!is_string($name) || $value === null || !Attribute::isName($name)) {
                continue;
            }
            if (is_array($value) || is_resource($value)) {
                throw new AttributeNotRenderable($name, gettype($value));
            }
            $result .= $name . '="' . $escaper->escape($value) . '" ';
        }

        return $result;
    }
}
