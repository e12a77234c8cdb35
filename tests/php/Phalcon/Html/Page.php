<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Html;

use Dom\Element;
use Dom\HTMLDocument;

/** A page as a browser's parser (the HTML standard's algorithm) understands it. */
final class Page
{
    private readonly HTMLDocument $document;

    public function __construct(string $body)
    {
        $this->document = HTMLDocument::createFromString(
            "<!DOCTYPE html><html><head></head><body>$body</body></html>",
            LIBXML_NOERROR,
            'UTF-8'
        );
    }

    /** The elements of the body in the page's order, each with its attributes' names: "a[href title] b[]". */
    public function shape(): string
    {
        $shape = [];
        foreach ($this->document->getElementsByTagName('*') as $element) {
            if (in_array($element->localName, ['html', 'head', 'body'], true) && $element->attributes->length === 0) {
                continue;
            }
            $shape[] = $element->localName . '[' . implode(' ', array_keys($this->attributesOf($element))) . ']';
        }

        return implode(' ', $shape);
    }

    /** The text of the first such element. */
    public function text(string $tag): string
    {
        return $this->document->querySelector($tag)->textContent;
    }

    public function attribute(string $tag, string $name): ?string
    {
        return $this->document->querySelector($tag)->getAttribute($name);
    }

    /** @return array<string, string> */
    private function attributesOf(Element $element): array
    {
        $attributes = [];
        foreach ($element->attributes as $attribute) {
            $attributes[$attribute->name] = $attribute->value;
        }

        return $attributes;
    }
}
