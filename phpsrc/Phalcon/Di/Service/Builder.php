<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Di\Service;

use Phalcon\Di\DiInterface;
use Phalcon\Di\Exceptions\ArgumentTypeRequired;
use Phalcon\Di\Exceptions\CallArgumentsMustBeArray;
use Phalcon\Di\Exceptions\MethodCallMustBeArray;
use Phalcon\Di\Exceptions\MethodNameRequired;
use Phalcon\Di\Exceptions\MissingClassNameParameter;
use Phalcon\Di\Exceptions\MissingParameterKey;
use Phalcon\Di\Exceptions\PropertyInjectionRequiresInstance;
use Phalcon\Di\Exceptions\PropertyMustBeArray;
use Phalcon\Di\Exceptions\PropertyNameRequired;
use Phalcon\Di\Exceptions\PropertyValueRequired;
use Phalcon\Di\Exceptions\SetterInjectionRequiresInstance;
use Phalcon\Di\Exceptions\SetterParametersMustBeArray;
use Phalcon\Di\Exceptions\UnknownServiceType;

/**
 * Makes objects of array definitions: a class, constructor arguments, methods to call and properties to set.
 *
 *     ['className' => Mailer::class, 'arguments' => [['type' => 'service', 'name' => 'log']],
 *      'calls' => [['method' => 'setFrom', 'arguments' => [['type' => 'parameter', 'value' => 'me@example.org']]]],
 *      'properties' => [['name' => 'retries', 'value' => ['type' => 'parameter', 'value' => 3]]]]
 */
class Builder
{
    /** Makes the object; parameters, when they are an array, stand for the definition's arguments. */
    public function build(DiInterface $container, array $definition, $parameters = null)
    {
        $class = $definition['className'] ?? throw new MissingClassNameParameter();
        $arguments = is_array($parameters)
            ? array_values($parameters)
            : $this->arguments($container, $definition['arguments'] ?? []);
        $instance = new $class(...$arguments);
        if (isset($definition['calls'])) {
            $this->callMethods($container, $instance, $definition['calls']);
        }
        if (isset($definition['properties'])) {
            $this->setProperties($container, $instance, $definition['properties']);
        }

        return $instance;
    }

    private function callMethods(DiInterface $container, mixed $instance, mixed $calls): void
    {
        if (!is_object($instance)) {
            throw new SetterInjectionRequiresInstance();
        }
        if (!is_array($calls)) {
            throw new SetterParametersMustBeArray();
        }
        foreach ($calls as $position => $call) {
            if (!is_array($call)) {
                throw new MethodCallMustBeArray($position);
            }
            $method = $call['method'] ?? throw new MethodNameRequired($position);
            $arguments = $call['arguments'] ?? [];
            if (!is_array($arguments)) {
                throw new CallArgumentsMustBeArray($position);
            }
            [$instance, $method](...$this->arguments($container, $arguments));
        }
    }

    private function setProperties(DiInterface $container, mixed $instance, mixed $properties): void
    {
        if (!is_object($instance)) {
            throw new PropertyInjectionRequiresInstance();
        }
        if (!is_array($properties)) {
            throw new SetterParametersMustBeArray();
        }
        foreach ($properties as $position => $property) {
            if (!is_array($property)) {
                throw new PropertyMustBeArray($position);
            }
            $name = $property['name'] ?? throw new PropertyNameRequired($position);
            $value = $property['value'] ?? throw new PropertyValueRequired($position);
            $instance->$name = $this->argument($container, $position, $value);
        }
    }

    private function argument(DiInterface $container, int $position, array $argument): mixed
    {
        $need = static fn (string $key) => $argument[$key] ?? throw new MissingParameterKey($key, $position);

        return match ($argument['type'] ?? throw new ArgumentTypeRequired($position)) {
            'service' => $container->get($need('name')),
            'parameter' => $need('value'),
            'instance' => $container->get($need('className'), $argument['arguments'] ?? null),
            default => throw new UnknownServiceType($position),
        };
    }

    /** @return list<mixed> */
    private function arguments(DiInterface $container, array $arguments): array
    {
        $built = [];
        foreach ($arguments as $position => $argument) {
            $built[] = $this->argument($container, $position, $argument);
        }

        return $built;
    }
}
