<?php

declare(strict_types=1);

namespace Workerman\Psr7;

use Phalanx\Http\TextBody;

/**
 * A response with PSR-7's methods. As in workerman/psr7, with...() change the object, but for withStatus().
 * Source: workerman/psr7, for applications that do not bring it.
 */
class Response
{
    /** @var array<string, list<string>> */
    private array $headers = [];

    /** @var array<string, string> lower-case name => the name it was given by */
    private array $names = [];

    private ?object $body;

    /**
     * @param array<string, string|list<string>> $headers
     * @param mixed $body a string, or an object with the methods of PSR-7's StreamInterface
     */
    public function __construct(
        private $status = 200,
        array $headers = [],
        $body = null,
        private $version = '1.1',
        private $reason = null
    ) {
        $this->status = (int)$status;
        $this->reason = (string)($reason ?? '');
        $this->body = \is_object($body) ? $body : new TextBody((string)$body);
        foreach ($headers as $name => $value) {
            $this->withAddedHeader($name, $value);
        }
    }

    public function getStatusCode(): int
    {
        return $this->status;
    }

    public function getReasonPhrase(): string
    {
        return $this->reason;
    }

    public function withStatus($code, $reasonPhrase = ''): static
    {
        $new = clone $this;
        $new->status = (int)$code;
        $new->reason = (string)$reasonPhrase;

        return $new;
    }

    public function getProtocolVersion(): string
    {
        return (string)$this->version;
    }

    public function withProtocolVersion($version): static
    {
        $this->version = $version;

        return $this;
    }

    /** @return array<string, list<string>> */
    public function getHeaders(): array
    {
        return $this->headers;
    }

    public function hasHeader($header): bool
    {
        return isset($this->names[\strtolower((string)$header)]);
    }

    /** @return list<string> */
    public function getHeader($header): array
    {
        $name = $this->names[\strtolower((string)$header)] ?? null;

        return $name === null ? [] : $this->headers[$name];
    }

    public function getHeaderLine($header): string
    {
        return \implode(', ', $this->getHeader($header));
    }

    public function withHeader($header, $value): static
    {
        return $this->withoutHeader($header)->withAddedHeader($header, $value);
    }

    public function withAddedHeader($header, $value): static
    {
        $name = $this->names[\strtolower((string)$header)] ??= (string)$header;
        foreach (\is_array($value) ? $value : [$value] as $one) {
            $this->headers[$name][] = \trim((string)$one, " \t");
        }

        return $this;
    }

    public function withoutHeader($header): static
    {
        $lower = \strtolower((string)$header);
        if (isset($this->names[$lower])) {
            unset($this->headers[$this->names[$lower]], $this->names[$lower]);
        }

        return $this;
    }

    /** @return TextBody|object */
    public function getBody(): object
    {
        return $this->body;
    }

    public function withBody($body): static
    {
        $this->body = $body;

        return $this;
    }

    /** The response as it is on the wire. */
    public function __toString(): string
    {
        $text = \rtrim("HTTP/$this->version $this->status $this->reason") . "\r\n";
        foreach ($this->headers as $name => $values) {
            $text .= "$name: " . \implode(', ', $values) . "\r\n";
        }

        return "$text\r\n$this->body";
    }
}
