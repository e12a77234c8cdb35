<?php

declare(strict_types=1);

namespace Phalanx\Http\Psr18;

use Psr\Http\Client\RequestExceptionInterface;
use Psr\Http\Message\RequestInterface;
use RuntimeException;
use Throwable;

/** The request makes no sense; nothing was sent. getPrevious() is the client's own exception. */
final class InvalidRequest extends RuntimeException implements RequestExceptionInterface
{
    public function __construct(private readonly RequestInterface $request, Throwable $cause)
    {
        parent::__construct($cause->getMessage(), 0, $cause);
    }

    public function getRequest(): RequestInterface
    {
        return $this->request;
    }
}
