<?php

// No strict types: what the application gives as values is converted, as by the extension.

namespace Phalcon\Html\Helper;

use Phalcon\Html\Escaper\Attribute;
use Phalcon\Html\Escaper\EscaperInterface;

/**
 * What helpers that make elements have in common. Tags are the application's own words; attributes' values and texts
 * are escaped, and attributes whose names HTML does not allow are left out.
 */
abstract class AbstractHelper
{
    /** The attributes that come first, in this order. */
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

    protected $delimiter = '';
    protected $doctype = null;
    protected $escaper = null;
    protected $indent = '    ';
    protected $indentLevel = 1;

    public function __construct(EscaperInterface $escaper, ?Doctype $doctype = null)
    {
        $this->delimiter = PHP_EOL;
        $this->escaper = $escaper;
        $this->doctype = $doctype;
    }

    /** The end tag. */
    protected function close(string $tag, bool $raw = false): string
    {
        return '</' . ($raw ? $tag : $this->escaper->html($tag)) . '>';
    }

    /** The attributes with this one first, whatever they say of it. */
    protected function injectAttribute(string $key, string $value, array $attributes): array
    {
        unset($attributes[$key]);

        return array_merge([$key => $value], $attributes);
    }

    /** The white space before an element of the current level. */
    protected function indent(): string
    {
        return str_repeat($this->indent, $this->indentLevel);
    }

    /** The attributes in the order that all elements have theirs, after the overrides, which give way to them. */
    protected function orderAttributes(array $overrides, array $attributes): array
    {
        $ordered = array_merge($overrides, array_intersect_key(self::FIRST, $attributes), $attributes);
        unset($ordered['escape']);

        return $ordered;
    }

    /** What the methods answer: each element is a method's name, its arguments, and an indent. */
    protected function renderArrayElements(array $elements, string $delimiter): string
    {
        $result = '';
        foreach ($elements as [$method, $arguments, $indent]) {
            $result .= $indent . $this->$method(...$arguments) . $delimiter;
        }

        return $result;
    }

    /** Each attribute ends with a space. */
    protected function renderAttributes(array $attributes): string
    {
        $result = '';
        foreach ($attributes as $name => $value) {
            if (!is_string($name) || $value === null || !Attribute::isName($name)) {
                continue;
            }
            $result .= $value === true ? "$name " : $name . '="' . $this->escaper->attributes($value) . '" ';
        }

        return $result;
    }

    /** The start tag. */
    protected function renderElement(string $tag, array $attributes = []): string
    {
        return $this->renderTag($tag, $attributes);
    }

    /** Start tag, text and end tag; a raw text is HTML already. */
    protected function renderFullElement(string $tag, string $text, array $attributes = [], bool $raw = false): string
    {
        return $this->renderElement($tag, $attributes)
            . ($raw ? $text : $this->escaper->html($text))
            . $this->close($tag, $raw);
    }

    /** A tag; what closes it, such as a slash, stands before its end. */
    protected function renderTag(string $tag, array $attributes = [], string $close = ''): string
    {
        $rendered = $attributes === []
            ? ''
            : ' ' . rtrim($this->renderAttributes($this->orderAttributes([], $attributes)));
        $close = trim($close);

        return "<$tag$rendered" . ($close === '' ? '' : " $close") . '>';
    }

    /** A tag that has no end tag, with a slash. */
    protected function selfClose(string $tag, array $attributes = []): string
    {
        return $this->renderTag($tag, $attributes, '/');
    }
}
