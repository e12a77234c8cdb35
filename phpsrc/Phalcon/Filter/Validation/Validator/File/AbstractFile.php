<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator\File;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\AbstractValidator;
use Phalcon\Messages\Message;

/** Parent of validators of uploaded files. The value is an element of $_FILES, or of a request's files. */
abstract class AbstractFile extends AbstractValidator
{
    /** What a unit multiplies with: 2 to the power of this. */
    private const UNITS = [
        'B' => 0,
        'K' => 10,
        'M' => 20,
        'G' => 30,
        'T' => 40,
        'KB' => 10,
        'MB' => 20,
        'GB' => 30,
        'TB' => 40,
    ];

    protected $messageFileEmpty = 'Field :field must not be empty';
    protected $messageIniSize = 'File :field exceeds the maximum file size';
    protected $messageValid = 'Field :field is not valid';

    /** Whether there is an upload to look at; if not, there is a message. */
    public function checkUpload(Validation $validation, string $field): bool
    {
        return $this->checkUploadMaxSize($validation, $field)
            && $this->checkUploadIsEmpty($validation, $field)
            && $this->checkUploadIsValid($validation, $field);
    }

    /** Refuses what is no upload that has arrived. A field that is not there at all passes. */
    public function checkUploadIsEmpty(Validation $validation, string $field): bool
    {
        $value = $validation->getValue($field);
        if ($value === null || (is_array($value) && $this->hasArrived($value))) {
            return true;
        }

        return $this->refuse($validation, $field, $this->getMessageFileEmpty());
    }

    /** Refuses uploads without name, type or size. */
    public function checkUploadIsValid(Validation $validation, string $field): bool
    {
        $value = $validation->getValue($field);
        if (!is_array($value) || isset($value['name'], $value['type'], $value['size'])) {
            return true;
        }

        return $this->refuse($validation, $field, $this->getMessageValid());
    }

    /** Refuses what was too large for PHP: the upload, or the form, of which PHP then shows nothing. */
    public function checkUploadMaxSize(Validation $validation, string $field): bool
    {
        $value = $validation->getValue($field);
        $isFormDropped = ($_SERVER['REQUEST_METHOD'] ?? 'GET') === 'POST'
            && empty($_POST)
            && empty($_FILES)
            && (int) ($_SERVER['CONTENT_LENGTH'] ?? 0) > 0;
        if (!$isFormDropped && !(is_array($value) && ($value['error'] ?? null) === UPLOAD_ERR_INI_SIZE)) {
            return true;
        }

        return $this->refuse($validation, $field, $this->getMessageIniSize());
    }

    /** Bytes of "512", "10K", "1.5MB" and the like; the unit in capitals. */
    public function getFileSizeInBytes(string $size): float
    {
        preg_match('/^([0-9]+(?:\.[0-9]+)?)(' . implode('|', array_keys(self::UNITS)) . ')?/Di', $size, $matches);

        return (float) ($matches[1] ?? 0) * 2 ** (self::UNITS[$matches[2] ?? 'B'] ?? 0);
    }

    public function getMessageFileEmpty(): string
    {
        return $this->messageFileEmpty;
    }

    public function getMessageIniSize(): string
    {
        return $this->messageIniSize;
    }

    public function getMessageValid(): string
    {
        return $this->messageValid;
    }

    /** Whether no file was chosen. */
    public function isAllowEmpty(Validation $validation, string $field): bool
    {
        $value = $validation->getValue($field);

        return empty($value) || (is_array($value) && ($value['error'] ?? null) === UPLOAD_ERR_NO_FILE);
    }

    public function setMessageFileEmpty(string $message): void
    {
        $this->messageFileEmpty = $message;
    }

    public function setMessageIniSize(string $message): void
    {
        $this->messageIniSize = $message;
    }

    public function setMessageValid(string $message): void
    {
        $this->messageValid = $message;
    }

    /** Whether the file came with a request. A subclass may know of other ways for files to arrive. */
    protected function checkIsUploadedFile(string $name): bool
    {
        return is_uploaded_file($name);
    }

    private function hasArrived(array $file): bool
    {
        $name = $file['tmp_name'] ?? null;

        return ($file['error'] ?? null) === UPLOAD_ERR_OK
            && is_string($name)
            && !str_contains($name, "\0") // is_uploaded_file() would throw
            && $this->checkIsUploadedFile($name);
    }

    private function refuse(Validation $validation, string $field, string $template): bool
    {
        $message = strtr($template, [':field' => $this->prepareLabel($validation, $field)]);
        $validation->appendMessage(new Message($message, $field, static::class, $this->prepareCode($field)));

        return false;
    }
}
