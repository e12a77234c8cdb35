<?php

declare(strict_types=1);

namespace Shop;

use RuntimeException;
use SensitiveParameter;

/** A key out of a file that only the application may read; it never shows in dumps or logs. */
final class Secret
{
    private readonly string $bytes;

    public function __construct(?string $file, #[SensitiveParameter] string $otherwise)
    {
        if ($file === null) {
            $this->bytes = $otherwise;
            return;
        }
        $mode = @fileperms($file);
        if ($mode === false || ($mode & 0o007) !== 0) {
            throw new RuntimeException("$file must be there, and not for everybody to read");
        }
        $this->bytes = trim((string) file_get_contents($file));
        if (strlen($this->bytes) < 32) {
            throw new RuntimeException("$file holds less than 32 bytes");
        }
    }

    public function reveal(): string
    {
        return $this->bytes;
    }

    /** @return array<string, string> */
    public function __debugInfo(): array
    {
        return ['bytes' => '(hidden)'];
    }
}
