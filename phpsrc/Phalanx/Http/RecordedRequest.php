<?php

declare(strict_types=1);

namespace Phalanx\Http;

/** A request as a Mock has seen it: as it would have gone to the network. */
final class RecordedRequest
{
    /**
     * @internal
     * @param list<string> $fields names and values in turns
     */
    public function __construct(
        public readonly string $method,
        public readonly string $url,
        private readonly array $fields,
        public readonly string $body
    ) {
    }

    /** The values of a header, joined by commas; null when there is none. */
    public function header(string $name): ?string
    {
        $values = [];
        for ($i = 0, $n = \count($this->fields); $i < $n; $i += 2) {
            if (\strcasecmp($this->fields[$i], $name) === 0) {
                $values[] = $this->fields[$i + 1];
            }
        }

        return $values === [] ? null : \implode(', ', $values);
    }

    /** The body as JSON. */
    public function json(): mixed
    {
        return \json_decode($this->body, true, 512, JSON_THROW_ON_ERROR);
    }

    /** @return array<mixed> the body as a form */
    public function form(): array
    {
        \parse_str($this->body, $fields);

        return $fields;
    }
}
