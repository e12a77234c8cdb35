<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\AbstractValidator;

/**
 * Uploaded files of one field, each of which has to pass File with the same options.
 *
 * The value is as $_FILES has it for a field "name[]", or a list of files; one file alone will do.
 */
class Files extends AbstractValidator
{
    /** Whether no file was chosen. */
    public function isAllowEmpty(Validation $validation, string $field): bool
    {
        $value = $validation->getValue($field);

        return empty($value) || array_all(
            $this->normalizeFiles($value),
            static fn ($file): bool => is_array($file) && ($file['error'] ?? null) === UPLOAD_ERR_NO_FILE,
        );
    }

    /** Ends at the first file that does not pass. */
    public function validate(Validation $validation, $field): bool
    {
        $validator = new File($this->options);
        foreach ($this->normalizeFiles($validation->getValue($field)) as $file) {
            $messages = (new Validation())->add($field, $validator)->validate([$field => $file]);
            if (count($messages) === 0) {
                continue;
            }
            foreach ($messages as $message) {
                $validation->appendMessage($message);
            }

            return false;
        }

        return true;
    }

    /** @return list<mixed> the files, one by one */
    protected function normalizeFiles($value): array
    {
        if (is_array($value) && array_is_list($value) && is_array($value[0] ?? null)) {
            return $value;
        }
        if (!is_array($value) || !is_array($value['name'] ?? null)) {
            return [$value];
        }
        $files = [];
        foreach ($value['name'] as $index => $name) {
            $files[] = [
                'name' => $name,
                'type' => $value['type'][$index] ?? null,
                'tmp_name' => $value['tmp_name'][$index] ?? null,
                'size' => $value['size'][$index] ?? null,
                'error' => $value['error'][$index] ?? null,
            ];
        }

        return $files;
    }
}
