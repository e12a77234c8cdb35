<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation;

use Phalcon\Filter\Validation;

/** One rule about a field. */
interface ValidatorInterface
{
    /** The option, or the default when it was not given. */
    public function getOption(string $key, $defaultValue = null);

    /** The text of the message for this field, with placeholders such as ":field". */
    public function getTemplate(string $field): string;

    public function getTemplates(): array;

    public function hasOption(string $key): bool;

    public function setTemplate(string $template): ValidatorInterface;

    /** Texts by the name of the field. */
    public function setTemplates(array $templates): ValidatorInterface;

    /** Whether the field is as it should be; if not, there is a message about it in the validation. */
    public function validate(Validation $validation, $field): bool;
}
