<?php

declare(strict_types=1);

namespace Phalanx\Http;

use LogicException;
use Phalanx\Http\Exception\HttpException;
use Phalanx\Http\Exception\InvalidRequestException;
use Phalanx\Http\Exception\RequestException;
use Phalanx\Http\Psr18\InvalidRequest;
use Phalanx\Http\Psr18\NetworkFailure;
use Phalanx\Http\Psr18\RequestFailure;
use Psr\Http\Client\ClientInterface;
use Psr\Http\Message\RequestInterface;
use Psr\Http\Message\ResponseFactoryInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\StreamFactoryInterface;

/**
 * A PSR-18 client. It needs the interfaces of psr/http-client, psr/http-message and psr/http-factory, and an
 * implementation of messages, from Composer. As PSR-18 wants, no redirect is followed and no status is an exception.
 */
final class Psr18Client implements ClientInterface
{
    /** Bytes: bodies of requests up to this cross at once, larger ones and those of unknown size in pieces. */
    private const WHOLE = 1048576;

    private const PIECE = 65536;

    /** Factories of usual implementations: of responses, and of streams. */
    private const FACTORIES = [
        ['Nyholm\Psr7\Factory\Psr17Factory', 'Nyholm\Psr7\Factory\Psr17Factory'],
        ['GuzzleHttp\Psr7\HttpFactory', 'GuzzleHttp\Psr7\HttpFactory'],
        ['Laminas\Diactoros\ResponseFactory', 'Laminas\Diactoros\StreamFactory'],
        ['HttpSoft\Message\ResponseFactory', 'HttpSoft\Message\StreamFactory'],
        ['Slim\Psr7\Factory\ResponseFactory', 'Slim\Psr7\Factory\StreamFactory'],
    ];

    private readonly Client $client;

    private readonly ResponseFactoryInterface $responses;

    private readonly StreamFactoryInterface $streams;

    /**
     * @param ?Client $client for time-outs, proxies and all else; null: one with defaults
     * @param ?ResponseFactoryInterface $responses null: Nyholm's, Guzzle's, Laminas', HttpSoft's or Slim's
     * @throws LogicException when there is none
     */
    public function __construct(
        ?Client $client = null,
        ?ResponseFactoryInterface $responses = null,
        ?StreamFactoryInterface $streams = null
    ) {
        $this->client = $client ?? new Client();
        if ($responses === null || $streams === null) {
            foreach (self::FACTORIES as [$response, $stream]) {
                if (\class_exists($response) && \class_exists($stream)) {
                    $responses ??= new $response();
                    $streams ??= new $stream();
                    break;
                }
            }
        }
        if ($responses === null || $streams === null) {
            throw new LogicException('There is no PSR-17 factory: give one, or require nyholm/psr7');
        }
        $this->responses = $responses;
        $this->streams = $streams;
    }

    /**
     * @throws NetworkFailure when no response came (Psr\Http\Client\NetworkExceptionInterface)
     * @throws RequestFailure, InvalidRequest when the request cannot be sent, or its response not be taken
     *     (RequestExceptionInterface)
     */
    public function sendRequest(RequestInterface $request): ResponseInterface
    {
        $body = $request->getBody();
        $size = $body->getSize();
        if ($body->isSeekable()) {
            $body->rewind();
        }
        $content = match (true) {
            $size === 0 => null,
            $size !== null && $size <= self::WHOLE => (string)$body,
            default => static fn (): ?string => $body->eof() ? null : $body->read(self::PIECE),
        };
        $headers = [];
        foreach ($request->getHeaders() as $name => $values) {
            $headers[(string)$name] = $values;
        }
        if ($size !== null && $content !== null && !$request->hasHeader('Content-Length')) {
            $headers['Content-Length'] = (string)$size;
        }
        unset($headers['Transfer-Encoding']);
        try {
            $response = $this->client->request(
                $request->getMethod(),
                (string)$request->getUri(),
                headers: $headers,
                body: $content,
                redirects: 0,
                throw: false
            );
        } catch (InvalidRequestException $e) {
            throw new InvalidRequest($request, $e);
        } catch (RequestException $e) {
            throw new RequestFailure($request, $e);
        } catch (HttpException $e) {
            throw new NetworkFailure($request, $e);
        }
        $made = $this->responses->createResponse($response->status, $response->reason)
            ->withProtocolVersion($response->version);
        foreach ($response->headers() as $name => $values) {
            $made = $made->withHeader($name, $values);
        }

        return $made->withBody($this->streams->createStream($response->body()));
    }
}
