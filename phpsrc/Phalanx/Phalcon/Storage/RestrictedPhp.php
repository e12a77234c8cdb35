<?php

declare(strict_types=1);

namespace Phalanx\Phalcon\Storage;

use __PHP_Incomplete_Class;
use Phalcon\Storage\Serializer\AbstractSerializer;
use Phalcon\Storage\Serializer\Exceptions\InvalidUnserializationInput;
use ReflectionReference;

/**
 * Phalcon\Storage\Serializer\Php for stores that others can write to: only objects of certain classes are made. A value
 * that holds another, or that is damaged, is not there: isSuccess() is false. For the option 'serializer' of adapters.
 */
final class RestrictedPhp extends AbstractSerializer
{
    /** @param list<class-string> $classes their subclasses are others */
    public function __construct(private readonly array $classes = [])
    {
        parent::__construct();
    }

    public function serialize(): mixed
    {
        return $this->isSerializable($this->data) ? serialize($this->data) : $this->data;
    }

    public function unserialize($data): void
    {
        if (!$this->isSerializable($data)) {
            $this->isSuccess = true;
            $this->data = $data;

            return;
        }
        if (!is_string($data)) {
            throw new InvalidUnserializationInput();
        }
        // false is no answer to tell damage by: serialize(false) never gets here.
        $value = @unserialize($data, ['allowed_classes' => $this->classes]);
        $this->isSuccess = $value !== false && !self::hasOthers($value);
        $this->data = $this->isSuccess ? $value : '';
    }

    /** @param array<array-key, true> $seen objects and references that have been looked at */
    private static function hasOthers(mixed $value, array &$seen = []): bool
    {
        if ($value instanceof __PHP_Incomplete_Class) {
            return true;
        }
        if (is_object($value)) {
            if (isset($seen[spl_object_id($value)])) {
                return false;
            }
            $seen[spl_object_id($value)] = true;
            $value = (array) $value;
        }
        foreach (is_array($value) ? $value : [] as $name => $item) {
            if (!is_array($item) && !is_object($item)) {
                continue;
            }
            $reference = ReflectionReference::fromArrayElement($value, $name)?->getId();
            if ($reference !== null && isset($seen[$reference])) {
                continue; // an array may hold itself
            }
            if ($reference !== null) {
                $seen[$reference] = true;
            }
            if (self::hasOthers($item, $seen)) {
                return true;
            }
        }

        return false;
    }
}
