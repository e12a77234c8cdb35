<?php

declare(strict_types=1);

namespace Phalanx\Http\Psr18;

use Psr\Http\Client\NetworkExceptionInterface;
use Psr\Http\Message\RequestInterface;
use RuntimeException;
use Throwable;

/** No response came. getPrevious() is the client's own exception. */
final class NetworkFailure extends RuntimeException implements NetworkExceptionInterface
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
