<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation;

use Phalcon\Messages\MessageInterface;
use Phalcon\Messages\Messages;

/** Rules about the fields of an array or an object, and the messages about those that are broken. */
interface ValidationInterface
{
    public function add($field, ValidatorInterface $validator): ValidationInterface;

    public function appendMessage(MessageInterface $message): ValidationInterface;

    /** Sets the properties of the entity that the data name, those of the white list when there is one. */
    public function bind($entity, $data, array $whitelist = []): ValidationInterface;

    public function getEntity();

    /** The sanitizers of this field, or of all. */
    public function getFilters(?string $field = null);

    /** How messages call the field. */
    public function getLabel(string $field): string;

    public function getMessages(): Messages;

    public function getValidators(): array;

    public function getValue(string $field);

    public function rule($field, ValidatorInterface $validator): ValidationInterface;

    public function rules(string $field, array $validators): ValidationInterface;

    /** Sanitizers, by name, that the value goes through before it is looked at. */
    public function setFilters(string $field, $filters): ValidationInterface;

    public function setLabels(array $labels): void;

    /** The messages; false when beforeValidation() refused. */
    public function validate($data = null, $entity = null, array $whitelist = []): Messages|bool;
}
