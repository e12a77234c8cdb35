<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Filter;

use Phalcon\Filter\Exceptions\FilterNotRegistered;
use Phalcon\Filter\Sanitize\AbsInt;
use Phalcon\Filter\Sanitize\Alnum;
use Phalcon\Filter\Sanitize\Alpha;
use Phalcon\Filter\Sanitize\BoolVal;
use Phalcon\Filter\Sanitize\Email;
use Phalcon\Filter\Sanitize\FloatVal;
use Phalcon\Filter\Sanitize\IntVal;
use Phalcon\Filter\Sanitize\Ip;
use Phalcon\Filter\Sanitize\Lower;
use Phalcon\Filter\Sanitize\LowerFirst;
use Phalcon\Filter\Sanitize\Regex;
use Phalcon\Filter\Sanitize\Remove;
use Phalcon\Filter\Sanitize\Replace;
use Phalcon\Filter\Sanitize\Special;
use Phalcon\Filter\Sanitize\SpecialFull;
use Phalcon\Filter\Sanitize\StringVal;
use Phalcon\Filter\Sanitize\StringValLegacy;
use Phalcon\Filter\Sanitize\Striptags;
use Phalcon\Filter\Sanitize\Trim;
use Phalcon\Filter\Sanitize\Upper;
use Phalcon\Filter\Sanitize\UpperFirst;
use Phalcon\Filter\Sanitize\UpperWords;
use Phalcon\Filter\Sanitize\Url;

/** Makes values safe by sanitizers that have a name. Each is made once, when it is first used. */
class Filter implements FilterInterface
{
    public const FILTER_ABSINT = 'absint';
    public const FILTER_ALNUM = 'alnum';
    public const FILTER_ALPHA = 'alpha';
    public const FILTER_BOOL = 'bool';
    public const FILTER_EMAIL = 'email';
    public const FILTER_FLOAT = 'float';
    public const FILTER_INT = 'int';
    public const FILTER_IP = 'ip';
    public const FILTER_LOWER = 'lower';
    public const FILTER_LOWERFIRST = 'lowerfirst';
    public const FILTER_REGEX = 'regex';
    public const FILTER_REMOVE = 'remove';
    public const FILTER_REPLACE = 'replace';
    public const FILTER_SPECIAL = 'special';
    public const FILTER_SPECIALFULL = 'specialfull';
    public const FILTER_STRING = 'string';
    public const FILTER_STRING_LEGACY = 'stringlegacy';
    public const FILTER_STRIPTAGS = 'striptags';
    public const FILTER_TRIM = 'trim';
    public const FILTER_UPPER = 'upper';
    public const FILTER_UPPERFIRST = 'upperfirst';
    public const FILTER_UPPERWORDS = 'upperwords';
    public const FILTER_URL = 'url';

    /** Sanitizers that take a text only; null is an empty one. */
    private const OF_TEXT = [
        Ip::class => true,
        Lower::class => true,
        LowerFirst::class => true,
        StringVal::class => true,
        Striptags::class => true,
        Trim::class => true,
        Upper::class => true,
        UpperFirst::class => true,
        UpperWords::class => true,
    ];

    protected $mapper = [];
    protected $services = [];

    /** $mapper: name => class or callable object. */
    public function __construct(array $mapper = [])
    {
        $this->init($mapper);
    }

    /** Uses the sanitizer of this name: the first argument is the value, the others are its parameters. */
    public function __call(string $name, array $args)
    {
        return $this->invoke($this->get($name), $args);
    }

    /** The sanitizer, made when it is first asked for. */
    public function get(string $name)
    {
        if (!isset($this->mapper[$name])) {
            throw new FilterNotRegistered($name);
        }
        if (!isset($this->services[$name])) {
            $definition = $this->mapper[$name];
            $this->services[$name] = is_string($definition) ? new $definition() : $definition;
        }

        return $this->services[$name];
    }

    /** The sanitizers of this namespace: name => class. */
    public static function getDefaultMapper(): array
    {
        return [
            self::FILTER_ABSINT => AbsInt::class,
            self::FILTER_ALNUM => Alnum::class,
            self::FILTER_ALPHA => Alpha::class,
            self::FILTER_BOOL => BoolVal::class,
            self::FILTER_EMAIL => Email::class,
            self::FILTER_FLOAT => FloatVal::class,
            self::FILTER_INT => IntVal::class,
            self::FILTER_IP => Ip::class,
            self::FILTER_LOWER => Lower::class,
            self::FILTER_LOWERFIRST => LowerFirst::class,
            self::FILTER_REGEX => Regex::class,
            self::FILTER_REMOVE => Remove::class,
            self::FILTER_REPLACE => Replace::class,
            self::FILTER_SPECIAL => Special::class,
            self::FILTER_SPECIALFULL => SpecialFull::class,
            self::FILTER_STRING => StringVal::class,
            self::FILTER_STRING_LEGACY => StringValLegacy::class,
            self::FILTER_STRIPTAGS => Striptags::class,
            self::FILTER_TRIM => Trim::class,
            self::FILTER_UPPER => Upper::class,
            self::FILTER_UPPERFIRST => UpperFirst::class,
            self::FILTER_UPPERWORDS => UpperWords::class,
            self::FILTER_URL => Url::class,
        ];
    }

    public function has(string $name): bool
    {
        return isset($this->mapper[$name]);
    }

    /**
     * Uses one sanitizer, or several in turn, each with what the one before it gave. With parameters: name => [...].
     *
     * The elements of an array are sanitized one by one, one level deep; with $noRecursive the sanitizer gets the
     * array. A name that is not known gives a notice, and the value is left alone.
     */
    public function sanitize($value, $sanitizers, bool $noRecursive = false)
    {
        if (!is_array($sanitizers)) {
            return $this->apply((string) $sanitizers, $value, [], $noRecursive);
        }
        if ($value === null) {
            return null;
        }
        foreach ($sanitizers as $key => $sanitizer) {
            $value = is_array($sanitizer)
                ? $this->apply($key, $value, $sanitizer, $noRecursive)
                : $this->apply((string) $sanitizer, $value, [], $noRecursive);
        }

        return $value;
    }

    /** Registers a sanitizer: a class, or a callable object; one that was made under this name is forgotten. */
    public function set(string $name, $service): void
    {
        $this->mapper[$name] = $service;
        unset($this->services[$name]);
    }

    protected function init(array $mapper): void
    {
        foreach ($mapper as $name => $service) {
            $this->set($name, $service);
        }
    }

    private function apply(string $name, mixed $value, array $parameters, bool $noRecursive): mixed
    {
        if (!$this->has($name)) {
            if ($name !== '' && $name !== '0') {
                trigger_error("Sanitizer '$name' is not registered", E_USER_NOTICE);
            }

            return $value;
        }
        $sanitizer = $this->get($name);
        if ($noRecursive || !is_array($value)) {
            return $this->invoke($sanitizer, [$value, ...$parameters]);
        }
        foreach ($value as $key => $item) {
            $value[$key] = $this->invoke($sanitizer, [$item, ...$parameters]);
        }

        return $value;
    }

    private function invoke(mixed $sanitizer, array $arguments): mixed
    {
        if (
            array_key_exists(0, $arguments)
            && $arguments[0] === null
            && is_object($sanitizer)
            && isset(self::OF_TEXT[$sanitizer::class])
        ) {
            $arguments[0] = '';
        }

        return $sanitizer(...$arguments);
    }
}
