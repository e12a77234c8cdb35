<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Queue;

/** A message with body, headers and properties. */
interface Message
{
    public function getBody(): string;

    public function getCorrelationId(): ?string;

    public function getHeader(string $name, $defaultValue = null);

    public function getHeaders(): array;

    public function getMessageId(): ?string;

    public function getProperties(): array;

    public function getProperty(string $name, $defaultValue = null);

    public function getReplyTo(): ?string;

    public function getTimestamp(): ?int;

    public function isRedelivered(): bool;

    public function setBody(string $body): void;

    public function setCorrelationId(string $correlationId): void;

    public function setHeader(string $name, $value): void;

    public function setHeaders(array $headers): void;

    public function setMessageId(string $messageId): void;

    public function setProperties(array $properties): void;

    public function setProperty(string $name, $value): void;

    public function setRedelivered(bool $redelivered): void;

    public function setReplyTo(string $replyTo): void;

    public function setTimestamp(int $timestamp): void;
}
