<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator\File\Resolution;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\Validator\File\AbstractFile;

/** An image whose width and height are as "ratio" says, such as "4x3"; may be by field. */
class AspectRatio extends AbstractFile
{
    protected $template = 'File :field does not have the exact aspect ratio of :ratio';

    public function __construct(array $options = [])
    {
        parent::__construct($options);
    }

    public function validate(Validation $validation, $field): bool
    {
        if (!$this->checkUpload($validation, $field)) {
            return false;
        }
        $ratio = $this->getOption('ratio');
        $ratio = (string) (is_array($ratio) ? $ratio[$field] ?? '' : $ratio);
        $wanted = Dimensions::parse($ratio);
        $image = Dimensions::ofFile($validation->getValue($field)['tmp_name'] ?? null);
        if ($image !== null && $image->width * $wanted->height === $image->height * $wanted->width) {
            return true;
        }
        $replacements = [':ratio' => $ratio];
        $validation->appendMessage($this->messageFactory($validation, $field, $replacements));

        return false;
    }
}
