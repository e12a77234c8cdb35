<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator\File\Resolution;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\Validator\File\AbstractFile;

/** An image of this "resolution", such as "800x600"; may be by field. */
class Equal extends AbstractFile
{
    protected $template = 'The resolution of the field :field has to be equal :resolution';

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
        $wanted = Dimensions::parse($resolution);
        $image = Dimensions::ofFile($validation->getValue($field)['tmp_name'] ?? null);
        if ($image !== null && $image->width === $wanted->width && $image->height === $wanted->height) {
            return true;
        }
        $replacements = [':resolution' => $resolution];
        $validation->appendMessage($this->messageFactory($validation, $field, $replacements));

        return false;
    }
}
