<?php

declare(strict_types=1);

namespace Phalanx\Http;

use Closure;
use LogicException;
use Phalanx\Http\Exception\InvalidRequestException;

/**
 * Answers a client's requests in tests, in the network's place: redirects, retries, cookies and limits work as ever.
 * A request that nothing was said about fails the test with a LogicException.
 */
final class Mock
{
    /** @var list<array{method: string, url: string, answers: list<mixed>, at: int}> */
    private array $rules = [];

    /** @var list<array<string, mixed>> */
    private array $queue = [];

    /** @var list<RecordedRequest> */
    private array $recorded = [];

    /** How many requests are remembered; further ones are answered and forgotten. */
    public function __construct(private readonly int $maxRecorded = 10000)
    {
    }

    /**
     * What a rule or the queue answers with.
     *
     * @param array<string, string|int|float|list<string>> $headers
     * @param mixed $json the body, as JSON
     * @param float $delay seconds before it comes
     * @return array<string, mixed>
     */
    public static function response(
        int $status = 200,
        string $body = '',
        array $headers = [],
        mixed $json = null,
        float $delay = 0.0
    ): array {
        if ($json !== null) {
            $body = \json_encode($json, JSON_THROW_ON_ERROR);
            $headers += ['Content-Type' => 'application/json'];
        }
        $fields = [];
        foreach ($headers as $name => $values) {
            foreach (\is_array($values) ? $values : [$values] as $value) {
                \array_push($fields, (string)$name, (string)$value);
            }
        }

        return ['status' => $status, 'headers' => $fields, 'body' => $body, 'delay' => $delay];
    }

    /**
     * A failure in a response's place.
     *
     * @param string $kind 'connect', 'tls', 'timeout' or 'network'
     * @return array<string, mixed>
     */
    public static function failure(string $kind, string $message = 'a mocked failure'): array
    {
        return ['failure' => $kind, 'message' => $message];
    }

    /**
     * Answers requests that match. Rules are tried in the order in which they were added, before the queue.
     *
     * @param string $method or '*'
     * @param string $url whole, without its query unless the pattern has a '?'; '*' stands for any characters
     * @param array<string, mixed>|Closure(RecordedRequest): array<string, mixed> ...$answers of response() and
     *     failure(), or what makes one: one after the other, the last one from then on
     * @return $this
     */
    public function on(string $method, string $url, array|Closure ...$answers): self
    {
        if ($answers === []) {
            throw new InvalidRequestException('A rule needs an answer');
        }
        $answers = \array_values($answers);
        $this->rules[] = ['method' => \strtoupper($method), 'url' => $url, 'answers' => $answers, 'at' => 0];

        return $this;
    }

    /**
     * Answers the next requests that no rule matches, one after the other.
     *
     * @param array<string, mixed>|Closure(RecordedRequest): array<string, mixed> ...$answers
     * @return $this
     */
    public function queue(array|Closure ...$answers): self
    {
        \array_push($this->queue, ...\array_values($answers));

        return $this;
    }

    /** @return list<RecordedRequest> what was sent, the oldest first */
    public function requests(): array
    {
        return $this->recorded;
    }

    /** The request that was sent last. */
    public function last(): ?RecordedRequest
    {
        return $this->recorded[\count($this->recorded) - 1] ?? null;
    }

    /**
     * @param string $url as for on()
     * @param ?int $times null: at least once
     * @throws LogicException
     */
    public function assertSent(string $method, string $url, ?int $times = null): void
    {
        $sent = 0;
        foreach ($this->recorded as $request) {
            $sent += (int)self::matches($method, $url, $request);
        }
        if ($times === null ? $sent === 0 : $sent !== $times) {
            $wanted = $times === null ? 'at least once' : "$times times";
            $text = "$method $url was to be sent $wanted, and was $sent times. Sent were:\n";
            throw new LogicException($text . $this->list());
        }
    }

    /** @throws LogicException */
    public function assertNothingSent(): void
    {
        if ($this->recorded !== []) {
            throw new LogicException("Nothing was to be sent. Sent were:\n" . $this->list());
        }
    }

    /** @throws LogicException when answers of queue() are left */
    public function assertQueueIsEmpty(): void
    {
        if ($this->queue !== []) {
            throw new LogicException(\count($this->queue) . ' answers of the queue were not asked for');
        }
    }

    /**
     * @internal
     * @param array{method: string, url: string, headers: list<string>, body: string} $asked
     * @return array<string, mixed>
     */
    public function handle(array $asked): array
    {
        $request = new RecordedRequest($asked['method'], $asked['url'], $asked['headers'], $asked['body']);
        if (\count($this->recorded) < $this->maxRecorded) {
            $this->recorded[] = $request;
        }
        $answer = $this->answer($request);

        return $answer instanceof Closure ? $answer($request) : $answer;
    }

    /** @return array<string, mixed>|Closure */
    private function answer(RecordedRequest $request): array|Closure
    {
        foreach ($this->rules as $i => $rule) {
            if (self::matches($rule['method'], $rule['url'], $request)) {
                $at = \min($rule['at'], \count($rule['answers']) - 1);
                ++$this->rules[$i]['at'];

                return $rule['answers'][$at];
            }
        }

        return \array_shift($this->queue)
            ?? throw new LogicException("The mock has no answer for $request->method $request->url");
    }

    private static function matches(string $method, string $url, RecordedRequest $request): bool
    {
        if ($method !== '*' && \strcasecmp($method, $request->method) !== 0) {
            return false;
        }
        $subject = \str_contains($url, '?') ? $request->url : \explode('?', $request->url, 2)[0];
        $pattern = \str_replace('\*', '.*', \preg_quote($url, '~'));

        return \preg_match("~^$pattern$~sD", $subject) === 1;
    }

    private function list(): string
    {
        $lines = \array_map(static fn (RecordedRequest $r): string => "  $r->method $r->url", $this->recorded);

        return $lines === [] ? '  nothing' : \implode("\n", $lines);
    }
}
