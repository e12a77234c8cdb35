<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Session\Adapter;

use Phalcon\Session\Adapter\Exceptions\AdapterRuntimeError;
use Phalcon\Session\Adapter\Exceptions\InvalidSavePath;
use Phalcon\Session\Adapter\Exceptions\SavePathUnavailable;
use Phalcon\Traits\Php\FileTrait;
use Phalcon\Traits\Php\IniTrait;
use Phalcon\Traits\Support\Helper\Arr\GetTrait;
use Phalcon\Traits\Support\Helper\Str\DirSeparatorTrait;

/**
 * One file for each session. Options: savePath (session.save_path), prefix of the files' names.
 *
 * A file is replaced as a whole, so a reader sees the old or the new data, and of two writers the later one wins. An id
 * with a slash or a NUL byte names no session. A file may disappear under our hands (another worker's gc), hence `@`.
 */
class Stream extends Noop
{
    use DirSeparatorTrait;
    use FileTrait;
    use GetTrait;
    use IniTrait;

    protected $options = [];
    protected $prefix = '';

    private string $path;

    public function __construct(array $options = [])
    {
        $this->prefix = static::getArrVal($options, 'prefix', '');
        $this->options = $options;
        $path = static::getArrVal($options, 'savePath', static::phpIniGet('session.save_path'));
        if (empty($path)) {
            throw new InvalidSavePath();
        }
        if (static::phpIsWritable($path) !== true) {
            throw new SavePathUnavailable($path);
        }
        $this->path = static::toDirSeparator($path);
    }

    public function destroy($id): bool
    {
        $file = $this->file($id);
        if ($file !== null && static::phpFileExists($file) && is_file($file)) {
            @static::phpUnlink($file);
        }

        return true;
    }

    /** Removes the files that have not been written to for so many seconds. */
    public function gc(int $max_lifetime): int|false
    {
        error_clear_last();
        $files = $this->getGlobFiles($this->path . $this->prefix . '*');
        if ($files === false) {
            throw new AdapterRuntimeError(error_get_last()['message'] ?? 'Unexpected gc error');
        }
        $oldest = time() - $max_lifetime;
        foreach ($files as $file) {
            if (static::phpFileExists($file) && is_file($file) && (int) @filemtime($file) < $oldest) {
                @static::phpUnlink($file);
            }
        }

        return 1;
    }

    public function open($path, $name): bool
    {
        return true;
    }

    public function read($id): string
    {
        $file = $this->file($id);
        if ($file === null || !static::phpFileExists($file)) {
            return '';
        }
        $handle = @static::phpFopen($file, 'r');
        if ($handle === false) {
            return '';
        }
        // The extension's writers hold a lock while they write.
        $data = flock($handle, LOCK_SH) ? @static::phpFileGetContents($file) : '';
        static::phpFclose($handle);

        return $data === false ? '' : $data;
    }

    public function updateTimestamp($id, $data): bool
    {
        $file = $this->file($id);

        return $file !== null && touch($file);
    }

    public function validateId($id): bool
    {
        $file = $this->file($id);

        return $file !== null && static::phpFileExists($file);
    }

    public function write($id, $data): bool
    {
        $file = $this->file($id);
        if ($file === null) {
            return false;
        }
        // The dot is in no id that PHP takes, so nobody can ask for the new file before it has its name.
        $new = $file . '.' . bin2hex(random_bytes(8));
        if (@static::phpFilePutContents($new, $data) !== strlen($data) || !@rename($new, $file)) {
            @static::phpUnlink($new);

            return false;
        }

        return true;
    }

    protected function getGlobFiles(string $pattern): array|false
    {
        return @glob($pattern);
    }

    protected function getPrefixedName($name): string
    {
        return $this->prefix . $name;
    }

    /** The file of a session; null for an id that would name a file elsewhere, or a folder. */
    private function file(mixed $id): ?string
    {
        $id = (string) $id;
        if (strpbrk($id, "/\0") !== false) {
            return null;
        }
        $name = $this->getPrefixedName($id);

        return in_array(basename($name), ['', '.', '..'], true) || str_ends_with($name, '/')
            ? null
            : $this->path . $name;
    }
}
