<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator\File;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\Exceptions\InvalidAllowedTypes;
use Phalcon\Traits\Php\InfoTrait;

/**
 * A file whose content is of one of "types", which may be by field.
 *
 * With "allowWildcards" the types are regular expressions. Without the extension fileinfo the client's word is taken.
 */
class MimeType extends AbstractFile
{
    use InfoTrait;

    protected $template = 'File :field must be of type: :types';

    public function validate(Validation $validation, $field): bool
    {
        if (!$this->checkUpload($validation, $field)) {
            return false;
        }
        $value = $validation->getValue($field);
        $types = $this->getOption('types');
        $types = is_array($types) ? $types[$field] ?? $types : $types;
        if (!is_array($types)) {
            throw new InvalidAllowedTypes();
        }
        $mime = is_array($value) ? $this->typeOf($value) : null;
        if ($mime !== null && $this->isAllowed($mime, $types)) {
            return true;
        }
        $replacements = [':types' => implode(', ', $types)];
        $validation->appendMessage($this->messageFactory($validation, $field, $replacements));

        return false;
    }

    /** @param array{tmp_name: string, type: string} $file */
    private function typeOf(array $file): ?string
    {
        $finfo = $this->phpFunctionExists('finfo_open') ? finfo_open(FILEINFO_MIME_TYPE) : false;

        return ($finfo ? finfo_file($finfo, $file['tmp_name']) : $file['type']) ?: null;
    }

    private function isAllowed(string $mime, array $types): bool
    {
        if (!$this->getOption('allowWildcards', false)) {
            return in_array($mime, $types);
        }

        return array_any(
            $types,
            static fn ($type): bool => $mime === $type || preg_match("#^$type$#", $mime) === 1,
        );
    }
}
