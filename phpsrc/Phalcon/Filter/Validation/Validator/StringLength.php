<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator;

use Phalcon\Filter\Validation\AbstractValidatorComposite;
use Phalcon\Filter\Validation\Validator\StringLength\Max;
use Phalcon\Filter\Validation\Validator\StringLength\Min;

/**
 * A text whose length is between "min" and "max", in characters (UTF-8).
 *
 * As long as a limit says is too long, or too short, unless "included" (or "includedMinimum", "includedMaximum").
 * The messages: "message", or "messageMinimum" and "messageMaximum".
 */
class StringLength extends AbstractValidatorComposite
{
    public function __construct(array $options = [])
    {
        $message = null;
        $included = null;
        foreach ($options as $key => $limit) {
            $end = match (strtolower($key)) {
                'min' => 'Minimum',
                'max' => 'Maximum',
                default => null,
            };
            if ($end === null) {
                continue;
            }
            // What is said for one end is good for the other too, unless that has its own.
            $message = $options['message'] ?? $options["message$end"] ?? $message;
            $included = $options['included'] ?? $options["included$end"] ?? $included;
            $this->validators[] = $end === 'Minimum'
                ? new Min(['min' => $limit, 'message' => $message, 'included' => $included])
                : new Max(['max' => $limit, 'message' => $message, 'included' => $included]);
            unset(
                $options['message'],
                $options['included'],
                $options["message$end"],
                $options["included$end"],
                $options[$end === 'Minimum' ? 'min' : 'max'],
            );
        }
        parent::__construct($options);
    }
}
