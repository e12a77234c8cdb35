<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Storage\Adapter;

use FilesystemIterator;
use Iterator;
use Phalcon\Storage\Exceptions\InvalidConfiguration;
use Phalcon\Storage\Serializer\Base64;
use Phalcon\Storage\Serializer\Igbinary;
use Phalcon\Storage\Serializer\Json;
use Phalcon\Storage\Serializer\Php;
use Phalcon\Storage\SerializerFactory;
use Phalcon\Traits\Php\FileTrait;
use Phalcon\Traits\Support\Helper\Str\DirFromFileTrait;
use Phalcon\Traits\Support\Helper\Str\DirSeparatorTrait;
use RecursiveDirectoryIterator;
use RecursiveIteratorIterator;

/**
 * A file for each value, in folders by the letters of the keys. Options: storageDir.
 *
 * A file is replaced as a whole, so a reader sees the old or the new value, and of two writers the later one wins;
 * increment() and decrement() take turns. A key with a slash or a NUL byte, '.' and '..' name no value. Damaged files
 * are values that are not there.
 */
class Stream extends AbstractAdapter
{
    use DirFromFileTrait;
    use DirSeparatorTrait;
    use FileTrait;

    private const FOREVER = 'forever';

    /** Names of files that are being written. */
    private const UNFINISHED = '/^\.[0-9a-f]{16}\.tmp$/D';

    protected $prefix = 'ph-strm';
    protected $storageDir = '';

    public function __construct(SerializerFactory $factory, array $options = [])
    {
        $storageDir = static::getArrVal($options, 'storageDir', '');
        if (empty($storageDir)) {
            throw new InvalidConfiguration("The 'storageDir' must be specified in the options");
        }
        $this->storageDir = static::toDirSeparator($storageDir);
        parent::__construct($factory, $options);
        $this->initSerializer();
    }

    public function clear(): bool
    {
        $all = true;
        foreach ($this->files() as $file) {
            $all = (!$file->isFile() || @static::phpUnlink($file->getPathname()) === true) && $all;
        }

        return $all;
    }

    public function getKeys(string $prefix = ''): array
    {
        $keys = [];
        foreach ($this->files() as $file) {
            if ($file->isFile() && preg_match(self::UNFINISHED, $file->getFilename()) !== 1) {
                $keys[] = $this->prefix . $file->getFilename();
            }
        }

        return $this->getFilteredKeys($keys, $prefix);
    }

    public function setForever(string $key, $value): bool
    {
        return $this->store($this->getKeyWithoutPrefix($key), $value, self::FOREVER);
    }

    protected function doDecrement(string $key, int $value = 1): int|bool
    {
        return $this->add($key, -$value);
    }

    protected function doDelete(string $key): bool
    {
        return $this->doHas($key) && static::phpUnlink($this->path($key));
    }

    protected function doGet(string $key, $defaultValue = null)
    {
        $payload = $this->payload($key);

        return $payload === null
            ? $defaultValue
            : $this->getUnserializedData($payload['content'] ?? null, $defaultValue);
    }

    protected function doHas(string $key): bool
    {
        return $this->payload($key) !== null;
    }

    protected function doIncrement(string $key, int $value = 1): int|bool
    {
        return $this->add($key, $value);
    }

    protected function doSet(string $key, $value, $ttl = null): bool
    {
        return is_int($ttl) && $ttl < 1 ? $this->delete($key) : $this->store($key, $value, $this->getTtl($ttl));
    }

    private function add(string $key, int $by): int|false
    {
        if (!$this->doHas($key)) {
            return false;
        }
        // A lock of the folder leaves no file behind.
        $lock = @fopen($this->directory($key), 'r');
        if ($lock !== false) {
            flock($lock, LOCK_EX);
        }
        try {
            $sum = (int) $this->doGet($key) + $by;

            return $this->doSet($key, $sum) ? $sum : false;
        } finally {
            if ($lock !== false) {
                fclose($lock);
            }
        }
    }

    /** Where the key's file is. The key is one that isName() takes. */
    private function path(string $key): string
    {
        return $this->directory($key) . $key;
    }

    private function directory(string $key): string
    {
        return static::toDirSeparator(
            static::toDirSeparator($this->storageDir . $this->prefix) . static::toDirFromFile($key, true)
        );
    }

    private function isName(string $key): bool
    {
        return $key !== '' && $key !== '.' && $key !== '..' && strpbrk($key, "/\0") === false;
    }

    private function files(): Iterator
    {
        $directory = static::toDirSeparator($this->storageDir . $this->prefix);
        if (!static::phpFileExists($directory)) {
            return new \EmptyIterator();
        }

        return new RecursiveIteratorIterator(
            new RecursiveDirectoryIterator($directory, FilesystemIterator::SKIP_DOTS),
            RecursiveIteratorIterator::CHILD_FIRST
        );
    }

    /** @return ?array{created?: int, ttl?: int|string, content?: mixed} null: there is none, expired or damaged */
    private function payload(string $key): ?array
    {
        if (!$this->isName($key)) {
            return null;
        }
        $path = $this->path($key);
        if (!static::phpFileExists($path)) {
            return null;
        }
        $text = $this->read($path);
        if ($text === false || $text === '') {
            return null;
        }
        $textual = $this->isTextual();
        $payload = @unserialize($text, ['allowed_classes' => !$textual]);
        if (!is_array($payload) || $payload === []) {
            return null;
        }
        $content = $payload['content'] ?? null;
        if ($textual && (is_array($content) || is_object($content))) {
            return null;
        }
        $ttl = $payload['ttl'] ?? 3600;
        $created = $payload['created'] ?? time();

        return $ttl === self::FOREVER || (is_int($ttl) && is_int($created) && $created + $ttl >= time())
            ? $payload
            : null;
    }

    private function read(string $path): string|false
    {
        $handle = @static::phpFopen($path, 'r');
        if ($handle === false) {
            return false;
        }
        // The extension's writers hold a lock while they write.
        $text = flock($handle, LOCK_SH) ? @static::phpFileGetContents($path) : false;
        static::phpFclose($handle);

        return $text;
    }

    /** Whether what is stored is a text that the serializer has made: then no object comes out of the file itself. */
    private function isTextual(): bool
    {
        $serializer = $this->serializer;

        return $serializer instanceof Php || $serializer instanceof Json || $serializer instanceof Base64
            || $serializer instanceof Igbinary;
    }

    private function store(string $key, mixed $value, int|string $ttl): bool
    {
        if (!$this->isName($key)) {
            return false;
        }
        $payload = serialize(['created' => time(), 'ttl' => $ttl, 'content' => $this->getSerializedData($value)]);
        $directory = $this->directory($key);
        // Another may make the folder at the same time.
        if (!is_dir($directory) && !@mkdir($directory, 0777, true) && !is_dir($directory)) {
            return false;
        }
        $new = $directory . '.' . bin2hex(random_bytes(8)) . '.tmp';
        if (@static::phpFilePutContents($new, $payload) === strlen($payload) && @rename($new, $directory . $key)) {
            return true;
        }
        @static::phpUnlink($new);

        return false;
    }
}
