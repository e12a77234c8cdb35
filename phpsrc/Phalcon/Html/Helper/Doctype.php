<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper;

use Stringable;

/** A document's type, and the declaration that says so. */
class Doctype implements Stringable
{
    private string $delimiter = PHP_EOL;
    private int $type = self::HTML5;

    public const HTML32 = 1;
    public const HTML401_STRICT = 2;
    public const HTML401_TRANSITIONAL = 3;
    public const HTML401_FRAMESET = 4;
    public const HTML5 = 5;
    public const XHTML10_STRICT = 6;
    public const XHTML10_TRANSITIONAL = 7;
    public const XHTML10_FRAMESET = 8;
    public const XHTML11 = 9;
    public const XHTML20 = 10;
    public const XHTML5 = 11;

    public function __construct()
    {
    }

    public function __invoke(int $type = 5, string $delimiter = "\n"): static
    {
        $this->type = $type;
        $this->delimiter = $delimiter;

        return $this;
    }

    public function __toString(): string
    {
        [$name, $definition] = match ($this->type) {
            self::HTML32 => ['HTML 3.2 Final', ''],
            self::HTML401_STRICT => ['HTML 4.01', 'TR/html4/strict'],
            self::HTML401_TRANSITIONAL => ['HTML 4.01 Transitional', 'TR/html4/loose'],
            self::HTML401_FRAMESET => ['HTML 4.01 Frameset', 'TR/html4/frameset'],
            self::XHTML10_STRICT => ['XHTML 1.0 Strict', 'TR/xhtml1/DTD/xhtml1-strict'],
            self::XHTML10_TRANSITIONAL => ['XHTML 1.0 Transitional', 'TR/xhtml1/DTD/xhtml1-transitional'],
            self::XHTML10_FRAMESET => ['XHTML 1.0 Frameset', 'TR/xhtml1/DTD/xhtml1-frameset'],
            self::XHTML11 => ['XHTML 1.1', 'TR/xhtml11/DTD/xhtml11'],
            self::XHTML20 => ['XHTML 2.0', 'MarkUp/DTD/xhtml2'],
            default => ['', ''],
        };
        if ($name === '') {
            return "<!DOCTYPE html>$this->delimiter";
        }
        $definition = $definition === '' ? '' : "$this->delimiter\t\"http://www.w3.org/$definition.dtd\"";

        return "<!DOCTYPE html PUBLIC \"-//W3C//DTD $name//EN\"$definition>$this->delimiter";
    }

    public function getType(): int
    {
        return $this->type;
    }
}
