<?php

declare(strict_types=1);

namespace Phalcon\Config;

use Phalcon\Config\Exceptions\InvalidMergeData;
use Phalcon\Support\Collection;

/** Values in sections: an array in it is a Config of its own. */
class Config extends Collection implements ConfigInterface
{
    public const DEFAULT_PATH_DELIMITER = '.';
    protected $pathDelimiter = '.';

    public function getPathDelimiter(): string
    {
        return $this->pathDelimiter;
    }

    /** Adds or replaces values, in all sections and the sections in them. */
    public function merge($toMerge): ConfigInterface
    {
        if ($toMerge instanceof ConfigInterface) {
            $toMerge = $toMerge->toArray();
        } elseif (!is_array($toMerge)) {
            throw new InvalidMergeData();
        }
        $merged = $this->internalMerge($this->toArray(), $toMerge);
        $this->clear();
        $this->init($merged);

        return $this;
    }

    /** The value behind names joined by a delimiter, "." by default: "db.primary.host". */
    public function path(string $path, $defaultValue = null, ?string $delimiter = null)
    {
        if ($this->has($path)) {
            return $this->get($path);
        }
        $config = $this;
        $keys = explode($delimiter ?: $this->pathDelimiter, $path);
        $last = array_pop($keys);
        foreach ($keys as $key) {
            $config = $config->has($key) ? $config->get($key) : null;
            if (!$config instanceof ConfigInterface) {
                return $defaultValue;
            }
        }

        return $config->has($last) ? $config->get($last) : $defaultValue;
    }

    public function setPathDelimiter(?string $delimiter = null): ConfigInterface
    {
        $this->pathDelimiter = $delimiter;

        return $this;
    }

    /** All values, sections as arrays. */
    public function toArray(): array
    {
        return array_map(
            static fn ($value) => is_object($value) && method_exists($value, 'toArray') ? $value->toArray() : $value,
            parent::toArray(),
        );
    }

    protected function cloneEmpty(array $data = []): static
    {
        $copy = clone $this;
        $copy->replace($data);

        return $copy;
    }

    final protected function internalMerge(array $source, array $target): array
    {
        foreach ($target as $key => $value) {
            $source[$key] = is_array($value) && is_array($source[$key] ?? null)
                ? $this->internalMerge($source[$key], $value)
                : $value;
        }

        return $source;
    }

    protected function setData($element, $value): void
    {
        $element = (string)$element;
        if (is_array($value)) {
            $value = new Config($value, $this->insensitive, $this->strictNull, $this->type);
        } else {
            $this->validateType($value);
        }
        $this->lowerKeys[$this->insensitive ? mb_strtolower($element) : $element] = $element;
        $this->data[$element] = $value;
    }
}
