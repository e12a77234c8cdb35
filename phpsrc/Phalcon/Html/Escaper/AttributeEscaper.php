<?php

// No strict types: what the application gives as names and values is converted, as by the extension.

namespace Phalcon\Html\Escaper;

/** Escapes an attribute's value, or makes attributes of an array. */
class AttributeEscaper extends AbstractEscaper
{
    public function __invoke($input = null): string
    {
        return $this->escape($input);
    }

    /**
     * Of an array each element becomes one attribute: those that are null or false are left out, true gives a name
     * without a value, and an array's elements are joined by spaces. Names that HTML does not allow are left out as
     * well, since their rest would be attributes of its own.
     */
    public function escape($input = null): string
    {
        if (!is_array($input)) {
            return $input === null ? '' : $this->escapeValue((string) $input);
        }
        $result = '';
        foreach ($input as $name => $value) {
            if ($value === null || $value === false) {
                continue;
            }
            $name = trim($name);
            if (!Attribute::isName($name)) {
                continue;
            }
            $result .= $this->escapeValue($name);
            if ($value !== true) {
                $result .= '="' . $this->escapeValue(is_array($value) ? implode(' ', $value) : (string) $value) . '"';
            }
            $result .= ' ';
        }

        return rtrim($result);
    }

    protected function escapeValue(string $input): string
    {
        return htmlspecialchars($input, $this->flags, $this->encoding, $this->doubleEncode);
    }
}
