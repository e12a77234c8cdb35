<?php

declare(strict_types=1);

namespace Phalanx\Http;

use Generator;
use JsonException;
use LogicException;
use Phalanx\Http\Exception\HttpException;
use Phalanx\Http\Exception\StatusException;

/** The answer of a server. */
final class Response
{
    /** Bytes that chunks() reads at a time. */
    private const PIECE = 65536;

    public readonly int $status;

    /** The text behind the status; HTTP/2 has none. */
    public readonly string $reason;

    /** '1.0', '1.1' or '2' */
    public readonly string $version;

    /** Of the request that was answered: behind redirects not always the one that was asked for. */
    public readonly string $method;

    /** The URL that answered: behind redirects not the one that was asked for. */
    public readonly string $url;

    /** @var list<string> the URLs that redirects have led to */
    public readonly array $redirects;

    /** How many requests were sent for it, redirects and further tries among them. */
    public readonly int $attempts;

    private ?string $body;

    private ?Stream $stream;

    /** A body that somebody has begun to read in pieces is not whole any more. */
    private bool $begun = false;

    private readonly bool $streamed;

    /** @var list<string> */
    private readonly array $fields;

    /** @var ?array<string, list<string>> by lower-case name */
    private ?array $index = null;

    /** @var list<float> */
    private readonly array $times;

    private readonly bool $reused;

    /**
     * @internal
     * @param array<string, mixed> $reply of the engine
     */
    public function __construct(array $reply, bool $streamed = false)
    {
        $this->status = $reply['status'];
        $this->reason = $reply['reason'];
        $this->version = $reply['version'];
        $this->fields = $reply['headers'];
        $this->method = $reply['method'];
        $this->url = $reply['url'];
        $this->redirects = $reply['redirects'];
        $this->attempts = $reply['attempts'];
        $this->times = $reply['timings'];
        $this->reused = $reply['reused'];
        $this->stream = $reply['stream'];
        $this->body = $this->stream === null ? $reply['body'] : null;
        $this->streamed = $streamed;
    }

    /** The values of a header, joined by commas; null when there is none. */
    public function header(string $name): ?string
    {
        $values = $this->index()[\strtolower($name)] ?? null;

        return $values === null ? null : \implode(', ', $values);
    }

    /** @return list<string> each value of a header by itself, as Set-Cookie needs it */
    public function headerValues(string $name): array
    {
        return $this->index()[\strtolower($name)] ?? [];
    }

    /** @return array<string, list<string>> */
    public function headers(): array
    {
        $headers = [];
        for ($i = 0, $n = \count($this->fields); $i < $n; $i += 2) {
            $headers[$this->fields[$i]][] = $this->fields[$i + 1];
        }

        return $headers;
    }

    public function hasHeader(string $name): bool
    {
        return isset($this->index()[\strtolower($name)]);
    }

    /**
     * The body. That of a streamed response is read to its end first and kept.
     *
     * @throws HttpException when a streamed body breaks
     * @throws LogicException when parts of it have been read
     */
    public function body(): string
    {
        if ($this->body === null) {
            $this->begin();
            $this->begun = true;
            $body = '';
            while (($piece = $this->stream->read(1 << 20)) !== null) {
                $body .= $piece;
            }
            $this->stream = null;
            $this->body = $body;
        }

        return $this->body;
    }

    /**
     * The body as JSON.
     *
     * @param bool $objects stdClass instead of arrays
     * @throws JsonException
     */
    public function json(bool $objects = false): mixed
    {
        return \json_decode($this->body(), !$objects, 512, JSON_THROW_ON_ERROR | JSON_BIGINT_AS_STRING);
    }

    /** A status from 200 to 299. */
    public function isOk(): bool
    {
        return $this->status >= 200 && $this->status < 300;
    }

    /** Whether the body is read while it arrives. */
    public function isStreamed(): bool
    {
        return $this->streamed;
    }

    /**
     * @return $this
     * @throws StatusException for a status from 400 on
     */
    public function throw(): static
    {
        if ($this->status >= 400) {
            throw StatusException::of($this);
        }

        return $this;
    }

    /**
     * The next bytes of a streamed body, as they arrive; null at its end.
     *
     * @param int $bytes at most, and never more than 1 MiB
     * @throws HttpException when it breaks
     */
    public function read(int $bytes = self::PIECE): ?string
    {
        if ($this->body !== null) {
            $piece = \substr($this->body, 0, $bytes);
            $this->body = \substr($this->body, \strlen($piece));

            return $piece === '' ? null : $piece;
        }
        $this->begun = true;

        return $this->stream?->read($bytes);
    }

    /**
     * The body in pieces, as they arrive.
     *
     * @return Generator<int, string>
     * @throws HttpException when it breaks
     */
    public function chunks(int $bytes = self::PIECE): Generator
    {
        while (($piece = $this->read($bytes)) !== null) {
            yield $piece;
        }
    }

    /**
     * The lines of a streamed body, without their ends, as they arrive.
     *
     * @param int $maxBytes of a line
     * @return Generator<int, string>
     * @throws HttpException when it breaks, or a line is longer
     */
    public function lines(int $maxBytes = 1048576): Generator
    {
        $stream = $this->streaming();
        while (($line = $stream->line($maxBytes)) !== null) {
            yield $line;
        }
    }

    /**
     * Server-sent events of a streamed body, as they arrive. An event of 1 MiB is the largest.
     *
     * @return Generator<int, ServerSentEvent>
     * @throws HttpException when it breaks
     */
    public function events(): Generator
    {
        $stream = $this->streaming();
        while (($e = $stream->event()) !== null) {
            yield new ServerSentEvent($e['type'], $e['data'], $e['id'], $e['retry']);
        }
    }

    /**
     * Writes the rest of the body into a file, which appears when it is complete.
     *
     * @return int its bytes
     * @throws HttpException when the body breaks, or the file cannot be written
     */
    public function saveTo(string $path): int
    {
        $path = Body::writable($path);
        if ($this->stream !== null) {
            $this->begun = true;

            return $this->stream->saveTo($path);
        }

        return (int)\file_put_contents($path, $this->body);
    }

    /** Lets go of the connection of a streamed response whose rest nobody wants. */
    public function close(): void
    {
        $this->stream?->close();
    }

    public function timings(): Timings
    {
        $at = \array_map(static fn (float $seconds): ?float => $seconds < 0 ? null : $seconds, $this->times);

        return new Timings($at[0], $at[1], $at[2], $at[3], $at[4], $this->times[5], $this->reused);
    }

    private function begin(): void
    {
        if ($this->begun) {
            throw new LogicException('Parts of this body have been read already');
        }
    }

    private function streaming(): Stream
    {
        $this->begun = true;

        return $this->stream
            ?? throw new LogicException('This body is not streamed: ask for it with stream: true');
    }

    /** @return array<string, list<string>> */
    private function index(): array
    {
        if ($this->index === null) {
            $this->index = [];
            for ($i = 0, $n = \count($this->fields); $i < $n; $i += 2) {
                $this->index[\strtolower($this->fields[$i])][] = $this->fields[$i + 1];
            }
        }

        return $this->index;
    }
}
