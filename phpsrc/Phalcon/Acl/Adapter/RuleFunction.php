<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Acl\Adapter;

use Closure;
use Phalcon\Acl\Exceptions\ParameterTypeMismatch;
use ReflectionClass;
use ReflectionFunction;
use ReflectionNamedType;
use ReflectionParameter;

/**
 * The function of a rule, and what it is called with: the role and the component where a parameter has their class, the
 * others by name.
 */
final class RuleFunction
{
    /** How many parameters the function has. */
    public readonly int $count;

    /** How many of them are neither the role nor the component. */
    public readonly int $customCount;

    /** Whether all that the function cannot do without is there. */
    public readonly bool $isComplete;

    /** Whether the function needs any parameters. */
    public readonly bool $needsAny;

    /** @var array<string, mixed> by the parameter's name */
    public readonly array $arguments;

    private readonly Closure $function;

    /**
     * @param string $question what is asked, for errors: "role can access component"
     * @throws ParameterTypeMismatch
     */
    public function __construct(
        callable $function,
        array $parameters,
        ?object $role,
        ?object $component,
        private readonly string $question,
    ) {
        $this->function = $function(...);
        $reflection = new ReflectionFunction($this->function);
        $arguments = [];
        $isComplete = true;
        $customCount = 0;
        $elements = array_filter([$role, $component]);
        foreach ($reflection->getParameters() as $parameter) {
            $name = $parameter->getName();
            $given = $parameters[$name] ?? null;
            $element = $this->elementFor($parameter, $given, $elements);
            $customCount += $element === null ? 1 : 0;
            $value = $element ?? $given;
            if ($value !== null) {
                $arguments[$name] = $value;
            } elseif (!$parameter->isOptional()) {
                $isComplete = false;
            }
        }
        $this->count = $reflection->getNumberOfParameters();
        $this->needsAny = $reflection->getNumberOfRequiredParameters() > 0;
        $this->arguments = $arguments;
        $this->isComplete = $isComplete;
        $this->customCount = $customCount;
    }

    public function __invoke(): bool
    {
        return (bool) ($this->function)(...$this->arguments);
    }

    /**
     * The role or the component, each for the first parameter that has its class.
     *
     * @param array<object> $elements those that no parameter has got yet
     */
    private function elementFor(ReflectionParameter $parameter, mixed $given, array &$elements): ?object
    {
        $type = $parameter->getType();
        if (!$type instanceof ReflectionNamedType || $type->isBuiltin()) {
            return null;
        }
        $class = new ReflectionClass($type->getName());
        foreach ($elements as $i => $element) {
            if ($class->isInstance($element)) {
                unset($elements[$i]);

                return $element;
            }
        }
        if (is_object($given) && !$class->isInstance($given)) {
            throw new ParameterTypeMismatch(
                'Your passed parameter does not have the same class as the parameter in defined function when checking'
                . " if $this->question. Class passed: " . $given::class
                . " , Class in defined function: {$class->getName()}."
            );
        }

        return null;
    }
}
