<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Http\Request;

use Phalcon\Traits\Support\Helper\Arr\GetTrait;

/** A file that came with the request. Name and type are what the peer says; they prove nothing. */
class File implements FileInterface
{
    use GetTrait;

    protected $error = 0;
    protected $extension = '';
    protected $key = '';
    protected $name = '';
    protected $realType = null;
    protected $size = 0;
    protected $tmpName = '';
    protected $type = '';

    /** @param array $file an entry of $_FILES */
    public function __construct(array $file, string $key = '')
    {
        $this->name = (string) self::getArrVal($file, 'name', '');
        $this->extension = pathinfo($this->name, PATHINFO_EXTENSION);
        $this->tmpName = (string) self::getArrVal($file, 'tmp_name', '');
        $this->size = (int) self::getArrVal($file, 'size', 0);
        $this->type = (string) self::getArrVal($file, 'type', '');
        $this->error = (int) self::getArrVal($file, 'error', 0);
        $this->key = $key;
    }

    /** One of UPLOAD_ERR_*. */
    public function getError(): int
    {
        return $this->error;
    }

    public function getExtension(): string
    {
        return $this->extension;
    }

    public function getKey(): string
    {
        return $this->key;
    }

    public function getName(): string
    {
        return $this->name;
    }

    /** The type that the content looks like; '' when the file cannot be read. */
    public function getRealType(): string
    {
        if (empty($this->realType)) {
            $info = finfo_open(FILEINFO_MIME_TYPE);
            $this->realType = $info === false ? '' : (string) finfo_file($info, $this->tmpName);
        }

        return $this->realType;
    }

    public function getSize(): int
    {
        return $this->size;
    }

    public function getTempName(): string
    {
        return $this->tmpName;
    }

    public function getType(): string
    {
        return $this->type;
    }

    public function isUploadedFile(): bool
    {
        return $this->tmpName !== '' && is_uploaded_file($this->tmpName);
    }

    /** Moves the file, if it came with this request. */
    public function moveTo(string $destination): bool
    {
        return move_uploaded_file($this->tmpName, $destination);
    }
}
