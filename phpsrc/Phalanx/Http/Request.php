<?php

declare(strict_types=1);

namespace Phalanx\Http;

/**
 * A request as an application makes it, before a client's defaults are added: for Client::send(), middleware, mocks and
 * exceptions. It does not change; with...() answer another one.
 */
final class Request
{
    public readonly string $method;

    /** @var array<string, string|int|float|list<string>> */
    public readonly array $headers;

    /** @var array<string, mixed> further named arguments of Client::request() */
    public readonly array $options;

    /**
     * @param string $url as for Client::request()
     * @param array<string, string|int|float|list<string>> $headers
     * @param mixed ...$options further named arguments of Client::request(), for example json: [...]
     */
    public function __construct(
        string $method,
        public readonly string $url,
        #[\SensitiveParameter] array $headers = [],
        #[\SensitiveParameter] mixed ...$options
    ) {
        $this->method = \strtoupper($method);
        $this->headers = $headers;
        $this->options = $options;
    }

    /** The values of a header, joined by commas; null when there is none. */
    public function header(string $name): ?string
    {
        foreach ($this->headers as $key => $value) {
            if (\strcasecmp((string)$key, $name) === 0) {
                return \is_array($value) ? \implode(', ', $value) : (string)$value;
            }
        }

        return null;
    }

    /** @param string|int|float|list<string> $value it replaces those that are there */
    public function withHeader(string $name, string|int|float|array $value): self
    {
        $headers = $this->withoutHeader($name)->headers;
        $headers[$name] = $value;

        return new self($this->method, $this->url, $headers, ...$this->options);
    }

    public function withoutHeader(string $name): self
    {
        $other = static fn (string|int $key): bool => \strcasecmp((string)$key, $name) !== 0;
        $headers = \array_filter($this->headers, $other, ARRAY_FILTER_USE_KEY);

        return new self($this->method, $this->url, $headers, ...$this->options);
    }

    public function withMethod(string $method): self
    {
        return new self($method, $this->url, $this->headers, ...$this->options);
    }

    public function withUrl(string $url): self
    {
        return new self($this->method, $url, $this->headers, ...$this->options);
    }

    /** @param mixed ...$options named arguments of Client::request() */
    public function with(mixed ...$options): self
    {
        return new self($this->method, $this->url, $this->headers, ...\array_replace($this->options, $options));
    }

    /** @return array<string, mixed> without credentials */
    public function __debugInfo(): array
    {
        $hidden = \array_flip(['bearer', 'basic', 'digest', 'proxy']);
        $headers = [];
        foreach ($this->headers as $name => $value) {
            $secret = \preg_match('/auth|cookie|token|key|secret/i', (string)$name) === 1;
            $headers[$name] = $secret ? '(hidden)' : $value;
        }

        return ['method' => $this->method, 'url' => $this->url, 'headers' => $headers,
            'options' => \array_diff_key($this->options, $hidden)];
    }
}
