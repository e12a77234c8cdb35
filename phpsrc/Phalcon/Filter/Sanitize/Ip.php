<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Sanitize;

use Phalcon\Contracts\Filter\Sanitizer;

/** Lets IP addresses through, and networks such as 10.0.0.0/8. */
class Ip implements Sanitizer
{
    /** $filter: flags of FILTER_VALIDATE_IP. False for anything else than an address. */
    public function __invoke(string $input, int $filter = 0): string|false
    {
        if (!str_contains($input, '/')) {
            return filter_var(trim($input), FILTER_VALIDATE_IP, $filter);
        }
        [$address, $bits] = explode('/', $input, 2);
        $address = filter_var($address, FILTER_VALIDATE_IP, $filter);
        if ($address === false || !ctype_digit($bits) || (int) $bits > (str_contains($address, ':') ? 128 : 32)) {
            return false;
        }

        return "$address/$bits";
    }
}
