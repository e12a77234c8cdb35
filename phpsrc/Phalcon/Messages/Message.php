<?php

declare(strict_types=1);

namespace Phalcon\Messages;

use JsonSerializable;

/** A message with the field it is about, the name of the rule that gave it, a code, and what else belongs to it. */
class Message implements JsonSerializable, MessageInterface
{
    protected $code = null;
    protected $field = null;
    protected $message = null;
    protected $metaData = null;
    protected $type = null;

    public function __construct(
        string $message,
        string $field = '',
        string $type = '',
        int $code = 0,
        array $metaData = []
    ) {
        $this->message = $message;
        $this->field = $field;
        $this->type = $type;
        $this->code = $code;
        $this->metaData = $metaData;
    }

    public function __toString(): string
    {
        return $this->message;
    }

    public function getCode(): int
    {
        return $this->code;
    }

    public function getField(): string
    {
        return $this->field;
    }

    public function getMessage(): string
    {
        return $this->message;
    }

    public function getMetaData(): array
    {
        return $this->metaData;
    }

    public function getType(): string
    {
        return $this->type;
    }

    public function jsonSerialize(): array
    {
        return [
            'field' => $this->field,
            'message' => $this->message,
            'type' => $this->type,
            'code' => $this->code,
            'metaData' => $this->metaData,
        ];
    }

    public function setCode(int $code): MessageInterface
    {
        $this->code = $code;

        return $this;
    }

    public function setField(string $field): MessageInterface
    {
        $this->field = $field;

        return $this;
    }

    public function setMessage(string $message): MessageInterface
    {
        $this->message = $message;

        return $this;
    }

    public function setMetaData(array $metaData): MessageInterface
    {
        $this->metaData = $metaData;

        return $this;
    }

    public function setType(string $type): MessageInterface
    {
        $this->type = $type;

        return $this;
    }
}
