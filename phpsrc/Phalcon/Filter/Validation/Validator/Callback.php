<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator;

use Closure;
use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\AbstractValidator;
use Phalcon\Filter\Validation\Exceptions\InvalidCallbackReturn;
use Phalcon\Filter\Validation\ValidatorInterface;
use ReflectionFunction;

/**
 * Asks the option "callback", which gets the entity or else the data.
 *
 * It answers whether the field is valid, or a validator that is asked instead. A closure has this validator as $this: a
 * message that it sets is for this call.
 */
class Callback extends AbstractValidator
{
    protected $template = 'Field :field must match the callback function';

    public function __construct(array $options = [])
    {
        parent::__construct($options);
    }

    public function validate(Validation $validation, $field): bool
    {
        $callback = $this->getOption('callback');
        if (!is_callable($callback)) {
            return true;
        }
        $template = [$this->template, $this->templateChanged, $this->templates];
        try {
            $answer = $this->bound($callback)($validation->getEntity() ?: $validation->getData());
            if ($answer === false) {
                $validation->appendMessage($this->messageFactory($validation, $field));
            }
        } finally {
            [$this->template, $this->templateChanged, $this->templates] = $template;
        }
        if (is_bool($answer)) {
            return $answer;
        }
        if ($answer instanceof ValidatorInterface) {
            return $answer->validate($validation, $field);
        }
        throw new InvalidCallbackReturn();
    }

    /** A static closure, and one made of a method, has no $this to change; it is as good a callback. */
    private function bound(callable $callback): callable
    {
        if (!$callback instanceof Closure) {
            return $callback;
        }
        $function = new ReflectionFunction($callback);

        return $function->isStatic() || !$function->isAnonymous() ? $callback : Closure::bind($callback, $this);
    }
}
