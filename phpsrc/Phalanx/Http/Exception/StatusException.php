<?php

declare(strict_types=1);

namespace Phalanx\Http\Exception;

use Phalanx\Http\Response;

/** A response with a status from 400 on, for who asked for an exception then. */
final class StatusException extends RequestException
{
    /** Bytes of the body that the message shows. */
    private const SHOWN = 200;

    /** @internal */
    public static function of(Response $response): self
    {
        $text = "$response->url answered $response->status $response->reason";
        if (!$response->isStreamed() && $response->body() !== '') {
            $body = \mb_scrub(\substr($response->body(), 0, self::SHOWN), 'UTF-8');
            $text .= ': ' . \preg_replace('/[\x00-\x1f\x7f]+/', ' ', $body);
        }
        $e = new self(\rtrim($text), $response->status);
        $e->method = $response->method;
        $e->url = $response->url;
        $e->keep($response);

        return $e;
    }

    /** The response's status. */
    public function getStatus(): int
    {
        return $this->getCode();
    }
}
