<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator\File\Size;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\Validator\File\AbstractFile;

/** A file of exactly "size" bytes, such as "512" or "2MB"; may be by field. */
class Equal extends AbstractFile
{
    protected $template = 'File :field does not have the exact :size file size';

    public function validate(Validation $validation, $field): bool
    {
        if (!$this->checkUpload($validation, $field)) {
            return false;
        }
        $value = $validation->getValue($field);
        $size = $this->checkArray($this->getOption('size'), $field);
        $included = (bool) $this->checkArray($this->getOption('included', false), $field);
        $limit = round($this->getFileSizeInBytes($size), 6);
        if (!$this->getConditional($limit, round((float) ($value['size'] ?? 0), 6), $included)) {
            return true;
        }
        $validation->appendMessage($this->messageFactory($validation, $field, [':size' => $size]));

        return false;
    }

    /** Whether the size is not as it should be. */
    protected function getConditional(float $source, float $target, bool $included = false)
    {
        return !$included && $source !== $target;
    }
}
