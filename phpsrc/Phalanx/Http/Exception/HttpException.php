<?php

declare(strict_types=1);

namespace Phalanx\Http\Exception;

use Exception;
use Phalanx\Exception\GoException;
use Phalanx\Http\Request;
use Phalanx\Http\Response;
use Phalanx\Http\Transport;
use ReflectionProperty;

/** A request that came to no good end. Credentials in its URL are left out of the message. */
abstract class HttpException extends GoException
{
    protected string $method = '';

    protected string $url = '';

    /** @var ?array<string, mixed> the head of the response, where there is one */
    protected ?array $reply = null;

    private ?Request $request = null;

    private ?Response $response = null;

    /** The request as the application made it. */
    public function getRequest(): Request
    {
        return $this->request ??= new Request($this->method, $this->url);
    }

    /** What the server has answered, as far as it did. */
    public function getResponse(): ?Response
    {
        if ($this->response === null && $this->reply !== null) {
            $this->response = new Response($this->reply);
        }

        return $this->response;
    }

    /** The URL of the last request: behind redirects not the one that was asked for. */
    public function getUrl(): string
    {
        return $this->url;
    }

    /** @internal */
    public function concerns(Request $request): void
    {
        $this->request ??= $request;
        // The engine's arguments hold what attributes hide in ours: credentials.
        $trace = $this->getTrace();
        if (isset($trace[0]['args']) && ($trace[0]['class'] ?? '') === Transport::class) {
            unset($trace[0]['args']);
            (new ReflectionProperty(Exception::class, 'trace'))->setValue($this, $trace);
        }
    }

    protected function keep(Response $response): void
    {
        $this->response = $response;
    }
}
