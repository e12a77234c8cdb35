<?php

declare(strict_types=1);

namespace Phalcon\Support;

/** Which version of Phalcon's API this is: 5.18.1 is "5.18.1" and 5180140. */
class Version
{
    public const VERSION_MAJOR = 0;
    public const VERSION_MEDIUM = 1;
    public const VERSION_MINOR = 2;
    public const VERSION_SPECIAL = 3;
    public const VERSION_SPECIAL_NUMBER = 4;

    public function get(): string
    {
        [$major, $medium, $minor, $special, $number] = $this->getVersion();
        $suffix = $this->getSpecial($special);

        return "$major.$medium.$minor$suffix" . ($suffix !== '' && $number !== 0 ? $number : '');
    }

    public function getId(): string
    {
        return vsprintf('%d%02d%02d%d%d', $this->getVersion());
    }

    /** One of the VERSION_ parts; of any other number the whole version. */
    public function getPart(int $part): string
    {
        return match ($part) {
            self::VERSION_MAJOR, self::VERSION_MEDIUM, self::VERSION_MINOR, self::VERSION_SPECIAL_NUMBER
                => (string)$this->getVersion()[$part],
            self::VERSION_SPECIAL => $this->getSpecial($this->getVersion()[$part]),
            default => $this->get(),
        };
    }

    final protected function getSpecial(int $special): string
    {
        return ['', 'alpha', 'beta', 'RC'][$special] ?? '';
    }

    protected function getVersion(): array
    {
        return [5, 18, 1, 4, 0];
    }
}
