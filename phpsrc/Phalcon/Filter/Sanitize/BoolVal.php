<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Sanitize;

use Phalcon\Contracts\Filter\Sanitizer;

/** Reads "yes", "on", "false" and the like, in any case; other text and numbers as PHP does. */
class BoolVal implements Sanitizer
{
    private const TRUE = ['true', 'on', 'yes', 'y', '1'];
    private const FALSE = ['false', 'off', 'no', 'n', '0'];

    /** What is no text, int or bool is false. */
    public function __invoke($input)
    {
        if (is_bool($input)) {
            return $input;
        }
        if (is_int($input)) {
            return $input !== 0;
        }
        if (!is_string($input)) {
            return false;
        }
        // Compared loosely: "01" is 1.
        $word = mb_strtolower(trim($input));

        return in_array($word, self::TRUE) || (!in_array($word, self::FALSE) && (bool) $word);
    }
}
