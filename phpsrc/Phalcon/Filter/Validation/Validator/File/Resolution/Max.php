<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator\File\Resolution;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\Validator\File\AbstractFile;

/** An image no larger than "resolution", or smaller than it on both sides if "included". May be by field. */
class Max extends AbstractFile
{
    protected $template = 'File :field exceeds the maximum resolution of :resolution';

    public function __construct(array $options = [])
    {
        parent::__construct($options);
    }

    public function validate(Validation $validation, $field): bool
    {
        if (!$this->checkUpload($validation, $field)) {
            return false;
        }
        $resolution = $this->getOption('resolution');
        $resolution = (string) (is_array($resolution) ? $resolution[$field] ?? '' : $resolution);
        $largest = Dimensions::parse($resolution);
        $included = $this->getOption('included');
        $included = is_array($included) ? $included[$field] ?? false : $included;
        $image = Dimensions::ofFile($validation->getValue($field)['tmp_name'] ?? null);
        $margin = $included ? 1 : 0;
        if (
            $image !== null
            && $image->width + $margin <= $largest->width
            && $image->height + $margin <= $largest->height
        ) {
            return true;
        }
        $replacements = [':resolution' => $resolution];
        $validation->appendMessage($this->messageFactory($validation, $field, $replacements));

        return false;
    }
}
