<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\Uuid;

use Phalcon\Traits\Php\FileTrait;
use Phalcon\Traits\Php\InfoTrait;

/** The address of the machine's first network card; a random one where there is none. APCu shares it where it is there. */
class SysNodeProvider implements NodeProviderInterface
{
    use FileTrait;
    use InfoTrait;

    private const CACHE_KEY = '__phalcon_uuid_node';

    private ?string $node = null;

    public function getNode(): string
    {
        return $this->node ??= $this->cached()
            ?? $this->stored($this->fromSystem() ?? new RandomNodeProvider()->getNode());
    }

    private function cached(): ?string
    {
        $node = $this->phpFunctionExists('apcu_fetch') ? apcu_fetch(self::CACHE_KEY) : false;

        return is_string($node) ? $node : null;
    }

    private function stored(string $node): string
    {
        if ($this->phpFunctionExists('apcu_store')) {
            apcu_store(self::CACHE_KEY, $node);
        }

        return $node;
    }

    private function fromSystem(): ?string
    {
        foreach (glob('/sys/class/net/*/address') ?: [] as $file) {
            $node = str_replace(':', '', trim((string) $this->phpFileGetContents($file)));
            if (!str_contains($file, '/lo/') && $this->isValidNode($node)) {
                return $node;
            }
        }

        return null;
    }

    private function isValidNode(string $node): bool
    {
        return strlen($node) === 12
            && ctype_xdigit($node)
            && $node !== '000000000000'
            && $node !== 'ffffffffffff';
    }
}
